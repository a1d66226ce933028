// Package notify decides who hears of a change and sees to it that they do. An alert
// passes these stages, each a type of its own that names what it works with:
//
//   - route (router, in route.go): the rules decide whether a record rings,
//     and for whom (package rules, destinations.go);
//   - hold (outbox and held, in place.go and held.go): what quiet hours keep back
//     waits as a fact and is judged again at its end;
//   - group (grouping, in grouping.go, by package group): what several shops say of one
//     product within a minute is told together;
//   - deliver (sender, in deliver.go, composer, in compose.go): one letter per recipient is sent through its
//     channel until it is accepted or a dead letter says why not; lane, backlog and
//     quotas say when, fallbacks tell on another channel;
//   - escalate (escalations, in escalate.go): an alert that nobody acknowledges goes to
//     others;
//   - digest (digests, in digest.go): a summary at fixed times;
//   - limits (limitReview, in limits.go): what loosened limits let pass is told once;
//   - owner's news (ownersNews, in news.go): what is wrong with pages (hosts), channels
//     (channels) and the store (storage, room), that all is well (weekly), and what
//     became of new watches (package receipt);
//   - buttons (package press, and mutes in mutes.go): what people answer.
//
// Notifier joins them. runDue (timers.go) does what is due in hold, group, escalate,
// digest and limits. All stages keep what must outlive a restart as facts (facts.go),
// entries of the bucket people: mutes, held letters, groups, escalations and news.
// Bursts and cooldowns follow from the records. The mirror is a copy in memory of the
// facts that every delivery asks about.
//
// This package does not know NATS, the configuration file, nor how any service is
// spoken to: the channels, one small package each, do the latter.
package notify

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/press"
	"github.com/sainyuka/sainyuka/internal/pricing"
	"github.com/sainyuka/sainyuka/internal/receipt"
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
	Shared    bool          // several people read it: its buttons hold for it alone
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
	ShopPage  func(address string) string // where people find a page of a shop; nil: at its own address
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
	// Listings returns what a search showed at its last look that can be bought, for
	// limits that are loosened; nil: not known.
	Listings func(ctx context.Context, w stock.Watch) ([]stock.Listing, error)
}

// Notifier is the stages joined. Its methods may be called from many goroutines.
type Notifier struct {
	facts   *facts
	book    atomic.Pointer[book] // replaced whole at a reload
	metrics *metrics
	log     *slog.Logger

	router      *router
	out         *outbox
	held        *held
	grouping    *grouping
	sender      *sender
	escalations *escalations
	digests     *digests
	limits      *limitReview
	news        *ownersNews
	channels    *channels
	storage     *storage
	room        *room
	receipts    *receipt.Receipts
	buttons     *press.Buttons
	mutes       *mutes
	testAlerts  *testAlerts
	quotas      *quotas
	lanes       *lanes
	looked      *lastLook
}

// New returns a Notifier that does not run yet.
func New(o Options) *Notifier {
	log := o.Logger
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	n := &Notifier{metrics: newMetrics(), log: log, lanes: &lanes{}, looked: &lastLook{}}
	n.facts = &facts{People: o.People, mirror: newMirror(), log: log}
	n.quotas = &quotas{facts: n.facts}
	n.join(o)
	n.Set(o.Rules)
	if o.Registerer != nil {
		o.Registerer.MustRegister(n.metrics)
		if o.Store != nil {
			o.Registerer.MustRegister(&outboxCollector{store: o.Store, channels: n.ids, last: map[string]outboxState{}})
		}
	}
	return n
}

// join gives every stage what it works with.
func (n *Notifier) join(o Options) {
	store, facts, book, metrics, log := o.Store, n.facts, &n.book, n.metrics, n.log
	ages, sentMarks := clock.NewAges(), &sentMarks{store, &unmarked{}}
	n.out = &outbox{store, facts, book, metrics, log}
	n.router = &router{store: store, facts: facts, out: n.out, book: book, sentMarks: sentMarks, ages: ages, epoch: o.Epoch, metrics: metrics, log: log}
	n.limits = &limitReview{store, facts, n.out, n.router, book, o.Epoch, log, o.Listings}
	n.held = &held{store, facts, n.router, n.limits, book, metrics, log}
	n.grouping = &grouping{store, facts, n.out, n.router, book, ages, o.Epoch, log}
	n.router.grouping = n.grouping
	n.escalations = &escalations{store, facts, n.out, n.router, book, ages.Age, log}
	n.digests = &digests{store, facts, n.out, book, o.Epoch}

	n.channels = &channels{facts, n.quotas, n.lanes, book, metrics, log, ages, clock.Wall().Truncate(time.Second)}
	owner := &owner{n.out, book, o.Epoch, metrics, log}
	n.news = &ownersNews{
		facts: facts, owner: owner, channels: n.channels, book: book, log: log,
		hosts:  &hosts{store, facts, owner, n.router, ages, log},
		weekly: &weekly{store, facts, owner, n.looked, book},
	}
	n.storage = &storage{facts, n.lanes, book, o.Epoch, metrics, log}
	n.room = &room{facts, log}
	n.receipts = receipt.New(receipt.Receipts{
		Store: store, Facts: facts.People, Log: log,
		Plan: func() receipt.Plan {
			b := book.Load()
			return receipt.Plan{Products: b.Products, Kinds: b.Kinds, Wanted: b.Receipts}
		},
		Tell: func(ctx context.Context, a stock.Alert, key string, began time.Time) error {
			return owner.tellSilently(ctx, book.Load(), a, newsEvent(key, began, string(a.Kind)))
		},
	})

	n.mutes = &mutes{facts, book}
	n.buttons = &press.Buttons{
		URL: o.PublicURL, Orders: n, Log: log,
		Product: func(id string) (string, error) {
			if p, ok := book.Load().products[id]; ok {
				return p.Name, nil
			}
			return "", ErrUnknown
		},
		Language: func() string { return book.Load().Language },
		Channel:  func(recipient string) (string, bool) { return book.Load().channelOf(recipient) },
	}
	if facts.kept() {
		n.buttons.Facts = facts
	}
	n.testAlerts = &testAlerts{store, n.channels, n.buttons, book, o.Epoch, o.Version, log}
	n.sender = &sender{
		store: store, facts: facts, composer: &composer{store, n.router, n.buttons, log}, channels: n.channels, fallbacks: &fallbacks{store, facts, n.out},
		book: book, metrics: metrics, ages: ages, log: log,
		quotas: n.quotas, lanes: n.lanes, sentMarks: sentMarks,
	}
}

// Set replaces the rules. Deliveries that have begun go on by the old ones.
func (n *Notifier) Set(r Rules) {
	b := newBook(r)
	was := n.book.Swap(b)
	n.metrics.present(b.channels())
	n.lanes.keep(b)
	n.channels.clearChanged(was, b)
}

// Route decides who hears of a record and puts one letter per recipient in the
// outbox. An error means that not all letters are there: the record has to be
// routed again, which makes no second copies.
func (n *Notifier) Route(ctx context.Context, seq uint64, c stock.Change, at time.Time) error {
	return n.router.route(ctx, seq, c, at)
}

// Deliver brings a letter to its recipient and returns 0 when it is dealt with:
// accepted by the channel, or among the dead letters. Anything else is how long
// to wait before it is handed in again. tries counts how often it was, this time
// included.
func (n *Notifier) Deliver(ctx context.Context, l stock.Letter, tries int) (retry time.Duration) {
	return n.sender.deliver(ctx, l, tries)
}

// Acknowledge notes that somebody has seen the alert of an event and looks after
// the product: nothing of that product that waits for an acknowledgement goes to
// anybody else. An event that is not known, or was acknowledged before, is no
// error.
func (n *Notifier) Acknowledge(ctx context.Context, product, event string) error {
	return n.escalations.acknowledge(ctx, product, event)
}

// Follow keeps in mind who is muted and who is disabled, until ctx ends. It is
// called once.
func (n *Notifier) Follow(ctx context.Context) error { return n.facts.follow(ctx) }

// Informed is closed once Follow has read all that was there when it began. A letter
// that is delivered before that may ring for a muted product.
func (n *Notifier) Informed() <-chan struct{} { return n.facts.mirror.informed }

// Mutes lists the muted products.
func (n *Notifier) Mutes() []stock.Mute { return n.mutes.list() }

// Mute stops the alerts about a product for d, or until Unmute when d is 0, also those
// that wait in the outbox. by says who asked for it.
func (n *Notifier) Mute(ctx context.Context, product string, d time.Duration, by string) error {
	return n.mutes.mute(ctx, product, d, by)
}

// MuteIn is Mute for one channel, "": for all.
func (n *Notifier) MuteIn(ctx context.Context, channel, product string, d time.Duration, by string) error {
	return n.mutes.muteIn(ctx, channel, product, d, by)
}

// UnmuteIn takes back the mute of one channel, "": all of them.
func (n *Notifier) UnmuteIn(ctx context.Context, channel, product string) error {
	if channel == "" {
		return n.mutes.unmute(ctx, product)
	}
	return n.mutes.unmuteIn(ctx, channel, product)
}

// Unmute takes a mute back. A product that is not muted is no error.
func (n *Notifier) Unmute(ctx context.Context, product string) error {
	return n.mutes.unmute(ctx, product)
}

// Disabled lists the configured recipients to whom nothing is sent.
func (n *Notifier) Disabled() []stock.Disabled { return n.channels.disabled() }

// Enable sends to the recipients of a channel as if nothing was known of them, and
// returns how many were refused. Whoever was not reached for long counts as reached
// and an exhausted quota as raised, until it turns out otherwise.
func (n *Notifier) Enable(ctx context.Context, channel string) (int, error) {
	return n.channels.enable(ctx, channel)
}

// Troubles says of every channel in trouble what is wrong with it.
func (n *Notifier) Troubles() []stock.News { return n.channels.troubles() }

// Quotas lists the channels with a limit, and those whose service takes no more.
func (n *Notifier) Quotas() []stock.Quota { return n.quotas.list(n.book.Load()) }

// Button says what the button with a token would do, and changes nothing. The
// error wraps button.ErrForged, button.ErrExpired, press.ErrUsed or ErrUnknown.
func (n *Notifier) Button(ctx context.Context, token string) (press.Done, error) {
	return n.buttons.Look(ctx, token)
}

// PressButton does what the button with a token does, once. Its errors are those
// of Button; after any other it may be pressed again.
func (n *Notifier) PressButton(ctx context.Context, token string) (press.Done, error) {
	return n.buttons.Press(ctx, token)
}

// GuardRoom tells the owner when a store fills, well before it refuses what is new,
// and when there is room again, until ctx ends.
func (n *Notifier) GuardRoom(ctx context.Context, measure func(context.Context) (Fullness, error)) error {
	return n.room.guard(ctx, measure)
}

// GuardStorage tells the owner when nothing can be kept any more, and when that is
// over, until ctx ends. healthy says why it cannot, nil when it can.
func (n *Notifier) GuardStorage(ctx context.Context, healthy func() error) error {
	return n.storage.guard(ctx, healthy)
}

// TellLosses tells the owner what a start found missing in the store, and then calls
// told.
func (n *Notifier) TellLosses(ctx context.Context, losses []stock.Loss, found time.Time, told func(context.Context)) error {
	return n.news.tellLosses(ctx, losses, found, told)
}

// Looked takes note that pages were looked at.
func (n *Notifier) Looked(looks []stock.Look) {
	for _, l := range looks {
		n.looked.note(l.At)
		n.receipts.Looked(l)
	}
}

// LastReceipt returns the newest receipt and when it was written, the zero time
// when there is none.
func (n *Notifier) LastReceipt(ctx context.Context) (stock.Setup, time.Time, error) {
	setup, at, err := n.receipts.Last(ctx)
	if err != nil {
		return stock.Setup{}, time.Time{}, fmt.Errorf("read the newest receipt: %w", err)
	}
	return setup, at, nil
}

// Test sends an alert as they usually are, or the longest that can come up, to
// every recipient of a channel, through the sender that real alerts take, and
// returns the last receipt and how long the channel took. Recipients that were
// disabled and get it are sent alerts again; nothing else is written.
func (n *Notifier) Test(ctx context.Context, channelID string, longest bool) (r channel.Receipt, took time.Duration, err error) {
	return n.testAlerts.send(ctx, channelID, longest)
}

// ids returns the ids of the channels, each once.
func (n *Notifier) ids() []string { return n.book.Load().channels() }
