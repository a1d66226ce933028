package press

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/button"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// memory is a store of facts, and what the buttons ordered.
type memory struct {
	facts  map[string]stock.KV
	orders []string
	fails  error // of the next order
}

func (m *memory) Fact(_ context.Context, key string) (stock.KV, error) {
	f := m.facts[key]
	f.Key = key
	return f, nil
}

func (m *memory) PutFact(_ context.Context, key string, value []byte, rev uint64) (uint64, error) {
	if m.facts[key].Rev != rev {
		return 0, stock.ErrConflict
	}
	m.facts[key] = stock.KV{Key: key, Value: value, Rev: rev + 1}
	return rev + 1, nil
}

func (m *memory) DeleteFact(_ context.Context, key string, _ uint64) error {
	delete(m.facts, key)
	return nil
}

func (m *memory) order(words ...string) error {
	err := m.fails
	if m.fails = nil; err == nil {
		m.orders = append(m.orders, strings.Join(words, " "))
	}
	return err
}

func (m *memory) MuteIn(_ context.Context, channel, product string, d time.Duration, _ string) error {
	return m.order("mute", product, "in", channel, "for", d.String())
}

func (m *memory) UnmuteIn(_ context.Context, channel, product string) error {
	return m.order("unmute", product, "in", channel)
}

func (m *memory) Acknowledge(_ context.Context, product, event string) error {
	return m.order("acknowledge", event, "of", product)
}

var errUnknown = errors.New("not configured")

func newButtons(m *memory, shared bool) *Buttons {
	return &Buttons{
		URL: "https://box.example", Facts: m, Orders: m, Log: slog.New(slog.DiscardHandler),
		Product: func(id string) (string, error) {
			if id != "switch2" {
				return "", errUnknown
			}
			return "Switch 2", nil
		},
		Language: func() string { return "en" },
		Channel:  func(string) (string, bool) { return "family", shared },
	}
}

func letter() stock.Letter {
	a := stock.Alert{Kind: stock.Restocked, Product: stock.ProductRef{ID: "switch2"}}
	return stock.Letter{Event: "17", Channel: "family", Recipient: "rf", Escalates: true, Alert: a}
}

// tokens returns the tokens of a letter's buttons by their kinds.
func tokens(t *testing.T, d *Buttons) map[button.Kind]string {
	t.Helper()
	all := map[button.Kind]string{}
	for _, a := range d.Actions(t.Context(), letter()) {
		token, ok := strings.CutPrefix(a.URL, d.URL+Path)
		if !ok || a.Label == "" {
			t.Errorf("button %+v, want a label and an address below %s", a, d.URL+Path)
		}
		all[button.Kind(a.Kind)] = token
	}
	return all
}

func TestAButtonDoesWhatItSaysOnce(t *testing.T) {
	for _, tt := range []struct {
		kind   button.Kind
		shared bool
		want   string
	}{
		{button.Mute, false, "mute switch2 in  for 1h0m0s"},
		{button.Mute, true, "mute switch2 in family for 1h0m0s"},
		{button.Stop, false, "mute switch2 in  for 0s"},
		{button.Acknowledge, true, "acknowledge 17 of switch2"},
	} {
		m := &memory{facts: map[string]stock.KV{}}
		d := newButtons(m, tt.shared)
		token := tokens(t, d)[tt.kind]
		if done, err := d.Look(t.Context(), token); err != nil || done.Kind != tt.kind || done.Product.Name != "Switch 2" || len(m.orders) != 0 {
			t.Errorf("Look at %s: %+v, %v, orders %v; want what it would do and no order", tt.kind, done, err, m.orders)
		}
		done, err := d.Press(t.Context(), token)
		if err != nil || len(m.orders) != 1 || m.orders[0] != tt.want {
			t.Errorf("Press %s: %v, orders %q, want %q", tt.kind, err, m.orders, tt.want)
		}
		if _, err := d.Press(t.Context(), token); !errors.Is(err, ErrUsed) || len(m.orders) != 1 {
			t.Errorf("Press %s again: %v, orders %q, want ErrUsed and no second order", tt.kind, err, m.orders)
		}
		if (done.Undo != "") != (tt.kind != button.Acknowledge) {
			t.Errorf("Press %s: undo %q, want one for mutes alone", tt.kind, done.Undo)
		}
		if done.Undo == "" {
			continue
		}
		if _, err := d.Press(t.Context(), done.Undo); err != nil || !strings.HasPrefix(m.orders[len(m.orders)-1], "unmute switch2") {
			t.Errorf("the undo of %s: %v, orders %q, want an unmute", tt.kind, err, m.orders)
		}
	}
}

func TestAPressThatFailedMayBeRepeated(t *testing.T) {
	m := &memory{facts: map[string]stock.KV{}, fails: errors.New("no store")}
	d := newButtons(m, false)
	token := tokens(t, d)[button.Stop]
	if _, err := d.Press(t.Context(), token); err == nil || errors.Is(err, ErrUsed) {
		t.Fatalf("Press while orders fail: %v, want their error", err)
	}
	if _, err := d.Press(t.Context(), token); err != nil || len(m.orders) != 1 {
		t.Errorf("Press after that: %v, orders %q, want it done", err, m.orders)
	}
}

func TestButtonsAreRefused(t *testing.T) {
	m := &memory{facts: map[string]stock.KV{}}
	d := newButtons(m, false)
	token := tokens(t, d)[button.Mute]
	without := newButtons(m, false)
	without.URL = ""
	gone := newButtons(m, false)
	gone.Product = func(string) (string, error) { return "", errUnknown }
	for _, tt := range []struct {
		name  string
		by    *Buttons
		token string
		want  error
	}{
		{"a forged token", d, token[:len(token)-1] + "?", button.ErrForged},
		{"no public address", without, token, ErrButtons},
		{"a product that is gone", gone, token, errUnknown},
	} {
		if _, err := tt.by.Press(t.Context(), tt.token); !errors.Is(err, tt.want) || len(m.orders) != 0 {
			t.Errorf("%s: %v, orders %q, want %v and no order", tt.name, err, m.orders, tt.want)
		}
	}
	if got := UsedUntil([]byte("{")); !got.Equal(time.Time{}.Add(UsedMemory)) {
		t.Errorf("UsedUntil of what cannot be read: %v, want at once", got)
	}
}
