package app

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/sainyuka/sainyuka/internal/bus"
	"github.com/sainyuka/sainyuka/internal/channel/webpush"
	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/config"
	"github.com/sainyuka/sainyuka/internal/fetch"
	"github.com/sainyuka/sainyuka/internal/notify"
	"github.com/sainyuka/sainyuka/internal/stock"
	"github.com/sainyuka/sainyuka/internal/web"
)

const typeWebPush = "webpush"

// forgetTimeout bounds the removal of a subscription that is no more.
const forgetTimeout = 5 * time.Second

// browsers is Web Push as this process knows it: the key that all processes
// share, who has subscribed, and the senders of the configured channels. It is
// what the dashboard subscribes browsers with.
type browsers struct {
	app     *App
	people  *bus.FactStore
	book    *webpush.Book
	keys    webpush.Keys
	senders map[string]*webpush.Sender // by channel id; guarded by App.mu
}

// openBrowsers reads the key and the subscriptions, however long that takes:
// without them, letters for browsers would be taken for those of removed
// channels.
func (a *App) openBrowsers(ctx context.Context, people *bus.FactStore) (*browsers, error) {
	b := &browsers{app: a, people: people, book: webpush.NewBook(people)}
	for {
		err := b.load(ctx)
		if err == nil {
			a.log.Debug("Web Push key", "fingerprint", b.keys.Fingerprint())
			return b, nil
		}
		a.log.Warn("the browsers that are subscribed cannot be read yet", "err", err)
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(time.Second):
		}
	}
}

func (b *browsers) load(ctx context.Context) error {
	var err error
	if b.keys, err = webpush.LoadKeys(ctx, b.people); err != nil {
		return err
	}
	facts, err := b.people.Facts(ctx, webpush.Prefix)
	if err != nil {
		return fmt.Errorf("read subscriptions: %w", err)
	}
	for _, f := range facts {
		b.book.Learn(f.Key, f.Value)
	}
	return nil
}

// follow takes in who subscribes and who goes, in this process or another, until
// ctx ends.
func (b *browsers) follow(ctx context.Context, changed func()) error {
	return b.people.FollowFacts(ctx, webpush.Prefix, func(f stock.KV) {
		if b.book.Learn(f.Key, f.Value) {
			changed()
		}
	})
}

// configure makes the senders of a configuration's channels.
func (b *browsers) configure(cfg *config.Config) {
	b.senders = map[string]*webpush.Sender{}
	for _, c := range cfg.Channels {
		if c.Type != typeWebPush {
			continue
		}
		guard := fetch.Guard{AllowPrivate: cfg.Fetch.AllowPrivateAddresses, AllowLoopback: map[string]bool{}}
		for _, host := range c.Services {
			maps.Copy(guard.AllowLoopback, literalLoopback("https://"+host))
		}
		b.senders[c.ID] = webpush.NewSender(c.Contact, b.keys, guard.Client(sendTimeout))
	}
}

// join returns the rules with every browser among their targets.
func (b *browsers) join(r notify.Rules) notify.Rules {
	r.Targets = slices.Clone(r.Targets)
	for _, id := range slices.Sorted(maps.Keys(b.senders)) {
		for _, s := range b.book.Of(id) {
			recipient := s.Recipient()
			gone := func(ctx context.Context) { b.forget(ctx, id, recipient) }
			r.Targets = append(r.Targets, notify.Target{
				ID: id, Type: typeWebPush, Recipient: recipient, Channel: b.senders[id].To(s, gone), Timeout: sendTimeout, Subscribed: true,
			})
		}
	}
	return r
}

// forget removes a subscription that its push service knows no longer.
func (b *browsers) forget(ctx context.Context, channel, recipient string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), forgetTimeout)
	defer cancel()
	if err := b.book.Remove(ctx, channel, recipient); err != nil {
		b.app.log.Warn("a browser is gone, and its subscription stays", "channel", channel, "recipient", recipient, "err", err)
		return
	}
	b.app.log.Info("a browser is gone: its subscription was removed", "channel", channel, "recipient", recipient)
}

// has reports whether a browser is subscribed.
func (b *browsers) has(channel, recipient string) bool {
	return slices.ContainsFunc(b.book.Of(channel), func(s webpush.Subscription) bool { return s.Recipient() == recipient })
}

// channel returns a configured channel that sends to browsers.
func (b *browsers) channel(id string) (config.Channel, bool) {
	channels := b.app.config.Load().Channels
	i := slices.IndexFunc(channels, func(c config.Channel) bool { return c.ID == id && c.Type == typeWebPush })
	if i < 0 {
		return config.Channel{}, false
	}
	return channels[i], true
}

// Key implements web.Push.
func (b *browsers) Key() (public, fingerprint string) { return b.keys.Public, b.keys.Fingerprint() }

// Channels implements web.Push.
func (b *browsers) Channels() []string {
	var ids []string
	for _, c := range b.app.config.Load().Channels {
		if c.Type == typeWebPush {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

// Browsers implements web.Push.
func (b *browsers) Browsers() []web.Browser {
	var list []web.Browser
	for _, id := range b.Channels() {
		for _, s := range b.book.Of(id) {
			list = append(list, web.Browser{ID: id + "_" + s.Recipient(), Channel: id, Name: s.Browser, Since: s.Since})
		}
	}
	return list
}

// Subscribe implements web.Push.
func (b *browsers) Subscribe(ctx context.Context, channel string, said web.Subscription) (id string, err error) {
	c, ok := b.channel(channel)
	if !ok {
		return "", fmt.Errorf("%w: the channel is no longer configured", web.ErrRefused)
	}
	s := webpush.Subscription{
		Endpoint: said.Endpoint, Keys: webpush.Secrets{P256dh: said.Keys.P256dh, Auth: said.Keys.Auth},
		Browser: said.Browser, Since: clock.Wall().UTC().Truncate(time.Second),
	}
	if err := webpush.Services(c.Services).Check(s); err != nil {
		return "", fmt.Errorf("%w: %w", web.ErrRefused, err)
	}
	switch err := b.book.Add(ctx, channel, s); {
	case errors.Is(err, webpush.ErrFull):
		return "", fmt.Errorf("%w: %w", web.ErrRefused, err)
	case err != nil:
		return "", err
	}
	b.app.log.Info("a browser has subscribed", "channel", channel, "recipient", s.Recipient(), "browser", s.Browser)
	return channel + "_" + s.Recipient(), nil
}

// Unsubscribe implements web.Push.
func (b *browsers) Unsubscribe(ctx context.Context, id string) error {
	channel, recipient, _ := strings.Cut(id, "_")
	if err := b.book.Remove(ctx, channel, recipient); err != nil {
		return err
	}
	b.app.log.Info("a browser was unsubscribed", "channel", channel, "recipient", recipient)
	return nil
}
