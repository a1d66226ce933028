package mqtt

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"strings"
	"testing"

	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/channel/channeltest"
	"github.com/sainyuka/sainyuka/internal/channel/mqtt/mqtttest"
)

var dial = (&net.Dialer{}).DialContext

func config(b *mqtttest.Broker) Config {
	return Config{URL: b.URL, Username: mqtttest.User, Password: mqtttest.Password, Topic: "sainyuka"}
}

func TestPublishes(t *testing.T) {
	b := mqtttest.Start(t)
	ch := New(config(b), dial)
	l := mqtttest.Listen(t, b, "sainyuka/#")
	channeltest.Accepts(t, ch)
	for range channeltest.Messages(t) { // what Accepts has sent
		l.Until(t, func(m mqtttest.Message) bool { return m.Topic == "sainyuka/alerts" })
	}
	l = mqtttest.Listen(t, b, "sainyuka/#")

	m := channeltest.Messages(t)["usual"]
	if _, err := ch.Send(t.Context(), m); err != nil {
		t.Fatalf("Send = %v, want it taken", err)
	}
	got := l.Next(t)
	if got.Topic != "sainyuka/alerts" || got.Payload != string(m.Event) || got.Retained {
		t.Errorf("first message = %+v, want the event on sainyuka/alerts, not retained", got)
	}
	got = l.Next(t)
	var brief Brief
	want := Brief{m.Letter.Alert.Kind, m.Letter.ID(), m.Title, m.Body, m.URL, m.Image}
	if err := json.Unmarshal([]byte(got.Payload), &brief); err != nil || got.Topic != "sainyuka/switch2/alert" || brief != want {
		t.Errorf("second message = %+v (%v), want %+v on sainyuka/switch2/alert", got, err, want)
	}
}

func TestRefusals(t *testing.T) {
	b := mqtttest.Start(t)
	good := config(b)
	wrong, closed, dead := good, good, good
	wrong.Password, closed.Topic, dead.URL = "wrong-secret", "closed", "mqtt://127.0.0.1:1"
	for name, tt := range map[string]struct {
		config Config
		class  channel.Class
		says   string
	}{
		"a wrong password":      {wrong, channel.BadCredential, "log in at the broker"},
		"a topic without right": {closed, channel.BadCredential, "publish to the topic closed/alerts"},
		"nobody listens":        {good, channel.Transient, "nobody is subscribed below the topic sainyuka"},
		"no broker":             {dead, channel.Transient, "connection refused"},
	} {
		_, err := New(tt.config, dial).Send(t.Context(), channeltest.Messages(t)["usual"])
		e, ok := errors.AsType[*channel.SendError](err)
		if !ok || e.Class != tt.class || !strings.Contains(e.Error(), tt.says) {
			t.Errorf("%s: Send = %v, want class %q and %q", name, err, tt.class, tt.says)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: the error %q holds the password", name, err)
		}
	}
}

// A broker that takes the connection and says nothing costs no more than the
// caller's patience.
func TestSilentBroker(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		conn, err := ln.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		_, _ = conn.Read(make([]byte, 1))
		cancel()
		<-t.Context().Done()
	}()
	_, err = New(Config{URL: "mqtt://" + ln.Addr().String(), Topic: "a"}, dial).Send(ctx, channeltest.Messages(t)["usual"])
	if e, ok := errors.AsType[*channel.SendError](err); !ok || e.Class != channel.Transient || !errors.Is(err, context.Canceled) {
		t.Errorf("Send, cancelled = %v, want a passing trouble that is context.Canceled", err)
	}
}
