package notify

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/sainyuka/sainyuka/internal/alerttext"
	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

const (
	// maxBacklog bounds what a lane remembers of waiting letters: those beyond it
	// are sent by themselves.
	maxBacklog = 256
	// maxJoined bounds the other letters of one message, each of which costs a look
	// into the store.
	maxJoined = 32
	// backlogSlack is how long after its time a letter may still come back: it waits
	// behind others. One that stays away longer may be in another process's hands.
	backlogSlack = 30 * time.Second
)

// backlog remembers the letters that a lane handed back while its service takes
// few messages: the next message carries what fits of them.
type backlog struct {
	mu      sync.Mutex
	letters map[string]waitingLetter
}

type waitingLetter struct {
	stock.Letter
	until clock.Instant // when it comes again
}

func (b *backlog) add(l stock.Letter, until clock.Instant) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.letters == nil {
		b.letters = map[string]waitingLetter{}
	}
	if _, known := b.letters[l.ID()]; known || len(b.letters) < maxBacklog {
		b.letters[l.ID()] = waitingLetter{l, until}
	}
}

func (b *backlog) drop(l stock.Letter) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.letters, l.ID())
}

// waiting returns the letters besides one, the oldest first, and forgets those that
// did not come back in time.
func (b *backlog) waiting(besides stock.Letter) []stock.Letter {
	b.mu.Lock()
	defer b.mu.Unlock()
	var all []stock.Letter
	for id, w := range b.letters {
		switch {
		case clock.Since(w.until) > backlogSlack:
			delete(b.letters, id)
		case id != besides.ID():
			all = append(all, w.Letter)
		}
	}
	slices.SortFunc(all, func(x, y stock.Letter) int {
		return cmp.Or(x.MadeAt.Compare(y.MadeAt), strings.Compare(x.ID(), y.ID()))
	})
	return all
}

// keepForJoining keeps a letter that is handed back because of a rate limit in the
// lane's backlog, and drops one that is dealt with or waits for something else.
func (d *delivery) keepForJoining(retry time.Duration) {
	if d.lane == nil {
		return
	}
	if retry > 0 && d.lane.rateLimited() {
		d.lane.backlog.add(d.letter, clock.After(retry))
		return
	}
	d.lane.backlog.drop(d.letter)
}

// join adds what fits of the lane's backlog to a message. It returns the deliveries
// whose letters the message carries: they are sent when it is accepted.
func (d *delivery) join(ctx context.Context, m channel.Message) (channel.Message, []*delivery) {
	j, ok := d.target.Channel.(channel.Joiner)
	if !ok || m.Plain || d.earlier != "" || !joinable(d.letter) {
		return m, nil
	}
	var messages []channel.Message
	var joined []*delivery
	for _, l := range d.lane.backlog.waiting(d.letter) {
		if len(joined) == maxJoined {
			break
		}
		if o, text, ok := d.candidate(ctx, l, m.Silent); ok {
			joined, messages = append(joined, o), append(messages, text)
		}
	}
	m, n := alerttext.Join(m, messages, d.book.Language, j.Fits)
	return m, joined[:n]
}

// joinable reports whether a letter can share a message: it is an alert with a
// title and link that say it all.
func joinable(l stock.Letter) bool {
	return l.Alert.News == nil && l.Alert.Digest == nil && !l.Redriven && l.Replaces == ""
}

// candidate returns the delivery and the text of a waiting letter that may share a
// message which is silent or not. One with buttons of its own may not.
func (d *delivery) candidate(ctx context.Context, l stock.Letter, silent bool) (*delivery, channel.Message, bool) {
	before := d.at.attempts.before(l, 1)
	o := &delivery{
		at: d.at, book: d.book, letter: l, tries: before.n + 1, tried: true, first: before.first,
		log: letterLog(d.at.log, l), target: d.target, lane: d.lane,
	}
	if o.first.IsZero() {
		o.first = clock.Wall()
	}
	if !joinable(l) || l.Escalates || o.expired() || o.muted() || o.overLimit() != "" || o.isSilent() != silent || !d.at.sentMarks.unsent(ctx, l) || o.superseded(ctx) {
		return nil, channel.Message{}, false
	}
	m, err := d.at.composer.message(ctx, d.book, l, d.target, false)
	return o, m, err == nil
}
