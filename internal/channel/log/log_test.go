package log

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/channel/channeltest"
)

// counter is a writer that counts its calls.
type counter struct {
	bytes.Buffer
	writes int
}

func (c *counter) Write(p []byte) (int, error) {
	c.writes++
	return c.Buffer.Write(p)
}

func TestContract(t *testing.T) {
	for _, format := range []string{"", "text", "json"} {
		w := &counter{}
		channeltest.Accepts(t, New(w, format))
		if got, want := w.writes, len(channeltest.Messages(t)); got != want {
			t.Errorf("%q: %d messages took %d writes, want one each", format, want, got)
		}
		if i := strings.IndexFunc(strings.ReplaceAll(w.String(), "\n", ""), func(r rune) bool { return r < ' ' || r == 0x7f }); i >= 0 && format != "json" {
			t.Errorf("%q: a control character reached the terminal: %q", format, w.String()[max(0, i-20):i+1])
		}
	}
}

func TestText(t *testing.T) {
	var w bytes.Buffer
	if _, err := New(&w, "text").Send(t.Context(), channeltest.Messages(t)["usual in English"]); err != nil {
		t.Fatal(err)
	}
	const want = `Back in stock: Nintendo Switch 2 ¥49,980 (Rakuten Ichiba)
  In stock
  ¥49,980 incl. tax
  Same as the list price of ¥49,980
  Seen: Sat 3 Oct 12:00:00 UTC
  https://item.rakuten.co.jp/shop/item/
`
	if w.String() != want {
		t.Errorf("text:\n%s\nwant:\n%s", w.String(), want)
	}
}

func TestJSON(t *testing.T) {
	var w bytes.Buffer
	ch := New(&w, "json")
	for _, m := range channeltest.Messages(t) {
		if _, err := ch.Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	n := 0
	for line := range strings.Lines(w.String()) {
		n++
		var event struct{ Type string }
		if err := json.Unmarshal([]byte(line), &event); err != nil || event.Type != "sainyuka.alert.v1" {
			t.Errorf("line %q (%v), want an event", line, err)
		}
	}
	if want := len(channeltest.Messages(t)); n != want {
		t.Errorf("%d messages made %d lines", want, n)
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestWriteError(t *testing.T) {
	_, err := New(broken{}, "").Send(t.Context(), channeltest.Messages(t)["usual"])
	if e, ok := errors.AsType[*channel.SendError](err); !ok || e.Class != channel.Transient {
		t.Errorf("Send to a full disk = %v, want a passing trouble", err)
	}
}
