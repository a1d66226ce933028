package notify

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sainyuka/sainyuka/internal/button"
	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/press"
	"github.com/sainyuka/sainyuka/internal/stock"
)

const publicURL = "https://box.example/stock"

// withButtons returns a Notifier of the rules for p whose alerts have buttons.
func withButtons(s *fakeStore, people *fakePeople, r Rules) *Notifier {
	return New(Options{Store: s, People: people, Rules: r, PublicURL: publicURL})
}

// token returns the token of the button of a kind among a message's.
func token(t testing.TB, actions []channel.Action, kind button.Kind) string {
	t.Helper()
	i := slices.IndexFunc(actions, func(a channel.Action) bool { return a.Kind == string(kind) })
	if i < 0 {
		t.Fatalf("the buttons are %+v, want one of kind %s", actions, kind)
	}
	token, ok := strings.CutPrefix(actions[i].URL, publicURL+press.Path)
	if !ok {
		t.Fatalf("the button %s leads to %s, want it below %s", kind, actions[i].URL, publicURL)
	}
	return token
}

func kindsOf(actions []channel.Action) (kinds []string) {
	for _, a := range actions {
		kinds = append(kinds, a.Kind)
	}
	return kinds
}

func TestWhichAlertsHaveButtons(t *testing.T) {
	p := switch2()
	for _, tt := range []struct {
		name   string
		url    string
		change func(*stock.Letter)
		want   []string
	}{
		{"a restock", publicURL, func(*stock.Letter) {}, []string{"mute", "stop"}},
		{"one that escalates", publicURL, func(l *stock.Letter) { l.Escalates = true }, []string{"ack", "mute", "stop"}},
		{"without an address", "", func(*stock.Letter) {}, nil},
		{"with too long an address", "https://box.example/" + strings.Repeat("a", 400), func(*stock.Letter) {}, nil},
		{"the owner's news", publicURL, func(l *stock.Letter) { l.Alert.Kind = stock.Unread }, nil},
		{"a product that is gone", publicURL, func(l *stock.Letter) { l.Alert.Product.ID = "switch1" }, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, r := &fakeChannel{}, rulesFor(p)
			r.Targets = []Target{{ID: "phone", Recipient: "rp", Channel: c}}
			n := New(Options{Store: newStore(), People: newPeople(), Rules: r, PublicURL: tt.url})
			now := time.Now()
			l := stock.Letter{Event: "7", Channel: "phone", Recipient: "rp", MadeAt: now, NotAfter: now.Add(time.Hour), Alert: fullAlert(p)}
			l.Alert.ObservedAt = now
			tt.change(&l)
			if n.Deliver(t.Context(), l, 1); c.sends() != 1 {
				t.Fatalf("%d messages were sent, want 1", c.sends())
			}
			if got := kindsOf(c.got[0].Actions); !slices.Equal(got, tt.want) {
				t.Errorf("the message has the buttons %v, want %v", got, tt.want)
			}
			for _, a := range c.got[0].Actions {
				if a.Label == "" || len(a.URL) > press.MaxURL {
					t.Errorf("the button %s is called %q and has %d bytes of URL, want a name and at most %d", a.Kind, a.Label, len(a.URL), press.MaxURL)
				}
			}
		})
	}
}

func TestTroubleWithButtonsKeepsNoAlertBack(t *testing.T) {
	p, people, c := switch2(), newPeople(), &fakeChannel{}
	people.facts[press.KeyFact] = stock.KV{Key: press.KeyFact, Value: []byte(`"c2hvcnQ="`), Rev: 1}
	r := rulesFor(p)
	r.Targets = []Target{{ID: "phone", Recipient: "rp", Channel: c}}
	n := withButtons(newStore(), people, r)
	now := time.Now()
	l := stock.Letter{Event: "7", Channel: "phone", Recipient: "rp", MadeAt: now, NotAfter: now.Add(time.Hour), Alert: fullAlert(p)}
	if wait := n.Deliver(t.Context(), l, 1); wait != 0 || c.sends() != 1 || c.got[0].Actions != nil {
		t.Errorf("with a damaged key Deliver = %v with %d messages, want one without buttons", wait, c.sends())
	}
}

// pressed is two processes with one store of facts, and the buttons of an alert.
func pressed(p stock.Product) (a, b *Notifier, people *fakePeople, actions []channel.Action) {
	people = newPeople()
	a, b = withButtons(newStore(), people, rulesFor(p)), withButtons(newStore(), people, rulesFor(p))
	l := stock.Letter{Event: "7", Channel: "phone", Recipient: "rp", Escalates: true, Alert: fullAlert(p)}
	return a, b, people, a.buttons.Actions(context.Background(), l)
}

func TestLookingAtAButtonChangesNothing(t *testing.T) {
	p := switch2()
	_, b, people, actions := pressed(p)
	before := people.keys("")
	for _, kind := range []button.Kind{button.Mute, button.Stop, button.Acknowledge} {
		got, err := b.Button(t.Context(), token(t, actions, kind))
		if err != nil || got.Kind != kind || got.Product.ID != p.ID || got.Product.Name != p.Name || got.Undo != "" {
			t.Errorf("Button(%s) = %+v, %v; want what it would do to %s", kind, got, err, p.ID)
		}
		if got.Until.IsZero() == (kind == button.Mute) {
			t.Errorf("Button(%s) says until %v; only a mute ends by itself", kind, got.Until)
		}
	}
	if after := people.keys(""); !slices.Equal(before, after) {
		t.Errorf("after looking the facts are %v, want %v as before", after, before)
	}
}

func TestAButtonWorksOnce(t *testing.T) {
	p := switch2()
	a, b, people, actions := pressed(p)
	stop := token(t, actions, button.Stop)
	got, err := a.PressButton(t.Context(), stop)
	if err != nil || got.Undo == "" {
		t.Fatalf("PressButton(stop) = %+v, %v; want it done, and a way back", got, err)
	}
	if f := people.facts["mute."+p.ID]; f.Rev == 0 || !a.facts.mirror.muted(p.ID) {
		t.Fatalf("after stop the facts are %v, want the product muted", people.keys(""))
	}
	if err := a.Unmute(t.Context(), p.ID); err != nil {
		t.Fatal(err)
	}
	for name, n := range map[string]*Notifier{"the same process": a, "another one": b} {
		if _, err := n.PressButton(t.Context(), stop); !errors.Is(err, press.ErrUsed) {
			t.Errorf("pressed again in %s: %v, want press.ErrUsed", name, err)
		}
		if _, err := n.Button(t.Context(), stop); !errors.Is(err, press.ErrUsed) {
			t.Errorf("looked at after a press in %s: %v, want press.ErrUsed", name, err)
		}
	}
	if people.facts["mute."+p.ID].Rev != 0 {
		t.Error("the second press muted the product again")
	}
	mute, err := b.PressButton(t.Context(), token(t, actions, button.Mute))
	if err != nil || time.Until(mute.Until) > press.MuteTime || time.Until(mute.Until) < press.MuteTime-time.Minute {
		t.Fatalf("PressButton(mute) = %+v, %v; want an hour from now", mute, err)
	}
	if _, err := a.PressButton(t.Context(), mute.Undo); err != nil || people.facts["mute."+p.ID].Rev != 0 {
		t.Errorf("PressButton(undo) = %v with the facts %v, want the mute gone", err, people.keys(""))
	}
}

func TestOfManyPressesAtOnceOneWorks(t *testing.T) {
	p := switch2()
	a, b, people, actions := pressed(p)
	mute := token(t, actions, button.Mute)
	var wg sync.WaitGroup
	errs := make([]error, 20)
	for i := range errs {
		wg.Go(func() { _, errs[i] = []*Notifier{a, b}[i%2].PressButton(t.Context(), mute) })
	}
	wg.Wait()
	done := 0
	for _, err := range errs {
		switch {
		case err == nil:
			done++
		case !errors.Is(err, press.ErrUsed):
			t.Errorf("one of many presses: %v, want press.ErrUsed", err)
		}
	}
	if done != 1 || people.facts["mute."+p.ID].Rev == 0 {
		t.Errorf("%d of %d presses did it, with the facts %v; want one", done, len(errs), people.keys(""))
	}
}

// Wherever a write fails, the button says that it was done only when it was, and
// can be pressed until it is.
func TestAPressThatFailsCanBeRepeated(t *testing.T) {
	p := switch2()
	for fails := range 24 {
		call, after := fails/2, fails%2 == 1
		_, b, people, actions := pressed(p)
		n := -1
		people.crash = func() (bool, bool) {
			n++
			return n == call && !after, n == call && after
		}
		stop := token(t, actions, button.Stop)
		var err error
		for range 3 {
			if _, err = b.PressButton(t.Context(), stop); err == nil || errors.Is(err, press.ErrUsed) {
				break
			}
		}
		people.crash = nil
		if muted := people.facts["mute."+p.ID].Rev != 0; err != nil || !muted {
			t.Errorf("with call %d failing (after its work: %v) three presses end with %v, muted: %v; want it done", call, after, err, muted)
		}
	}
}

func TestAcknowledgingByButton(t *testing.T) {
	p := switch2()
	a, _, people, actions := pressed(p)
	people.facts["esc."+p.ID+".7"] = stock.KV{Key: "esc." + p.ID + ".7", Value: []byte(`{}`), Rev: 9}
	if _, err := a.PressButton(t.Context(), token(t, actions, button.Acknowledge)); err != nil {
		t.Fatal(err)
	}
	if people.facts["ack.7"].Rev == 0 || people.facts["esc."+p.ID+".7"].Rev != 0 {
		t.Errorf("after the button the facts are %v, want the event acknowledged and nothing escalating", people.keys(""))
	}
}

func TestButtonsThatDoNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := switch2()
		a, b, people, actions := pressed(p)
		mute := token(t, actions, button.Mute)
		gone := rulesFor()
		b.Set(gone)
		other := withButtons(newStore(), newPeople(), rulesFor(p))
		plain := New(Options{Store: newStore(), People: people, Rules: rulesFor(p)})
		before := people.keys("")
		for _, tt := range []struct {
			name  string
			n     *Notifier
			token string
			want  error
		}{
			{"tampered", a, mute[:40] + "A" + mute[41:], button.ErrForged},
			{"garbage", a, "x", button.ErrForged},
			{"another installation's", other, mute, button.ErrForged},
			{"product gone", b, mute, ErrUnknown},
			{"no buttons here", plain, mute, press.ErrButtons},
			{"too old", a, mute, button.ErrExpired},
		} {
			if tt.want == button.ErrExpired {
				time.Sleep(button.Life + time.Second)
			}
			_, looked := tt.n.Button(t.Context(), tt.token)
			_, pressed := tt.n.PressButton(t.Context(), tt.token)
			if !errors.Is(looked, tt.want) || !errors.Is(pressed, tt.want) {
				t.Errorf("%s: Button = %v, PressButton = %v, want %v", tt.name, looked, pressed, tt.want)
			}
		}
		if after := people.keys(""); !slices.Equal(before, after) {
			t.Errorf("the facts are %v, want %v as before", after, before)
		}
	})
}

func TestUsedTokensAreForgottenLongAfterTheirEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := switch2()
		a, _, people, actions := pressed(p)
		if _, err := a.PressButton(t.Context(), token(t, actions, button.Stop)); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		go a.RunTimers(ctx)
		time.Sleep(button.Life)
		if keys := people.keys(press.UsedFacts); len(keys) != 1 {
			t.Errorf("when the token ends %v are kept, want it still", keys)
		}
		time.Sleep(press.UsedMemory + 2*time.Second)
		if keys := people.keys(press.UsedFacts); len(keys) != 0 {
			t.Errorf("an hour after its end %v are kept, want nothing", keys)
		}
		cancel()
		synctest.Wait()
	})
}

func TestNoTokenAndNoKeyIsLogged(t *testing.T) {
	p, people := switch2(), newPeople()
	var log bytes.Buffer
	n := New(Options{
		Store: newStore(), People: people, Rules: rulesFor(p), PublicURL: publicURL,
		Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	l := stock.Letter{Event: "7", Channel: "phone", Recipient: "rp", Alert: fullAlert(p)}
	stop := token(t, n.buttons.Actions(t.Context(), l), button.Stop)
	_, err := n.PressButton(t.Context(), stop)
	_, again := n.PressButton(t.Context(), stop)
	people.crash = func() (bool, bool) { return true, false }
	_, failed := n.PressButton(t.Context(), token(t, n.buttons.Actions(t.Context(), l), button.Stop))
	key := strings.Trim(string(people.facts[press.KeyFact].Value), `"`)
	said := log.String() + errors.Join(err, again, failed).Error()
	if !strings.Contains(said, "pressed") || strings.Contains(said, stop) || strings.Contains(said, key) {
		t.Errorf("log and errors say:\n%s\nwant that a button was pressed, and neither token nor key", said)
	}
}

// In a chat that several people read, a button speaks for that chat alone.
func TestButtonsOfASharedChannelHoldForItAlone(t *testing.T) {
	p, people := switch2(), newPeople()
	chat, phone := &fakeChannel{}, &fakeChannel{}
	r := rulesFor(p)
	r.Targets = []Target{{ID: "chat", Recipient: "rc", Channel: chat, Shared: true}, {ID: "phone", Recipient: "rp", Channel: phone}}
	n := withButtons(newStore(), people, r)
	now := time.Now()
	letter := func(event, channel, recipient string) stock.Letter {
		l := stock.Letter{Event: event, Channel: channel, Recipient: recipient, MadeAt: now, NotAfter: now.Add(time.Hour), Alert: fullAlert(p)}
		l.Alert.ObservedAt = now
		return l
	}
	deliver := func(event string) (inChat, onPhone int) {
		chatBefore, phoneBefore := chat.sends(), phone.sends()
		n.Deliver(t.Context(), letter(event, "chat", "rc"), 1)
		n.Deliver(t.Context(), letter(event, "phone", "rp"), 1)
		return chat.sends() - chatBefore, phone.sends() - phoneBefore
	}
	if c, f := deliver("7"); c != 1 || f != 1 {
		t.Fatalf("before a press %d alerts in the chat and %d on the phone, want one each", c, f)
	}
	stop, err := n.PressButton(t.Context(), token(t, chat.got[0].Actions, button.Stop))
	if err != nil || stop.Channel != "chat" || stop.Undo == "" {
		t.Fatalf("PressButton(stop) in the chat = %+v, %v; want it done for the chat, with a way back", stop, err)
	}
	if c, f := deliver("8"); c != 0 || f != 1 {
		t.Errorf("after stop in the chat %d alerts there and %d on the phone, want none and one", c, f)
	}
	if m := n.Mutes(); len(m) != 1 || m[0].Channel != "chat" || m[0].Product != p.ID {
		t.Errorf("Mutes = %+v, want that of the chat", m)
	}
	if _, err := n.PressButton(t.Context(), stop.Undo); err != nil {
		t.Fatal(err)
	}
	if c, f := deliver("9"); c != 1 || f != 1 {
		t.Errorf("after undo %d alerts in the chat and %d on the phone, want one each", c, f)
	}
	if _, err := n.PressButton(t.Context(), token(t, chat.got[0].Actions, button.Mute)); err != nil {
		t.Fatal(err)
	}
	if err := n.Unmute(t.Context(), p.ID); err != nil {
		t.Fatal(err)
	}
	if m := n.Mutes(); len(m) != 0 {
		t.Errorf("after Unmute the mutes are %+v, want none, that of the chat included", m)
	}
	all, err := n.PressButton(t.Context(), token(t, phone.got[0].Actions, button.Stop))
	if err != nil || all.Channel != "" {
		t.Fatalf("PressButton(stop) on the phone = %+v, %v; want it done for all", all, err)
	}
	if c, f := deliver("10"); c != 0 || f != 0 {
		t.Errorf("after stop on the phone %d alerts in the chat and %d there, want none", c, f)
	}
}
