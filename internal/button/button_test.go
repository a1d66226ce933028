package button_test

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/sainyuka/sainyuka/internal/button"
)

var now = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func order() button.Order {
	return button.Order{Kind: button.Mute, Product: "switch2", Event: "4711", Recipient: "abcdefgh23456777", Expires: now.Add(button.Life)}
}

func seal(t testing.TB, k button.Key, o button.Order) string {
	t.Helper()
	token, err := k.Seal(o)
	if err != nil {
		t.Fatalf("Seal(%+v) = %v", o, err)
	}
	return token
}

func TestATokenSaysWhatWasSealed(t *testing.T) {
	k := button.NewKey()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[a-z0-9-]{0,32}`)
		want := button.Order{
			Kind:    rapid.SampledFrom([]button.Kind{button.Mute, button.Stop, button.Acknowledge, button.Unmute}).Draw(t, "kind"),
			Product: text.Draw(t, "product"), Event: text.Draw(t, "event"), Recipient: text.Draw(t, "recipient"),
			Expires: now.Add(time.Duration(rapid.IntRange(1, 1<<20).Draw(t, "seconds")) * time.Second),
		}
		token, err := k.Seal(want)
		if err != nil {
			t.Fatal(err)
		}
		if len(token) > 250 || strings.Trim(token, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") != "" {
			t.Errorf("Seal = %q, want a short word of letters, digits, - and _", token)
		}
		got, err := k.Open(token, now)
		want.ID = got.ID
		if diff := cmp.Diff(want, got); err != nil || diff != "" || len(got.ID) != 24 {
			t.Errorf("Open = %v (-want +got):\n%s", err, diff)
		}
	})
}

func TestOnlyOurOwnTokensOpen(t *testing.T) {
	k := button.NewKey()
	good := seal(t, k, order())
	raw, err := base64.RawURLEncoding.DecodeString(good)
	if err != nil {
		t.Fatal(err)
	}
	turned := func(i int) string {
		b := append([]byte{}, raw...)
		b[i] ^= 1
		return base64.RawURLEncoding.EncodeToString(b)
	}
	late := order()
	late.Expires = now
	for _, tt := range []struct {
		name, token string
		want        error
	}{
		{"ours", good, nil},
		{"just too old", seal(t, k, late), button.ErrExpired},
		{"of another key", seal(t, button.NewKey(), order()), button.ErrForged},
		{"another version", turned(0), button.ErrForged},
		{"another kind", turned(1), button.ErrForged},
		{"a later expiry", turned(3), button.ErrForged},
		{"another id", turned(8), button.ErrForged},
		{"another product", turned(20), button.ErrForged},
		{"another MAC", turned(len(raw) - 1), button.ErrForged},
		{"cut", good[:len(good)-4], button.ErrForged},
		{"longer", good + "AAAA", button.ErrForged},
		{"padded", good + "=", button.ErrForged},
		{"with a line feed", good[:10] + "\n" + good[10:], button.ErrForged},
		{"nothing", "", button.ErrForged},
		{"the MAC alone", base64.RawURLEncoding.EncodeToString(raw[len(raw)-32:]), button.ErrForged},
		{"words", "please", button.ErrForged},
		{"very long", strings.Repeat("A", 1<<20), button.ErrForged},
	} {
		if _, err := k.Open(tt.token, now); !errors.Is(err, tt.want) || (err == nil) != (tt.want == nil) {
			t.Errorf("%s: Open = %v, want %v", tt.name, err, tt.want)
		}
	}
}

func TestEveryTokenIsAnother(t *testing.T) {
	k := button.NewKey()
	if a, b := seal(t, k, order()), seal(t, k, order()); a == b {
		t.Errorf("two tokens for one order are both %q, want two that are used one by one", a)
	}
}

func TestWhatDoesNotFitIsNotSealed(t *testing.T) {
	for name, change := range map[string]func(*button.Order){
		"unknown kind": func(o *button.Order) { o.Kind = "buy" },
		"long product": func(o *button.Order) { o.Product = strings.Repeat("p", 65) },
	} {
		o := order()
		change(&o)
		if token, err := button.NewKey().Seal(o); err == nil {
			t.Errorf("%s: Seal = %q, want an error", name, token)
		}
	}
}

func FuzzOpen(f *testing.F) {
	k := button.NewKey()
	good := seal(f, k, order())
	f.Add(good)
	f.Add(good[1:])
	f.Add("")
	f.Add(strings.Repeat("_", 400))
	f.Fuzz(func(t *testing.T, token string) {
		o, err := k.Open(token, now)
		if (err == nil) != (token == good) {
			t.Errorf("Open(%q) = %+v, %v; only %q is ours", token, o, err, good)
		}
	})
}
