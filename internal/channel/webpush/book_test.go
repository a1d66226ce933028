package webpush_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/channel/webpush"
)

func TestKeysAreMadeOnce(t *testing.T) {
	store := newFacts()
	first, err := webpush.LoadKeys(t.Context(), store)
	if err != nil {
		t.Fatalf("LoadKeys = %v", err)
	}
	if again, err := webpush.LoadKeys(t.Context(), store); err != nil || again != first {
		t.Errorf("LoadKeys again = %v, %v, want the same pair", again.Fingerprint(), err)
	}
	if point, err := base64.RawURLEncoding.DecodeString(first.Public); err != nil || len(point) != 65 || point[0] != 4 {
		t.Errorf("public key %q, want an uncompressed point as browsers want it", first.Public)
	}
	if len(first.Fingerprint()) != 16 || strings.Contains(first.Fingerprint(), first.Private) {
		t.Errorf("fingerprint %q, want 16 digits", first.Fingerprint())
	}
}

// Two processes that start at once end up with one pair.
func TestTwoMakeKeys(t *testing.T) {
	store := newFacts()
	var other webpush.Keys
	store.before = func() {
		var err error
		if other, err = webpush.LoadKeys(t.Context(), store); err != nil {
			t.Errorf("LoadKeys in between = %v", err)
		}
	}
	if got, err := webpush.LoadKeys(t.Context(), store); err != nil || got != other {
		t.Errorf("LoadKeys = %q, %v; want the other's %q", got.Public, err, other.Public)
	}
}

func TestKeysThatCannotBeHad(t *testing.T) {
	store := newFacts()
	store.err = errors.New("away")
	if _, err := webpush.LoadKeys(t.Context(), store); !errors.Is(err, store.err) {
		t.Errorf("LoadKeys while the store is away = %v, want its error", err)
	}
	for _, damaged := range []string{``, `{}`, `{"private":"AAAA","public":"AAAA"}`} {
		store := newFacts()
		if _, err := store.PutFact(t.Context(), "key.vapid", []byte(damaged), 0); err != nil {
			t.Fatal(err)
		}
		if _, err := webpush.LoadKeys(t.Context(), store); err == nil || !strings.Contains(err.Error(), "damaged") {
			t.Errorf("LoadKeys of %q = %v, want that it is damaged: a new pair would end all subscriptions", damaged, err)
		}
	}
}

// learn takes in all facts, as whoever follows them does.
func learn(t *testing.T, b *webpush.Book, store *facts) {
	t.Helper()
	for _, key := range store.keys() {
		f, err := store.Fact(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		b.Learn(key, f.Value)
	}
}

func TestBook(t *testing.T) {
	store := newFacts()
	b := webpush.NewBook(store)
	sub := newBrowser(t).subscription("https://push.example/1")
	sub.Since = time.Date(2026, 10, 3, 0, 0, 0, 0, time.UTC)
	later := newBrowser(t).subscription("https://push.example/2")
	later.Since = sub.Since.Add(time.Hour)
	for _, s := range []webpush.Subscription{later, sub, sub} { // the last: a browser that asks again
		if err := b.Add(t.Context(), "me", s); err != nil {
			t.Fatalf("Add = %v", err)
		}
	}
	if got := b.Of("me"); len(got) != 0 {
		t.Errorf("before the store said so there are %v", got)
	}
	learn(t, b, store)
	if got := b.Of("me"); !slices.Equal(got, []webpush.Subscription{sub, later}) {
		t.Errorf("Of = %v, want both, the oldest first", got)
	}
	if got := b.Of("other"); len(got) != 0 {
		t.Errorf("another channel has %v", got)
	}
	key := "sub.me." + sub.Recipient()
	if f, err := store.Fact(t.Context(), key); err != nil || b.Learn(key, f.Value) {
		t.Error("what was known was news")
	}
	if err := b.Remove(t.Context(), "me", sub.Recipient()); err != nil {
		t.Fatalf("Remove = %v", err)
	}
	if !b.Learn(key, nil) || b.Learn(key, nil) {
		t.Error("a removal is news, once")
	}
	if got := b.Of("me"); !slices.Equal(got, []webpush.Subscription{later}) {
		t.Errorf("after a removal Of = %v, want the other", got)
	}
	for key, value := range map[string]string{"key.vapid": "{}", "sub.me": "{}", "sub.me.x": "{", "sub.me.y": `{"endpoint":"https://push.example/"}`} {
		if b.Learn(key, []byte(value)) {
			t.Errorf("%s = %s was news, want it passed over", key, value)
		}
	}
}

func TestBookIsBounded(t *testing.T) {
	store := newFacts()
	b := webpush.NewBook(store)
	who := newBrowser(t)
	for i := range webpush.MaxSubscriptions {
		if err := b.Add(t.Context(), "me", who.subscription(fmt.Sprintf("https://push.example/%d", i))); err != nil {
			t.Fatalf("Add number %d = %v", i, err)
		}
	}
	learn(t, b, store)
	if err := b.Add(t.Context(), "me", who.subscription("https://push.example/more")); !errors.Is(err, webpush.ErrFull) {
		t.Errorf("one more = %v, want ErrFull", err)
	}
	if err := b.Add(t.Context(), "me", who.subscription("https://push.example/7")); err != nil {
		t.Errorf("one that is there = %v, want nil", err)
	}
}

func TestCheck(t *testing.T) {
	who := newBrowser(t)
	services := webpush.Services{"127.0.0.1:8080", "push.self.example", "10.0.0.1"}
	for endpoint, want := range map[string]string{
		"https://fcm.googleapis.com/fcm/send/x":                      "",
		"https://updates.push.services.mozilla.com/wpush/v2/x":       "",
		"https://web.push.apple.com/x":                               "",
		"https://wns2-par02p.notify.windows.com/w/?token=x":          "",
		"https://push.self.example/x":                                "",
		"http://127.0.0.1:8080/x":                                    "",
		"http://127.0.0.1:8081/x":                                    "not an https URL",
		"http://push.self.example/x":                                 "not an https URL",
		"http://10.0.0.1/x":                                          "not an https URL",
		"http://fcm.googleapis.com/x":                                "not an https URL",
		"https://evil.example/x":                                     "evil.example is not known",
		"https://evilpush.apple.com.evil.example/x":                  "not known",
		"https://fcm.googleapis.com:8443/x":                          "not known",
		"https://fcm.googleapis.com@evil.example/x":                  "not a URL of",
		"file:///etc/passwd":                                         "not a URL of",
		"":                                                           "not a URL of",
		"https://fcm.googleapis.com/" + strings.Repeat("x", 1980):    "too long",
		"https://updates.push.services.mozilla.com/wpush/v2/x#there": "not a URL of",
	} {
		err := services.Check(who.subscription(endpoint))
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("Check(%s) = %v, want %q", endpoint, err, want)
		}
	}
	for name, change := range map[string]func(*webpush.Secrets){
		"p256dh is not base64": func(k *webpush.Secrets) { k.P256dh = "%" },
		"p256dh is not a":      func(k *webpush.Secrets) { k.P256dh = k.Auth },
		"auth is not":          func(k *webpush.Secrets) { k.Auth = k.P256dh },
	} {
		s := who.subscription("https://push.self.example/x")
		change(&s.Keys)
		if err := services.Check(s); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("Check = %v, want %q", err, name)
		}
	}
	padded := who.subscription("https://push.self.example/x")
	padded.Keys.Auth += "=="
	if err := services.Check(padded); err != nil {
		t.Errorf("Check of keys with padding = %v", err)
	}
}
