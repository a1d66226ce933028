package webhook

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/channel/channeltest"
	"github.com/sainyuka/sainyuka/internal/wording"
)

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

func TestContract(t *testing.T) {
	channeltest.Run(t, channeltest.Contract{
		New: func(base string, client *http.Client) channel.Channel {
			return New(Config{URL: base + "/hook/path-secret?key=query-secret", Secret: secret}, client)
		},
		Secrets: []string{"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "path-secret", "query-secret"},
		Accept:  "ok", TakesAny: true,
	})
}

// The vector that the libraries of Standard Webhooks test themselves with.
func TestSignatureVector(t *testing.T) {
	h := http.Header{}
	if err := sign(h, secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`)); err != nil {
		t.Fatal(err)
	}
	if got, want := h.Get("webhook-signature"), "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="; got != want {
		t.Errorf("signature = %s, want %s", got, want)
	}
}

// receive sends the usual message and returns the request as it came.
func receive(t *testing.T, c Config) (http.Header, []byte) {
	t.Helper()
	var header http.Header
	var body []byte
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		header = r.Header.Clone()
		body, _ = io.ReadAll(r.Body)
		if r.Method != cmp.Or(c.Method, http.MethodPost) || r.URL.Path != "/hook" {
			t.Errorf("asked %s %s, want the method of the configuration and /hook", r.Method, r.URL.Path)
		}
	}))
	defer s.Close()
	c.URL = s.URL + "/hook"
	if _, err := New(c, s.Client()).Send(t.Context(), channeltest.Messages(t)["usual"]); err != nil {
		t.Fatalf("Send = %v", err)
	}
	return header, body
}

// TestReceiverCanVerify does what the specification asks of a receiver.
func TestReceiverCanVerify(t *testing.T) {
	for _, tt := range []struct {
		secret string
		key    string
	}{
		{"whsec_" + base64.StdEncoding.EncodeToString([]byte("0123456789abcdef01234567")), "0123456789abcdef01234567"},
		{"a plain secret", "a plain secret"},
	} {
		header, body := receive(t, Config{Secret: tt.secret})
		seconds, err := strconv.ParseInt(header.Get("webhook-timestamp"), 10, 64)
		if err != nil || time.Since(time.Unix(seconds, 0)).Abs() > 5*time.Minute {
			t.Errorf("webhook-timestamp = %q, want now in seconds", header.Get("webhook-timestamp"))
		}
		mac := hmac.New(sha256.New, []byte(tt.key))
		fmt.Fprintf(mac, "%s.%s.%s", header.Get("webhook-id"), header.Get("webhook-timestamp"), body)
		if got, want := header.Get("webhook-signature"), "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)); got != want {
			t.Errorf("webhook-signature = %q, want %q", got, want)
		}
	}
}

func TestRequest(t *testing.T) {
	header, body := receive(t, Config{Secret: secret})
	id := channeltest.Messages(t)["usual"].Letter.ID()
	for key, want := range map[string]string{
		"Content-Type": "application/cloudevents+json", "Webhook-Id": id, "Idempotency-Key": "4711.test." + id[len("4711_test_"):],
	} {
		if got := header.Get(key); got != want {
			t.Errorf("%s = %q, want %q", key, got, want)
		}
	}
	var event struct{ SpecVersion, ID, Type, Source string }
	if err := json.Unmarshal(body, &event); err != nil || event.SpecVersion != "1.0" || event.ID != id || event.Type != "sainyuka.alert.v1" || event.Source != "/sainyuka/k7" {
		t.Errorf("event = %+v (%v), want id %s", event, err, id)
	}
	unsigned, _ := receive(t, Config{})
	for _, key := range []string{"webhook-id", "webhook-timestamp", "webhook-signature"} {
		if got := unsigned.Get(key); got != "" {
			t.Errorf("%s without a secret = %q, want none", key, got)
		}
	}
}

func TestBadSecret(t *testing.T) {
	for _, s := range []string{"whsec_not base64!", "whsec_"} {
		_, err := New(Config{URL: "http://127.0.0.1:1/", Secret: s}, http.DefaultClient).Send(t.Context(), channeltest.Messages(t)["usual"])
		if e, ok := errors.AsType[*channel.SendError](err); !ok || e.Class != channel.BadCredential {
			t.Errorf("Send with secret %q = %v, want it refused before anything is sent", s, err)
		}
	}
}

// A body by a template is what is signed, and headers of the user's stand beside
// those that are always sent.
func TestOwnRequest(t *testing.T) {
	body, err := wording.ParseRequest(`{"text":{{json .Title}},"price":{{json .Event.data.offer.price}},"id":{{json .ID}}}`, true)
	if err != nil {
		t.Fatal(err)
	}
	header, got := receive(t, Config{Secret: secret, Method: http.MethodPut, Header: map[string]string{"Authorization": "Bearer x", "X-Room": "1"}, Body: body})
	usual := channeltest.Messages(t)["usual"]
	want := fmt.Sprintf(`{"text":%q,"price":{"amount":"49980","currency":"JPY"},"id":%q}`, usual.Title, usual.Letter.ID())
	if string(got) != want {
		t.Errorf("body = %s, want %s", got, want)
	}
	signed := http.Header{}
	seconds, err := strconv.ParseInt(header.Get("webhook-timestamp"), 10, 64)
	if err != nil {
		t.Fatalf("webhook-timestamp = %q", header.Get("webhook-timestamp"))
	}
	if err := sign(signed, secret, header.Get("webhook-id"), time.Unix(seconds, 0), got); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{
		"Content-Type": "application/json", "Authorization": "Bearer x", "X-Room": "1",
		"Webhook-Signature": signed.Get("webhook-signature"), "Idempotency-Key": idempotencyKey(usual.Letter),
	} {
		if got := header.Get(key); got != want {
			t.Errorf("%s = %q, want %q", key, got, want)
		}
	}
	header, _ = receive(t, Config{Header: map[string]string{"Content-Type": "text/plain"}, Body: body})
	if got := header.Get("Content-Type"); got != "text/plain" {
		t.Errorf("Content-Type = %q, want the user's own", got)
	}
}

// A template that an alert does not suit refuses that alert; sent plainly, as the
// notifier then does, it arrives as CloudEvents JSON.
func TestBodyThatFails(t *testing.T) {
	body, err := wording.ParseRequest(`{{if eq .Kind "restocked"}}ok{{else}}{{if .Silent}}ok{{end}}{{end}}`, false)
	if err != nil {
		t.Fatal(err)
	}
	m := channeltest.Messages(t)["bare"]
	_, err = New(Config{URL: "http://127.0.0.1:1/", Body: body}, http.DefaultClient).Send(t.Context(), m)
	if e, ok := errors.AsType[*channel.SendError](err); !ok || e.Class != channel.BadMessage {
		t.Errorf("Send with a template that writes nothing for %s = %v, want class %q", m.Letter.Alert.Kind, err, channel.BadMessage)
	}
	m.Plain = true
	got, contentType, err := (&sender{config: Config{Body: body}}).body(m)
	if err != nil || !json.Valid(got) || contentType != "application/cloudevents+json" {
		t.Errorf("plain: body = %s as %s, %v, want the event", got, contentType, err)
	}
}
