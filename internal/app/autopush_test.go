package app

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"
)

// autopush is a push service as Firefox speaks to it: browsers hold a WebSocket
// to it, over which comes what is posted to the endpoints that it gives them.
type autopush struct {
	*httptest.Server

	mu       sync.Mutex
	browsers map[string]*websocket.Conn // by the channel id that a browser registered
	posted   int
	acked    []int // the codes by which browsers said what became of a message; 100: delivered
	rank     byte  // of the name under which it knows browsers; another one: it has forgotten them
	left     int   // channels that were unregistered
}

// spoken is what browsers and the service say to each other.
type spoken struct {
	MessageType  string            `json:"messageType"`
	UAID         string            `json:"uaid,omitempty"`
	Status       int               `json:"status,omitempty"`
	UseWebPush   bool              `json:"use_webpush,omitempty"`
	Broadcasts   map[string]string `json:"broadcasts,omitempty"`
	ChannelID    string            `json:"channelID,omitempty"`
	PushEndpoint string            `json:"pushEndpoint,omitempty"`
	Version      string            `json:"version,omitempty"`
	Data         string            `json:"data,omitempty"`
	Headers      map[string]string `json:"headers,omitempty"`
	Updates      []update          `json:"updates,omitempty"`
}

type update struct {
	Code int `json:"code"`
}

func newAutopush(t *testing.T) *autopush {
	t.Helper()
	a := &autopush{browsers: map[string]*websocket.Conn{}}
	mux := http.NewServeMux()
	mux.HandleFunc("/autopush", a.hold)
	mux.HandleFunc("POST /push/{channel}", a.post)
	a.Server = httptest.NewServer(mux)
	t.Cleanup(a.Close)
	t.Cleanup(a.hangUp)
	return a
}

func (a *autopush) host() string { return strings.TrimPrefix(a.URL, "http://") }

// hold speaks to one browser until one of them leaves.
func (a *autopush) hold(w http.ResponseWriter, r *http.Request) {
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{"push-notification"}, InsecureSkipVerify: true})
	if err != nil {
		return
	}
	defer func() { _ = conn.CloseNow() }()
	for {
		var said spoken
		if err := wsjson.Read(r.Context(), conn, &said); err != nil {
			return
		}
		if answer, ok := a.answer(conn, said); ok {
			if err := wsjson.Write(r.Context(), conn, answer); err != nil {
				return
			}
		}
	}
}

func (a *autopush) answer(conn *websocket.Conn, said spoken) (spoken, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	answer := spoken{MessageType: said.MessageType, ChannelID: said.ChannelID, Status: http.StatusOK}
	switch said.MessageType {
	case "hello":
		answer.UAID, answer.UseWebPush, answer.Broadcasts = strings.Repeat(string('0'+a.rank), 32), true, map[string]string{}
	case "register":
		a.browsers[said.ChannelID] = conn
		answer.PushEndpoint = a.URL + "/push/" + said.ChannelID
	case "unregister":
		delete(a.browsers, said.ChannelID)
		a.left++
	case "ack":
		for _, u := range said.Updates {
			a.acked = append(a.acked, u.Code)
		}
		return spoken{}, false
	default: // a ping, or news that nobody asked for
		return spoken{}, false
	}
	return answer, true
}

// post passes a message on to its browser.
func (a *autopush) post(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 4097))
	a.mu.Lock()
	defer a.mu.Unlock()
	a.posted++
	conn := a.browsers[r.PathValue("channel")]
	switch {
	case err != nil || len(body) > 4096:
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		return
	case conn == nil:
		w.WriteHeader(http.StatusGone)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), 10*time.Second)
	defer cancel()
	err = wsjson.Write(ctx, conn, spoken{
		MessageType: "notification", ChannelID: r.PathValue("channel"), Version: rand.Text(),
		Data: base64.RawURLEncoding.EncodeToString(body), Headers: map[string]string{"encoding": r.Header.Get("Content-Encoding")},
	})
	if err != nil {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Location", a.URL+"/message/1")
	w.WriteHeader(http.StatusCreated)
}

// hangUp ends the connections of all browsers.
func (a *autopush) hangUp() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, conn := range a.browsers {
		_ = conn.CloseNow()
	}
}

// counts returns how many messages were posted, what browsers said of them, and
// how many channels were unregistered.
func (a *autopush) counts() (posted int, acked []int, left int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.posted, append([]int{}, a.acked...), a.left
}

// lose makes it forget all browsers, as a service does that lost its data: they
// come back and hear that they are somebody else.
func (a *autopush) lose() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.rank++
	for channel, conn := range a.browsers {
		delete(a.browsers, channel)
		_ = conn.CloseNow()
	}
}
