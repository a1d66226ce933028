package webpush

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/sainyuka/sainyuka/internal/channel"
)

// What a push service takes is 4096 bytes, of which encryption needs 103.
const (
	maxRecord  = 4096
	overhead   = 103
	maxPayload = maxRecord - overhead
	maxTitle   = 300 // bytes
	maxButtons = 2   // that any browser shows
)

// payload is what the service worker reads; static/sw.js knows its names.
type payload struct {
	Title   string   `json:"title"`
	Body    string   `json:"body,omitempty"`
	URL     string   `json:"url,omitempty"`
	Image   string   `json:"image,omitempty"`
	Tag     string   `json:"tag"` // of two notifications with one tag the newer is shown
	Ring    bool     `json:"ring,omitempty"`
	At      int64    `json:"at,omitempty"` // milliseconds since 1970, when it was seen
	Buttons []button `json:"buttons,omitempty"`
}

// button does something by a POST.
type button struct {
	Kind  string `json:"kind"`
	Label string `json:"label"`
	URL   string `json:"url"`
}

// encode writes m, cutting what can be spared until it is small enough.
func encode(m channel.Message, ring bool) ([]byte, error) {
	p := payload{
		Title: channel.CutBytes(m.Title, maxTitle), Body: m.Body, URL: m.URL, Tag: topic(m.Letter), Ring: ring,
	}
	if at := m.Letter.Alert.ObservedAt; !at.IsZero() {
		p.At = at.UnixMilli()
	}
	if !m.Plain {
		if strings.HasPrefix(m.Image, "https://") {
			p.Image = m.Image
		}
		for _, a := range m.Actions[:min(len(m.Actions), maxButtons)] {
			p.Buttons = append(p.Buttons, button{a.Kind, a.Label, a.URL})
		}
	}
	for {
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(p); err != nil {
			return nil, fmt.Errorf("write push message: %w", err)
		}
		text := bytes.TrimSuffix(b.Bytes(), []byte("\n"))
		switch {
		case len(text) <= maxPayload:
			return text, nil
		case p.Image != "":
			p.Image = ""
		case len(p.Body) > 64:
			p.Body = channel.CutBytes(p.Body, len(p.Body)*7/8)
		case p.Buttons != nil:
			p.Buttons = nil
		default:
			return nil, fmt.Errorf("push message has %d bytes without its text, at most %d are taken", len(text), maxPayload)
		}
	}
}

// recordSize pads a message so far that its length says little about it, without
// sending four kilobytes each time.
func recordSize(payload int) int {
	const step = 512
	return min((payload+overhead+step-1)/step*step, maxRecord)
}
