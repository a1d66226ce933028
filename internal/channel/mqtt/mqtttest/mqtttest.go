// Package mqtttest starts a real MQTT broker, mosquitto, for tests, and reads what
// is published there.
package mqtttest

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/eclipse/paho.golang/autopaho"
	"github.com/eclipse/paho.golang/paho"
)

// The name and password of the only user of a broker.
const (
	User     = "sainyuka"
	Password = "broker-secret"
)

// Broker is a running mosquitto.
type Broker struct {
	URL string // "mqtt://127.0.0.1:PORT"
}

// Start starts a broker that knows one user and lets nobody publish below "closed/".
// Where no mosquitto is installed a developer's test is skipped; what must pass
// everywhere, see .ci/run, has one.
func Start(t *testing.T) *Broker {
	t.Helper()
	port := free(t)
	path, err := exec.LookPath("mosquitto")
	if err != nil {
		path, err = exec.LookPath("/usr/sbin/mosquitto") // where Debian has it, outside of a user's PATH
	}
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("mosquitto: %v; install Debian's package of that name", err)
		}
		t.Skip("no mosquitto here: install Debian's package of that name to test the broker")
	}
	dir := t.TempDir()
	write := func(name, text string) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	passwords := write("passwords", User+":"+Password+"\n")
	if out, err := exec.CommandContext(t.Context(), "mosquitto_passwd", "-U", passwords).CombinedOutput(); err != nil {
		t.Fatalf("mosquitto_passwd: %v: %s", err, out)
	}
	rights := write("rights", "user "+User+"\ntopic readwrite sainyuka/#\ntopic readwrite homeassistant/#\n")
	text := fmt.Sprintf("listener %s 127.0.0.1\nallow_anonymous false\npassword_file %s\nacl_file %s\n", port, passwords, rights)
	if os.Getuid() == 0 {
		text += "user root\n" // or it could not read its files
	}
	conf := write("mosquitto.conf", text)
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	cmd := exec.CommandContext(ctx, path, "-c", conf)
	var said strings.Builder
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		cancel()
		t.Fatalf("start %s: %v", path, err)
	}
	done := make(chan struct{})
	go func() { defer close(done); _ = cmd.Wait() }()
	b := &Broker{URL: "mqtt://127.0.0.1:" + port}
	t.Cleanup(func() {
		cancel()
		<-done
		if t.Failed() {
			t.Logf("mosquitto said:\n%s", said.String())
		}
	})
	for {
		conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", "127.0.0.1:"+port)
		if err == nil {
			conn.Close()
			return b
		}
		select {
		case <-done:
			t.Fatalf("mosquitto ended at once: %s", said.String())
		case <-t.Context().Done():
			t.Fatal(t.Context().Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// free returns a port that nobody listens on.
func free(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	_, port, _ := net.SplitHostPort(ln.Addr().String())
	return port
}

// Message is what a subscriber gets.
type Message struct {
	Topic, Payload string
	Retained       bool
}

// Listener is another program at the broker.
type Listener struct {
	manager *autopaho.ConnectionManager
	got     chan Message
}

// Listen subscribes to topics and returns when the broker has agreed.
func Listen(t *testing.T, b *Broker, topics ...string) *Listener {
	t.Helper()
	u, err := url.Parse(b.URL)
	if err != nil {
		t.Fatal(err)
	}
	l := &Listener{got: make(chan Message, 1000)}
	cfg := autopaho.ClientConfig{
		ServerUrls: []*url.URL{u}, KeepAlive: 20, ConnectUsername: User, ConnectPassword: []byte(Password), CleanStartOnInitialConnection: true,
		ClientConfig: paho.ClientConfig{
			OnPublishReceived: []func(paho.PublishReceived) (bool, error){func(p paho.PublishReceived) (bool, error) {
				l.got <- Message{p.Packet.Topic, string(p.Packet.Payload), p.Packet.Retain}
				return true, nil
			}},
		},
	}
	ctx, cancel := context.WithCancel(context.Background())
	if l.manager, err = autopaho.NewConnection(ctx, cfg); err != nil {
		cancel()
		t.Fatal(err)
	}
	t.Cleanup(func() { cancel(); <-l.manager.Done() })
	if err := l.manager.AwaitConnection(t.Context()); err != nil {
		t.Fatalf("listen at %s: %v", b.URL, err)
	}
	sub := &paho.Subscribe{}
	for _, topic := range topics {
		sub.Subscriptions = append(sub.Subscriptions, paho.SubscribeOptions{Topic: topic, QoS: 1})
	}
	if _, err := l.manager.Subscribe(t.Context(), sub); err != nil {
		t.Fatalf("subscribe to %v: %v", topics, err)
	}
	return l
}

// Next returns the next message; the test fails when none comes before its end.
func (l *Listener) Next(t *testing.T) Message {
	t.Helper()
	select {
	case m := <-l.got:
		return m
	case <-t.Context().Done():
	case <-time.After(time.Minute):
	}
	t.Fatal("no message came")
	return Message{}
}

// Until returns the first message from now on that ok takes.
func (l *Listener) Until(t *testing.T, ok func(Message) bool) Message {
	t.Helper()
	for {
		if m := l.Next(t); ok(m) {
			return m
		}
	}
}

// Publish publishes as another program would.
func (l *Listener) Publish(t *testing.T, topic, payload string, retain bool) {
	t.Helper()
	if _, err := l.manager.Publish(t.Context(), &paho.Publish{Topic: topic, Payload: []byte(payload), QoS: 1, Retain: retain}); err != nil {
		t.Fatalf("publish to %s: %v", topic, err)
	}
}
