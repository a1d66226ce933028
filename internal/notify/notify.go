// Package notify decides who hears of a change and sees to it that they do. An alert
// passes these stages, in this order:
//
//   - route: rules and guards decide whether a record rings, and for whom
//     (routing, in route.go, rules.go and guards.go);
//   - hold: what quiet hours keep back, or a limit, waits as a fact and is judged
//     again at its end (held.go, quiet.go);
//   - group: what several shops say of one product within a minute is told together
//     (group, in group.go and grouping.go);
//   - deliver: one letter per recipient is sent through its channel until it is
//     accepted or a dead letter says why not (delivery, in deliver.go; lane, backlog
//     and quotas say when);
//   - escalate: an alert that nobody acknowledges goes to others (escalate.go);
//   - digest: a summary at fixed times (digest.go);
//   - owner's news: what is wrong with pages, channels and the store (news*.go), and
//     what became of new watches (receipt*.go).
//
// runTimers (timers.go) does what is due in hold, group, escalate, digest and news;
// the mirror is a copy in memory of what all stages ask about people and channels.
//
// What must outlive a restart is in the store: bursts and cooldowns follow from the
// records; mutes, held letters, groups, escalations and news are entries of the
// bucket people. This package does not know NATS, the configuration file, nor how
// any service is spoken to: the channels, one small package each, do the latter.
package notify

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sainyuka/sainyuka/internal/alerttext"
	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/pricing"
	"github.com/sainyuka/sainyuka/internal/stock"
	"github.com/sainyuka/sainyuka/internal/wording"
)

// Store is what the notifier needs of the bus.
type Store interface {
	Last(ctx context.Context, tid string) (c stock.Change, seq uint64, err error)
	History(ctx context.Context, tid string, n int) ([]stock.Entry, error)
	Enqueue(ctx context.Context, l stock.Letter) error
	Sent(ctx context.Context, l stock.Letter) (stock.Receipt, bool, error)
	MarkSent(ctx context.Context, l stock.Letter, r stock.Receipt) error
	Bury(ctx context.Context, d stock.DeadLetter) error
	Outbox(ctx context.Context, channel string) (depth int, oldest time.Time, err error)
	SentSince(ctx context.Context, t time.Time) (int, error)
}

// Target is one recipient of one channel.
type Target struct {
	ID        string // of the channel
	Type      string // "ntfy"
	Recipient string // stock.ShortHash of the address
	Settings  string // the same as long as its settings are; a change clears what is known against it
	Account   string // the same for all targets that a service counts as one sender; "": alone
	Channel   channel.Channel
	Timeout   time.Duration // of one attempt; 0: DefaultTimeout
	// Subscribed says that the recipient came by itself: its channel forgets one
	// that is gone.
	Subscribed bool
}

// DefaultTimeout is how long one attempt may take.
const DefaultTimeout = 15 * time.Second

// Rules is the part of the configuration that says who hears of what.
type Rules struct {
	Products  []stock.Product
	Routes    []stock.Route          // in their order
	Quiet     map[string]stock.Quiet // when channels shall not ring, by their ids
	Kinds     []stock.Kind           // that ring; price_drop rings by Product.MinDrop instead
	Owner     []string               // channel ids for the owner's news
	FlapLimit int                    // alerts of a watch within 10 minutes that are told one by one; 0: all
	Cooldown  time.Duration          // between two alerts of one product and kind
	Receipts  bool                   // the owner hears how new watches are read
	Digest    stock.DigestPlan
	Weekly    stock.DigestPlan // when the owner hears that all is well
	Rates     pricing.Rates    // by which effective prices are reckoned
	Template  *wording.Set     // the user's own texts; nil: none
	Language  string           // "ja" or "en"
	Location  *time.Location
	Channels  []string          // ids of all, also of those that have no recipient yet
	Fallbacks map[string]string // from a channel to the one that is told when it fails
	Limits    map[string]int    // messages a month, by channel; 0: not counted
	Targets   []Target
}

// Options is what a Notifier is made of.
type Options struct {
	Store      Store  // nil for a Notifier that only tests its channels
	People     People // nil: nothing is held, grouped or escalated, every letter goes at once
	Rules      Rules
	Logger     *slog.Logger          // nil: none
	Registerer prometheus.Registerer // nil: none
	Epoch      string                // of the OBS stream that sequences count in
	Version    string
	PublicURL  string // below which buttons are pressed; "": alerts have none
}

// Notifier routes changes and delivers letters. Its methods may be called from
// many goroutines.
type Notifier struct {
	store   Store
	facts   *facts
	log     *slog.Logger
	epoch   string
	version string
	started time.Time
	metrics *metrics
	ages    *clock.Ages          // of changes and letters
	book    atomic.Pointer[book] // replaced whole at a reload

	unmarked unmarked
	attempts attempts
	mirror   *mirror
	quotas   *quotas
	lanes    lanes
	buttons  *buttons
	looked   lastLook

	sightings *sightings // of watches whose receipt is not written yet
}

// New returns a Notifier. It starts nothing.
func New(o Options) *Notifier {
	n := &Notifier{store: o.Store, log: o.Logger, epoch: o.Epoch, version: o.Version, started: time.Now().Truncate(time.Second), metrics: newMetrics(), ages: clock.NewAges(), mirror: newMirror(), buttons: newButtons(o.PublicURL, o.People), sightings: newSightings()}
	if n.log == nil {
		n.log = slog.New(slog.DiscardHandler)
	}
	n.facts = &facts{People: o.People, mirror: n.mirror, log: n.log}
	n.quotas = &quotas{facts: n.facts}
	n.Set(o.Rules)
	if o.Registerer != nil {
		o.Registerer.MustRegister(n.metrics)
		if o.Store != nil {
			o.Registerer.MustRegister(&outboxCollector{store: o.Store, channels: n.channels, last: map[string]outboxState{}})
		}
	}
	return n
}

// Set replaces the rules. What is in hand goes on by the old ones.
func (n *Notifier) Set(r Rules) {
	b := newBook(r)
	was := n.book.Swap(b)
	n.metrics.present(b.channels())
	n.lanes.keep(b)
	n.clearChanged(was, b)
}

// clearChanged clears what is known against channels whose settings have changed.
func (n *Notifier) clearChanged(was, b *book) {
	if was == nil || !n.facts.kept() {
		return
	}
	for _, id := range b.channels() {
		if before := was.settings(id); before == "" || before == b.settings(id) {
			continue
		}
		ctx, cancel := context.WithTimeout(context.Background(), enableTimeout)
		if _, err := n.Enable(ctx, id); err != nil {
			n.log.Warn("a channel's settings have changed and what was known against it stays", "channel", id, "err", err)
		}
		cancel()
	}
}

// enableTimeout bounds what a reload does for one changed channel.
const enableTimeout = 5 * time.Second

// channels returns the ids of the channels, each once.
func (n *Notifier) channels() []string { return n.book.Load().channels() }

// book is Rules with the indexes that every question needs.
type book struct {
	Rules
	products map[string]stock.Product
	targets  map[string]Target // by targetKey
}

func newBook(r Rules) *book {
	if r.Location == nil {
		r.Location = time.UTC
	}
	b := &book{Rules: r, products: map[string]stock.Product{}, targets: map[string]Target{}}
	for _, p := range r.Products {
		b.products[p.ID] = p
	}
	for _, t := range r.Targets {
		if t.Timeout <= 0 {
			t.Timeout = DefaultTimeout
		}
		b.targets[targetKey(t.ID, t.Recipient)] = t
	}
	return b
}

// settings sums up the settings of a channel and its recipients, those that come
// and go by themselves aside; "" when it has none.
func (b *book) settings(id string) string {
	var all strings.Builder
	for _, t := range b.Targets {
		if t.ID == id && !t.Subscribed {
			all.WriteString(t.Recipient + " " + t.Settings + "\n")
		}
	}
	return all.String()
}

// view is how a target hears of a product now.
func (b *book) view(t Target, p stock.Product) alerttext.View {
	return alerttext.View{Language: b.Language, Location: b.Location, Product: p, Now: time.Now(), Type: t.Type, Template: b.Template}
}

func targetKey(channel, recipient string) string { return channel + "_" + recipient }

// channels returns the ids of all channels, each once.
func (b *book) channels() []string {
	ids := slices.Clone(b.Channels)
	for _, t := range b.Targets {
		if !slices.Contains(ids, t.ID) {
			ids = append(ids, t.ID)
		}
	}
	return ids
}

// watch returns a watch of a product as it is configured now.
func (b *book) watch(productID, tid string) (stock.Product, stock.Watch, bool) {
	p, ok := b.products[productID]
	if !ok {
		return stock.Product{}, stock.Watch{}, false
	}
	for _, w := range p.Watches {
		if w.ID == tid {
			return p, w, true
		}
	}
	return stock.Product{}, stock.Watch{}, false
}
