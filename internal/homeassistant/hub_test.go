package homeassistant

import (
	"context"
	"encoding/json"
	"log/slog"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/sainyuka/sainyuka/internal/channel/mqtt"
	"github.com/sainyuka/sainyuka/internal/channel/mqtt/mqtttest"
	"github.com/sainyuka/sainyuka/internal/pricing"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// home is what a Hub stands in: the products that it asks for, and what was pressed.
type home struct {
	mu       sync.Mutex
	products []stock.Product
	muted    []stock.Mute
	pressed  []string
}

func (h *home) note(what string) func(context.Context, string) error {
	return func(_ context.Context, product string) error {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.pressed = append(h.pressed, what+" "+product)
		if what == "mute" {
			h.muted = append(h.muted, stock.Mute{Product: product})
		}
		return nil
	}
}

func (h *home) set(products ...stock.Product) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.products = products
}

// start runs a Hub and returns a function that ends it.
func (h *home) start(t *testing.T, b *mqtttest.Broker) (*Hub, func()) {
	t.Helper()
	hub := New(Options{
		Broker:    mqtt.Config{URL: b.URL, Username: mqtttest.User, Password: mqtttest.Password, Topic: "sainyuka"},
		Dial:      (&net.Dialer{}).DialContext,
		Discovery: "homeassistant", Language: "en", Dashboard: "https://stock.example/", Version: "v1",
		Products: func() []stock.Product { h.mu.Lock(); defer h.mu.Unlock(); return h.products },
		Muted:    func() []stock.Mute { h.mu.Lock(); defer h.mu.Unlock(); return slices.Clone(h.muted) },
		Rates:    func() pricing.Rates { return pricing.Rates{} },
		Mute:     h.note("mute"), Seen: h.note("seen"),
		Logger: slog.New(slog.DiscardHandler),
	})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- hub.Run(ctx) }()
	stop := sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run = %v, want nil after its end", err)
		}
	})
	t.Cleanup(stop)
	return hub, stop
}

// state waits for a state of the product that ok takes.
func state(t *testing.T, l *mqtttest.Listener, ok func(State) bool) State {
	t.Helper()
	var s State
	l.Until(t, func(m mqtttest.Message) bool {
		if m.Topic != "sainyuka/switch2/state" || m.Payload == "" {
			return false
		}
		s = State{}
		if err := json.Unmarshal([]byte(m.Payload), &s); err != nil {
			t.Fatalf("state %q: %v", m.Payload, err)
		}
		return ok(s)
	})
	return s
}

func TestDeviceOfAProduct(t *testing.T) {
	b := mqtttest.Start(t)
	l := mqtttest.Listen(t, b, "homeassistant/#", "sainyuka/#")
	h := &home{}
	h.set(product(0))
	hub, stop := h.start(t, b)

	m := l.Until(t, func(m mqtttest.Message) bool { return strings.HasSuffix(m.Topic, "_switch2/config") })
	var d struct {
		Device     struct{ Name string }
		Components map[string]struct {
			Platform      string   `json:"platform"`
			UniqueID      string   `json:"unique_id"`
			Options       []string `json:"options"`
			CommandTopic  string   `json:"command_topic"`
			OwnStateTopic string   `json:"state_topic"`
			EventTypes    []string `json:"event_types"`
		}
		StateTopic string `json:"state_topic"`
	}
	if err := json.Unmarshal([]byte(m.Payload), &d); err != nil {
		t.Fatalf("discovery payload %q: %v", m.Payload, err)
	}
	if d.Device.Name != "Nintendo Switch 2" || d.StateTopic != "sainyuka/switch2/state" || len(d.Components) != 7 {
		t.Errorf("discovery = %+v, want the product, its state topic and 7 components", d)
	}
	if got := d.Components["availability"].Options; !slices.Contains(got, Unknown) || slices.Contains(got, "off") {
		t.Errorf("values of availability = %v, want one for unknown and none that is off", got)
	}
	if got := d.Components["alert"]; got.Platform != "event" || got.OwnStateTopic != "sainyuka/switch2/alert" || !slices.Contains(got.EventTypes, string(stock.Restocked)) {
		t.Errorf("alert = %+v, want an event of restocks on sainyuka/switch2/alert", got)
	}

	if s := state(t, l, func(State) bool { return true }); s.Availability != Unknown {
		t.Errorf("first state = %+v, want unknown", s)
	}
	hub.Record("a", record("a", stock.InStock, 49980))
	if s := state(t, l, func(s State) bool { return s.Availability == InStock }); s.Link != "https://a.example/item" {
		t.Errorf("state = %+v, want the link of shop a", s)
	}

	l.Publish(t, d.Components["seen"].CommandTopic, "PRESS", false)
	l.Publish(t, d.Components["mute"].CommandTopic, "PRESS", false)
	state(t, l, func(s State) bool { return s.Muted })
	h.mu.Lock()
	if want := []string{"mute switch2", "seen switch2"}; !slices.Equal(slices.Sorted(slices.Values(h.pressed)), want) {
		t.Errorf("pressed %v, want %v", h.pressed, want)
	}
	h.mu.Unlock()

	stop()
	l.Until(t, func(m mqtttest.Message) bool { return m.Topic == "sainyuka/status" && m.Payload == "offline" })
}

// What is retained outlives a restart of both sides: Home Assistant finds it again,
// and a product that is no more leaves nothing behind.
func TestRetainedAndRemoved(t *testing.T) {
	b := mqtttest.Start(t)
	h := &home{}
	h.set(product(0), stock.Product{ID: "ps5", Name: "PS5", Currency: "JPY"})
	_, stop := h.start(t, b)
	l := mqtttest.Listen(t, b, "sainyuka/ps5/state")
	l.Next(t)
	stop()

	l = mqtttest.Listen(t, b, "homeassistant/device/+/config", "sainyuka/+/state")
	kept := map[string]bool{}
	for range 4 {
		m := l.Next(t)
		kept[m.Topic[strings.LastIndexByte(m.Topic[:strings.LastIndexByte(m.Topic, '/')], '/')+1:]] = m.Retained && m.Payload != ""
	}
	for _, end := range []string{"switch2/state", "ps5/state"} {
		if !kept[end] {
			t.Errorf("retained %v, want %s among them", kept, end)
		}
	}

	h.set(product(0))
	h.start(t, b)
	emptied := map[string]bool{}
	for len(emptied) < 2 {
		m := l.Until(t, func(m mqtttest.Message) bool { return m.Payload == "" })
		if !strings.Contains(m.Topic, "ps5") {
			t.Errorf("emptied %s, want only what belongs to ps5", m.Topic)
		}
		emptied[m.Topic] = true
	}
}
