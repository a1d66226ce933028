package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/sainyuka/sainyuka/internal/bus"
	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/config"
	"github.com/sainyuka/sainyuka/internal/feed"
	"github.com/sainyuka/sainyuka/internal/notify"
	"github.com/sainyuka/sainyuka/internal/pricing"
	"github.com/sainyuka/sainyuka/internal/stock"
	"github.com/sainyuka/sainyuka/internal/watch"
	"github.com/sainyuka/sainyuka/internal/web"
	"github.com/sainyuka/sainyuka/internal/wishlist"
)

// live is what runs while the bus is open.
type live struct {
	app *App
	bus *bus.Bus
	g   *errgroup.Group

	watcher  *watch.Watcher // nil without the role Watch, as is feeds
	feeds    *feed.Reader
	editor   *productEditor // nil without the role Notify, as is wishes
	wishes   *wishlist.Reader
	notifier *notify.Notifier // nil without the role Notify, as are those below
	web      *web.Server
	channels *deliveries
	hubs     *hubs
	browsers *browsers
	shown    *config.Config // in whose language and time zone the dashboard speaks
	rules    notify.Rules   // as configured, without the browsers; guarded by App.mu
}

// goLive builds the roles on an open bus and starts them. The browsers are nil
// without the role Notify.
func (a *App) goLive(ctx context.Context, g *errgroup.Group, b *bus.Bus, browsers *browsers) (*live, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	cfg := a.config.Load()
	l := &live{app: a, bus: b, g: g, browsers: browsers}
	if a.o.Roles.has(Watch) { // before the parts of the other role, which ask it
		l.watcher = l.newWatcher(cfg)
	}
	if a.o.Roles.has(Notify) {
		rules, err := newRules(cfg, a.o.Stdout)
		if err != nil {
			return nil, err
		}
		rules.ShopPage = a.o.ShopPage
		l.startNotify(ctx, cfg, rules)
	}
	if l.watcher != nil {
		l.startWatch(ctx, cfg)
	}
	g.Go(func() error { return b.Stay(ctx) })
	g.Go(func() error { return b.KeepRoom(ctx) })
	g.Go(func() error { return l.tidy(ctx) })
	if a.o.Engine != nil || a.o.Roles.has(Notify) {
		g.Go(func() error { return b.Inventory.KeepInventory(ctx) })
	}
	a.live = l
	a.log.Info("running", "products", len(cfg.Products), "epoch", b.Epoch(), "listen", a.Addr())
	return l, nil
}

// wait returns when all parts have ended.
func (l *live) wait() error {
	err := l.g.Wait()
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// set makes a checked configuration the running one.
func (l *live) set(cfg *config.Config, rules notify.Rules) {
	if l.notifier != nil { // before the watcher: what a new watch sees first may ring
		l.browsers.configure(cfg)
		l.rules = rules
		rules = l.browsers.join(rules)
		l.notifier.Set(rules)
		l.channels.set(ChannelIDs(cfg), rules.Targets)
		l.hubs.set(cfg)
		l.wishes.Set(wishLists(cfg))
		if cfg.Language != l.shown.Language || cfg.Timezone != l.shown.Timezone {
			l.app.serve(l.web.In(cfg.Language, cfg.Timezone).Handler())
		}
		l.shown = cfg
	}
	if l.watcher != nil {
		l.app.observer.adopt(cfg) // before the watches that may need its keys
		l.watcher.Set(cfg.Products, cfg.Hash)
		l.app.observer.keep(watchedURLs(cfg.Products))
		l.feeds.Set(feedsOf(cfg), cfg.Products)
	}
}

func (l *live) newWatcher(cfg *config.Config) *watch.Watcher {
	o := watch.Options{
		ID: l.app.watcherID, Observer: l.app.observer, Distrust: l.app.observer.Distrust, Journal: l.bus, Memory: l.bus.Hosts,
		Announce: l.announce, Share: l.hint, Every: l.app.every, Zone: l.app.zone, Effective: l.app.effective, ConfigHash: cfg.Hash,
		Metrics: cfg.Web.WatchMetrics,
		Logger:  l.app.log, Registerer: l.app.o.Registry,
	}
	if l.app.o.Engine == nil { // others may watch too: the hosts are shared out by leases
		o.Leases = l.bus.Leases
	}
	return watch.New(o)
}

func (l *live) startWatch(ctx context.Context, cfg *config.Config) {
	l.app.observer.keep(watchedURLs(cfg.Products))
	l.watcher.Set(cfg.Products, cfg.Hash)
	l.app.watching.Store(l.watcher)
	l.g.Go(func() error { return l.watcher.Run(ctx) })
	l.g.Go(func() error { return l.bus.Signals.FollowHints(ctx, l.watcher.Hint) })
	l.g.Go(func() error { return l.bus.Hosts.FollowTrustResets(ctx, l.watcher.ResetTrust) })
	l.g.Go(func() error { return l.bus.Signals.AnswerLooks(ctx, l.lookHere) })
	l.startFeeds(ctx, cfg)
	l.g.Go(func() error { return l.bus.Reconnects(ctx, l.watcher.Retry) })
	if l.web == nil {
		l.app.serve(l.app.operations())
	}
}

// announce tells dashboards what was just seen. Nothing is lost when nobody
// hears it, so a failure is not worth a warning.
func (l *live) announce(shard int, looks []stock.Look) {
	if err := l.bus.Signals.PublishLooks(shard, looks); err != nil {
		l.app.log.Debug("looks not announced", "err", err)
	}
}

func (l *live) startNotify(ctx context.Context, cfg *config.Config, rules notify.Rules) {
	a := l.app
	l.shown = cfg
	l.browsers.configure(cfg)
	l.rules = rules
	rules = l.browsers.join(rules)
	l.notifier = notify.New(notify.Options{
		Store: l.bus, People: l.bus.People, Rules: rules, Epoch: l.bus.Epoch(), Version: a.o.Version,
		Logger: a.log, Registerer: a.o.Registry, PublicURL: cfg.Web.PublicURL, Listings: l.listings,
	})
	l.editor = a.editor(l.bus.Products)
	l.startWishLists(cfg)
	var shown web.Pictures
	if cfg.Web.Pictures {
		kept := newPictures(a.dir.path, l.picture, func(tid string) { l.web.PictureCame(tid) }, a.log)
		l.g.Go(func() error { return kept.run(ctx) })
		shown = kept
	}
	l.web = web.New(web.Options{
		AccessOptions: l.accessOptions(ctx, cfg),
		Language:      cfg.Language, Location: cfg.Timezone, Zone: a.zone, Password: cfg.Web.Password.Reveal(),
		PublicURL: cfg.Web.PublicURL,
		Products:  func() []stock.Product { return a.config.Load().Products },
		Rates:     func() pricing.Rates { return a.config.Load().Rates() },
		Store:     l.bus, Editor: l.editor, Entries: l.editor.Entries, Preview: l.preview, Elsewhere: l.elsewhere, Pictures: shown, Push: l.browsers, Buttons: pressing{l.notifier}, Switches: switches{l.notifier, "dashboard"}, Test: l.test, Receipt: l.notifier.LastReceipt, Ops: a.operations(), Version: a.o.Version, Logger: a.log,
		Trust: Trust{l.bus.Hosts, a.config.Load},
		Told:  l.told, Waiting: l.notifier.Waiting, Health: l.health, WishLists: l.wishListStates, Every: a.every, Backup: l.backup, ShopPage: a.o.ShopPage,
		Windows: func(ctx context.Context, w io.Writer) error {
			return WriteWindows(ctx, w, a.config.Load(), l.bus.History)
		},
		Hint: l.bus.Signals.PublishHint, HintsToken: cfg.Web.HintsToken.Reveal(),
	})
	a.serve(l.web.Handler())
	l.control(ctx)
	l.g.Go(func() error {
		l.showTroubles(ctx, cfg)
		return nil
	})
	l.g.Go(func() error { return l.notifier.Follow(ctx) })
	l.channels = &deliveries{live: l, ctx: ctx, loops: map[string]loop{}}
	l.channels.set(ChannelIDs(cfg), rules.Targets)
	l.hubs = &hubs{live: l, ctx: ctx, hubs: map[string]*runningHub{}}
	l.hubs.set(cfg)
	l.g.Go(func() error { return l.browsers.follow(ctx, l.browsersChanged) })
	l.g.Go(func() error {
		return l.bus.Route(ctx, func(ctx context.Context, e stock.Entry) error {
			return l.notifier.Route(ctx, e.Seq, e.Change, e.At)
		}, l.notifier.RunTimers, l.wishes.Run)
	})
	l.g.Go(func() error {
		if err := l.bus.RecordsSince(ctx, clock.Wall().Add(-web.PastShown), l.web.Past); err != nil && ctx.Err() == nil {
			a.log.Warn("the dashboard's list shows no past until something changes", "err", err)
		}
		return nil
	})
	l.g.Go(func() error {
		return l.bus.Follow(ctx, func(e stock.Entry) { l.web.Record(e.Change.Watch.ID, e.Seq, e.Change) })
	})
	l.g.Go(func() error {
		return l.bus.Signals.FollowLooks(ctx, func(looks []stock.Look) {
			l.web.Looks(looks)
			l.notifier.Looked(looks)
		})
	})
	l.g.Go(func() error { return l.notifier.GuardRoom(ctx, l.fullness) })
	if losses, found := l.bus.Inventory.Losses(); len(losses) > 0 {
		l.g.Go(func() error { return l.notifier.TellLosses(ctx, losses, found, l.bus.Inventory.LossesTold) })
	}
	if a.o.Engine != nil {
		l.g.Go(func() error { return l.notifier.GuardStorage(ctx, a.o.Engine.Healthy) })
	}
}

// fullness returns how full the fullest store is that would refuse what is new.
func (l *live) fullness(ctx context.Context) (notify.Fullness, error) {
	stream, percent, err := l.bus.Sizes.Fullest(ctx)
	full := notify.Fullness{Store: stream, Percent: percent}
	if e := l.app.o.Engine; e != nil && e.Percent() > full.Percent {
		full = notify.Fullness{Store: stock.StoreDisk, Percent: e.Percent()}
	}
	return full, err
}

// browsersChanged lets the notifier know of who subscribed, and of who is gone.
func (l *live) browsersChanged() {
	l.app.mu.Lock()
	defer l.app.mu.Unlock()
	l.notifier.Set(l.browsers.join(l.rules))
}

// control serves the API on the socket that the command line tools speak to.
func (l *live) control(ctx context.Context) {
	ln, err := l.app.dir.listen()
	if err != nil { // a folder that takes no socket, or a full disk, is no reason not to watch and ring
		l.app.log.Warn("`sainyuka dead` and the like cannot reach this process", "data_dir", l.app.dir.path, "err", err)
		return
	}
	server := &http.Server{Handler: l.controlOnly(l.web.Control()), ReadHeaderTimeout: 10 * time.Second}
	l.g.Go(func() error { return serveUntil(ctx, server, ln) })
}

// Ready reports why this process does not do its work yet, or nil.
func (a *App) Ready(ctx context.Context) error {
	a.mu.Lock()
	l := a.live
	a.mu.Unlock()
	if l == nil {
		return errors.New("waiting for NATS")
	}
	if a.o.Engine != nil {
		if err := a.o.Engine.Healthy(); err != nil {
			return fmt.Errorf("engine: %w", err)
		}
	}
	if err := l.bus.Ready(ctx); err != nil {
		return err
	}
	if l.notifier != nil {
		if err := l.bus.Bound(ctx, ChannelIDs(a.config.Load())); err != nil {
			return err
		}
	}
	if l.watcher != nil {
		return l.watcher.Ready()
	}
	return nil
}

// Alive returns when every part of the process has answered: each of them takes its own lock for that, so a part
// that hangs keeps Alive from returning. It asks nothing of NATS, which may be away for days.
func (a *App) Alive(context.Context) error {
	a.troubles()
	a.mu.Lock()
	l := a.live
	a.mu.Unlock()
	if l != nil && l.watcher != nil {
		_ = l.watcher.Ready() // that it answers is what counts
	}
	return nil
}

// troubles names the channels in trouble, a line each: the process is ready all the
// same.
func (a *App) troubles() (lines []string) {
	a.mu.Lock()
	l := a.live
	a.mu.Unlock()
	if l == nil || l.notifier == nil {
		return nil
	}
	for _, n := range l.notifier.Troubles() {
		lines = append(lines, strings.TrimRight(fmt.Sprintf("channel %s: %s since %s: %s", n.Channel, n.Cause, n.Since.Format(time.RFC3339), n.Reason), ": "))
	}
	return lines
}

// newRules are the notifier's view of a configuration.
func newRules(cfg *config.Config, stdout io.Writer) (notify.Rules, error) {
	all, err := targets(cfg, stdout)
	if err != nil {
		return notify.Rules{}, err
	}
	return notify.Rules{
		Products: cfg.Products, Routes: cfg.Routes, Quiet: quietHours(cfg), Digest: cfg.Alerts.Digest, Weekly: cfg.Alerts.Weekly, Kinds: cfg.Alerts.Kinds, Owner: cfg.Alerts.Owner,
		Receipts: cfg.Alerts.Receipts, FlapLimit: cfg.Alerts.FlapLimit, Cooldown: cfg.Alerts.Cooldown, Fallbacks: fallbacks(cfg), Limits: limits(cfg),
		Rates:    cfg.Rates(),
		Template: cfg.Alerts.Template,
		Language: cfg.Language, Location: cfg.Timezone, Channels: ChannelIDs(cfg), Targets: all,
	}, nil
}

// quietHours returns when each channel shall not ring.
func quietHours(cfg *config.Config) map[string]stock.Quiet {
	quiet := map[string]stock.Quiet{}
	for _, c := range cfg.Channels {
		if c.Quiet.Mode != "" {
			quiet[c.ID] = c.Quiet
		}
	}
	return quiet
}

// ChannelIDs returns the ids of the configured channels.
func ChannelIDs(cfg *config.Config) []string {
	ids := make([]string, len(cfg.Channels))
	for i, c := range cfg.Channels {
		ids[i] = c.ID
	}
	return ids
}

func watchedURLs(products []stock.Product) map[string]bool {
	urls := map[string]bool{}
	for _, p := range products {
		for _, w := range p.Watches {
			urls[w.URL] = true
		}
	}
	return urls
}
