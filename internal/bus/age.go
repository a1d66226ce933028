package bus

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// marksKey is where the bucket of what was learned keeps how far each stream had
// come at some time not long ago.
const marksKey = "marks"

// marks are the last sequences of streams.
type marks struct {
	OBS  uint64 `json:"obs"`
	OUT  uint64 `json:"out"`
	SENT uint64 `json:"sent"`
}

// setBack says which streams hold less than they held before: they were restored
// from a copy, and not all of the others with them.
type setBack struct{ obs, out, sent bool }

func (s setBack) any() bool { return s.obs || s.out || s.sent }

// doubt reports whether it is no longer known what was sent: markers are missing,
// and something else that would bring the same letters again was set back too.
func (s setBack) doubt() bool { return s.sent && (s.out || s.obs) }

// ages compares how far the streams are, and repairs them when some were restored
// without the others.
type ages struct {
	*link

	letters *Letters
	learned bucket
	epochs  *epochLog
	alone   bool // the engine is in this process, and what it says is all there is
}

// check does nothing when the streams are all of one age. Otherwise it starts a
// new epoch and repairs: it rebuilds missing letters from the last day of OBS, and
// dead-letters those that may already have been sent.
func (a *ages) check(ctx context.Context) error {
	back, now, err := a.age(ctx)
	if err != nil {
		return fmt.Errorf("compare the streams' ages: %w", err)
	}
	if !back.any() {
		a.note(ctx) // a full disk must not keep us from opening
		return nil
	}
	a.log.Error("the streams are not of one age: some were restored without the others. A new epoch begins",
		"obs_set_back", back.obs, "out_set_back", back.out, "sent_set_back", back.sent, "seq", now.OBS)
	if err := a.epochs.begin(ctx, span{rand.Text(), now.OBS + 1, back.doubt()}); err != nil {
		return fmt.Errorf("begin a new epoch: %w", err)
	}
	if err := a.mend(ctx, back); err != nil {
		return fmt.Errorf("mend streams of different ages: %w", err)
	}
	return a.keepMarks(ctx, now) // last: after a crash before this it is all done again
}

// A server of a cluster that was just elected may not have read all that it has:
// a stream there counts as set back when it stays short for a while.
const (
	ageLooks = 10
	agePause = time.Second
)

// age says which streams were set back, and how far all are.
func (a *ages) age(ctx context.Context) (back setBack, now marks, err error) {
	looks := ageLooks
	if a.alone { // the engine is in this process
		looks = 1
	}
	for i := range looks {
		if i > 0 && !pause(ctx, agePause) {
			return back, now, ctx.Err()
		}
		if now, err = a.marks(ctx); err != nil {
			return back, now, err
		}
		if back, err = a.compare(ctx, now); err != nil || !back.any() {
			return back, now, err
		}
	}
	return back, now, nil
}

// marks reads how far the streams are.
func (a *ages) marks(ctx context.Context) (m marks, err error) {
	for name, last := range map[string]*uint64{streamOBS: &m.OBS, streamOUT: &m.OUT, streamSENT: &m.SENT} {
		s, err := a.lookUp(ctx, name)
		if err != nil {
			return m, err
		}
		*last = s.CachedInfo().State.LastSeq
	}
	return m, nil
}

// note stores how far the streams are now.
func (a *ages) note(ctx context.Context) {
	m, err := a.marks(ctx)
	if err == nil {
		err = a.keepMarks(ctx, m)
	}
	if err != nil {
		a.log.Debug("note how far the streams are", "err", err)
	}
}

// keepMarks writes down how far the streams are.
func (a *ages) keepMarks(ctx context.Context, m marks) error {
	body, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("encode marks: %w", err)
	}
	if err := a.learned.put(ctx, marksKey, body); err != nil {
		return fmt.Errorf("write how far the streams are: %w", err)
	}
	return nil
}

// compare finds the streams that were set back: they are shorter than they are
// known to have been, or, in the case of OBS, than the numbers that letters have.
func (a *ages) compare(ctx context.Context, now marks) (back setBack, err error) {
	e, err := a.learned.get(ctx, marksKey)
	if err != nil {
		return back, err
	}
	var then marks
	if e.Rev != 0 {
		if jerr := json.Unmarshal(e.Value, &then); jerr != nil {
			a.log.Warn("what was noted of the streams' ages cannot be read", "err", jerr)
		}
	}
	back = setBack{obs: now.OBS < then.OBS, out: now.OUT < then.OUT, sent: now.SENT < then.SENT}
	if !back.obs {
		back.obs, err = a.numbersBeyond(ctx, now.OBS)
	}
	return back, err
}

// numbersBeyond reports whether a letter of this epoch is about a record that
// OBS does not have yet.
func (a *ages) numbersBeyond(ctx context.Context, last uint64) (bool, error) {
	for stream, prefix := range a.letters.places() {
		ctx, cancel := context.WithTimeout(ctx, scanTimeout)
		defer cancel()
		info, err := stream.Info(ctx, jetstream.WithSubjectFilter(prefix+".*.*.*."+a.epochs.now()))
		if err != nil {
			return false, err
		}
		for subject := range info.State.Subjects {
			p, _ := placeOfSubject(subject)
			if seq, ok := number(p.event); ok && seq > last {
				return true, nil
			}
		}
	}
	return false, nil
}

// mend repairs streams that were restored to different ages.
//
// An OUT that was set back holds letters that may have been sent since, and lacks
// those that were made since: the router reads the last day again. What was sent
// is told by SENT. Without it there is doubt: the letters of OUT are given up, and
// so are those that the router makes of records from before, see Enqueue.
func (a *ages) mend(ctx context.Context, back setBack) error {
	if !back.out {
		return nil
	}
	if back.doubt() {
		n, err := a.letters.buryAll(ctx, stock.Because(stock.ReasonCopiesDiffer))
		if err != nil {
			return err
		}
		a.log.Error("letters that may have been sent before were given up: see `sainyuka dead list`", "letters", n)
	}
	obs, err := a.lookUp(ctx, streamOBS)
	if err != nil {
		return err
	}
	return routerDurable().again(ctx, obs)
}

// buryDoubtful gives a letter up unless it is known to be sent or still waits.
func (o *Letters) buryDoubtful(ctx context.Context, l stock.Letter, p place) error {
	if _, sent, err := o.Sent(ctx, l); sent || err != nil {
		return err
	}
	cctx, cancel := call(ctx)
	defer cancel()
	_, err := o.out.GetLastMsgForSubject(cctx, p.in("out"))
	if !errors.Is(err, jetstream.ErrMsgNotFound) {
		return err
	}
	return o.Bury(ctx, stock.DeadLetter{Letter: l, Reason: stock.Because(stock.ReasonCopiesDiffer)})
}
