// Package homeassistant shows every product as a device of Home Assistant, over an
// MQTT broker: its state, its best offer, buttons that mute it and say that it was
// seen, and its last alert as an event.
//
// It publishes what is known and hands on what is pressed. Alerts themselves are
// sent by the channel mqtt, which may be used without this.
package homeassistant

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/eclipse/paho.golang/autopaho"
	"github.com/eclipse/paho.golang/paho"

	"github.com/sainyuka/sainyuka/internal/channel/mqtt"
	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/pricing"
	"github.com/sainyuka/sainyuka/internal/stock"
)

const (
	online, offline = "online", "offline"
	// settle is how long changes are gathered before they are published.
	settle = 200 * time.Millisecond
	// publishTimeout bounds one publication.
	publishTimeout = 10 * time.Second
	keepAlive      = 30 // seconds
	maxWait        = time.Minute
)

// Options say where to publish and what.
type Options struct {
	Broker    mqtt.Config
	Dial      mqtt.Dialer
	Discovery string // Home Assistant's prefix, "homeassistant"
	Language  string // "ja" or "en"
	Dashboard string // how people reach it; "" for not at all
	Version   string
	Products  func() []stock.Product
	Rates     func() pricing.Rates
	Muted     func() []stock.Mute
	// Mute and Seen are what the buttons do.
	Mute   func(ctx context.Context, product string) error
	Seen   func(ctx context.Context, product string) error
	Logger *slog.Logger
}

// Hub publishes the products of one channel. Its methods may be called at the same
// time.
type Hub struct {
	o       Options
	log     *slog.Logger
	changed chan struct{} // holds one word that something is to be published

	mu        sync.Mutex
	records   map[string]stock.Change // by tid
	published map[string]string       // payload by topic, of this connection
	foreign   map[string]bool         // retained topics of ours that no product has: of products that were removed
}

// New returns a Hub that knows of no state yet.
func New(o Options) *Hub {
	return &Hub{
		o: o, log: o.Logger.With("broker", hostOf(o.Broker.URL)), changed: make(chan struct{}, 1),
		records: map[string]stock.Change{}, published: map[string]string{}, foreign: map[string]bool{},
	}
}

func hostOf(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil {
		return ""
	}
	return u.Host
}

// Record takes in what a watch's newest record says.
func (h *Hub) Record(tid string, c stock.Change) {
	c.Seen, c.Evidence = nil, nil // nobody reads them here
	h.mu.Lock()
	h.records[tid] = c
	h.mu.Unlock()
	h.Changed()
}

// Changed says that products, limits or mutes are others than before.
func (h *Hub) Changed() {
	select {
	case h.changed <- struct{}{}:
	default:
	}
}

// Run keeps a connection to the broker, however often it breaks, and publishes
// what changes, until ctx ends.
func (h *Hub) Run(ctx context.Context) error {
	u, err := url.Parse(h.o.Broker.URL)
	if err != nil {
		return fmt.Errorf("the broker's url is not valid")
	}
	status := statusTopic(h.o.Broker.Topic)
	var delay uint32
	// The connection outlives ctx by its last word.
	held, hangUp := context.WithCancel(context.WithoutCancel(ctx))
	defer hangUp()
	manager, err := autopaho.NewConnection(held, autopaho.ClientConfig{
		ServerUrls: []*url.URL{u}, KeepAlive: keepAlive, CleanStartOnInitialConnection: true,
		ConnectUsername: h.o.Broker.Username, ConnectPassword: []byte(h.o.Broker.Password),
		WillMessage:    &paho.WillMessage{Topic: status, Payload: []byte(offline), QoS: 1, Retain: true},
		WillProperties: &paho.WillProperties{WillDelayInterval: &delay},
		ReconnectBackoff: func(n int) time.Duration {
			return min(time.Second<<min(n, 6), maxWait)
		},
		AttemptConnection: func(ctx context.Context, _ autopaho.ClientConfig, u *url.URL) (net.Conn, error) {
			broker := h.o.Broker
			broker.URL = u.String()
			return mqtt.Open(ctx, h.o.Dial, broker)
		},
		OnConnectionUp: func(*autopaho.ConnectionManager, *paho.Connack) { h.connected(ctx) },
		OnConnectError: func(err error) { h.log.Warn("the MQTT broker cannot be reached", "err", err) },
		ClientConfig: paho.ClientConfig{
			OnPublishReceived: []func(paho.PublishReceived) (bool, error){func(p paho.PublishReceived) (bool, error) {
				h.received(ctx, p.Packet.Topic, string(p.Packet.Payload), p.Packet.Retain)
				return true, nil
			}},
		},
	})
	if err != nil {
		return fmt.Errorf("connect to the MQTT broker: %w", err)
	}
	h.publishChanges(ctx, manager)
	hangUp()
	<-manager.Done()
	return nil
}

// connected begins anew: what the broker still holds is not known.
func (h *Hub) connected(context.Context) {
	h.log.Info("connected to the MQTT broker")
	h.mu.Lock()
	clear(h.published)
	clear(h.foreign)
	h.mu.Unlock()
	h.Changed()
}

// publishChanges publishes until ctx ends. What fails is tried again with the next
// change or after a while.
func (h *Hub) publishChanges(ctx context.Context, manager *autopaho.ConnectionManager) {
	again := time.NewTicker(maxWait)
	defer again.Stop()
	for {
		select {
		case <-ctx.Done():
			h.leave(ctx, manager)
			return
		case <-h.changed:
		case <-again.C:
		}
		select { // records often come several at once
		case <-ctx.Done():
			continue
		case <-time.After(settle):
		}
		if manager.AwaitConnection(ctx) != nil {
			continue
		}
		if err := h.publish(ctx, manager); err != nil && ctx.Err() == nil {
			h.log.Warn("products not published to the MQTT broker", "err", err)
		}
	}
}

// leave says that nothing here is kept up to date from now on. The broker would
// say so itself only of a connection that breaks.
func (h *Hub) leave(ctx context.Context, manager *autopaho.ConnectionManager) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	_, _ = manager.Publish(ctx, retained(statusTopic(h.o.Broker.Topic), offline))
}

// publish subscribes to what is needed and publishes what differs from what the
// broker has.
func (h *Hub) publish(ctx context.Context, manager *autopaho.ConnectionManager) error {
	ctx, cancel := context.WithTimeout(ctx, maxWait)
	defer cancel()
	all, order := h.payloads()
	for _, topic := range order {
		if err := h.publishOne(ctx, manager, topic, all[topic]); err != nil {
			return err
		}
	}
	if err := h.subscribe(ctx, manager); err != nil {
		return err
	}
	for _, topic := range h.removed(all) {
		if err := h.publishOne(ctx, manager, topic, ""); err != nil {
			return err
		}
	}
	return nil
}

// payloads returns everything that the broker shall hold, and in which order it
// gets it: a device before its state.
func (h *Hub) payloads() (all map[string]string, order []string) {
	all = map[string]string{}
	add := func(topic string, v any) {
		text, ok := v.(string)
		if !ok {
			b, err := json.Marshal(v)
			if err != nil { // of plain fields: cannot be
				h.log.Error("encode for the MQTT broker", "topic", topic, "err", err)
				return
			}
			text = string(b)
		}
		all[topic] = text
		order = append(order, topic)
	}
	muted := map[string]bool{}
	for _, m := range h.o.Muted() {
		muted[m.Product] = true
	}
	rates, at := h.o.Rates(), clock.Wall()
	h.mu.Lock()
	records := maps.Clone(h.records)
	h.mu.Unlock()
	add(statusTopic(h.o.Broker.Topic), online)
	for _, p := range h.o.Products() {
		add(configTopic(h.o.Discovery, h.o.Broker.Topic, p.ID), h.deviceOf(p))
		s := stateOf(p, records, rates, h.o.Language, at)
		s.Muted = muted[p.ID]
		add(stateTopic(h.o.Broker.Topic, p.ID), s)
	}
	return all, order
}

func retained(topic, payload string) *paho.Publish {
	return &paho.Publish{Topic: topic, Payload: []byte(payload), QoS: 1, Retain: true}
}

func (h *Hub) publishOne(ctx context.Context, manager *autopaho.ConnectionManager, topic, payload string) error {
	h.mu.Lock()
	had, known := h.published[topic]
	h.mu.Unlock()
	if known && had == payload {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, publishTimeout)
	defer cancel()
	if _, err := manager.Publish(ctx, retained(topic, payload)); err != nil {
		return fmt.Errorf("publish to %s: %w", topic, err)
	}
	h.mu.Lock()
	h.published[topic] = payload
	h.mu.Unlock()
	return nil
}

// subscribe hears of pressed buttons, of devices that an earlier process left
// behind, of Home Assistant's start, and of another notifier's end.
func (h *Hub) subscribe(ctx context.Context, manager *autopaho.ConnectionManager) error {
	h.mu.Lock()
	_, done := h.published[subscribed]
	h.mu.Unlock()
	if done {
		return nil
	}
	topic := h.o.Broker.Topic
	sub := &paho.Subscribe{}
	for _, filter := range []string{
		topic + "/+/mute", topic + "/+/seen", statusTopic(topic), h.o.Discovery + "/device/+/config", h.o.Discovery + "/status",
	} {
		sub.Subscriptions = append(sub.Subscriptions, paho.SubscribeOptions{Topic: filter, QoS: 1, NoLocal: true})
	}
	if _, err := manager.Subscribe(ctx, sub); err != nil {
		return fmt.Errorf("subscribe at the MQTT broker: %w", err)
	}
	h.mu.Lock()
	h.published[subscribed] = ""
	h.mu.Unlock()
	return nil
}

// subscribed is the key in published that says that this connection has subscribed.
const subscribed = ""

// removed returns the topics that the broker holds for products which are no more.
func (h *Hub) removed(wanted map[string]string) []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	gone := map[string]bool{}
	for topic, payload := range h.published {
		if _, ok := wanted[topic]; !ok && topic != subscribed && payload != "" {
			gone[topic] = true
		}
	}
	for topic := range h.foreign {
		if _, ok := wanted[topic]; !ok {
			product := strings.TrimSuffix(strings.TrimPrefix(topic, h.o.Discovery+"/device/"+idPrefix(h.o.Broker.Topic)), "/config")
			gone[topic], gone[stateTopic(h.o.Broker.Topic, product)] = true, true
		}
		delete(h.foreign, topic)
	}
	var topics []string
	for topic := range gone {
		topics = append(topics, topic)
	}
	return topics
}

// received handles what other programs have published.
func (h *Hub) received(ctx context.Context, topic, payload string, kept bool) {
	below, ours := strings.CutPrefix(topic, h.o.Broker.Topic+"/")
	switch {
	case topic == statusTopic(h.o.Broker.Topic):
		if payload != online { // of another notifier that has ended: we are there
			h.forget(topic)
		}
	case topic == h.o.Discovery+"/status":
		if payload == online && !kept { // Home Assistant has started: it may have missed what is not retained
			h.connected(ctx)
		}
	case strings.HasPrefix(topic, h.o.Discovery+"/device/"+idPrefix(h.o.Broker.Topic)) && payload != "":
		h.mu.Lock()
		h.foreign[topic] = true
		h.mu.Unlock()
		h.Changed()
	case ours && !kept && payload == press: // a retained press would press again at every start
		product, what, _ := strings.Cut(below, "/")
		go h.pressed(ctx, product, what)
	}
}

// forget has a topic published again.
func (h *Hub) forget(topic string) {
	h.mu.Lock()
	delete(h.published, topic)
	h.mu.Unlock()
	h.Changed()
}

// pressed does what a button says.
func (h *Hub) pressed(ctx context.Context, product, what string) {
	ctx, cancel := context.WithTimeout(ctx, publishTimeout)
	defer cancel()
	do := map[string]func(context.Context, string) error{"mute": h.o.Mute, "seen": h.o.Seen}[what]
	if do == nil {
		return
	}
	if err := do(ctx, product); err != nil {
		h.log.Warn("a button of Home Assistant did nothing", "button", what, "product", product, "err", err)
		return
	}
	h.log.Info("a button of Home Assistant was pressed", "button", what, "product", product)
	h.Changed()
}
