// Package mqtt publishes alerts to an MQTT 5 broker, for programs and homes: each
// alert as CloudEvents JSON on TOPIC/alerts, and in short on TOPIC/PRODUCT/alert.
//
// Every message has a connection of its own: alerts are rare, and what a long
// connection would need, keeping alive, sessions, coming back, is left out. The
// states of products are published by package homeassistant.
package mqtt

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"

	"github.com/eclipse/paho.golang/packets"
	"github.com/eclipse/paho.golang/paho"

	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// Config says where to publish.
type Config struct {
	URL                string         // "mqtt://HOST:PORT" or "mqtts://HOST:PORT"
	Username, Password string         // "": the broker asks for none
	Topic              string         // below which everything is published
	RootCAs            *x509.CertPool // authorities for the certificate of the broker; nil: those of the system
}

// A Dialer opens a connection, as net.Dialer does.
type Dialer func(ctx context.Context, network, address string) (net.Conn, error)

type sender struct {
	config Config
	dial   Dialer
}

// New returns the channel.
func New(c Config, dial Dialer) channel.Channel { return &sender{c, dial} }

// Brief is the body on TOPIC/PRODUCT/alert. Home Assistant reads it as an event.
type Brief struct {
	EventType stock.Kind `json:"event_type"`
	ID        string     `json:"id"` // the same on every try
	Title     string     `json:"title"`
	Text      string     `json:"text"`
	URL       string     `json:"url,omitempty"`
	Image     string     `json:"image,omitempty"`
}

// AlertTopic is where the alerts of a product are published in short.
func AlertTopic(topic, product string) string { return topic + "/" + product + "/alert" }

// Send publishes m and waits until the broker has it, and knows somebody who
// listens: what nobody hears is tried again.
func (s *sender) Send(ctx context.Context, m channel.Message) (channel.Receipt, error) {
	brief, err := json.Marshal(Brief{
		EventType: m.Letter.Alert.Kind, ID: m.Letter.ID(), Title: m.Title, Text: m.Body, URL: m.URL, Image: m.Image,
	})
	if err != nil {
		return channel.Receipt{}, &channel.SendError{Class: channel.BadMessage, Err: fmt.Errorf("encode the alert: %w", err)}
	}
	client, err := s.connect(ctx)
	if err != nil {
		return channel.Receipt{}, err
	}
	defer func() { _ = client.Disconnect(&paho.Disconnect{}) }()
	heard, err := publish(ctx, client, s.config.Topic+"/alerts", m.Event)
	if err != nil {
		return channel.Receipt{}, err
	}
	if product := m.Letter.Alert.Product.ID; product != "" {
		also, err := publish(ctx, client, AlertTopic(s.config.Topic, product), brief)
		if err != nil && !heard {
			return channel.Receipt{}, err
		}
		heard = heard || also
	}
	if !heard {
		return channel.Receipt{}, &channel.SendError{Class: channel.Transient, Err: fmt.Errorf("nobody is subscribed below the topic %s", s.config.Topic)}
	}
	return channel.Receipt{}, nil
}

// publish hands one message to the broker. heard is false when it says that nobody
// is subscribed to the topic.
func publish(ctx context.Context, client *paho.Client, topic string, payload []byte) (heard bool, err error) {
	said, err := client.Publish(ctx, &paho.Publish{Topic: topic, QoS: 1, Payload: payload})
	switch {
	case said != nil && said.ReasonCode >= 0x80:
		return false, refusal(said.ReasonCode, "publish to the topic "+topic)
	case err != nil:
		return false, &channel.SendError{Class: channel.Transient, Err: fmt.Errorf("publish: %w", err)}
	}
	return said.ReasonCode != packets.PubackNoMatchingSubscribers, nil
}

// connect opens a connection for one message. Without an id of our own the broker
// gives one, so that two processes do not throw each other out.
func (s *sender) connect(ctx context.Context) (*paho.Client, error) {
	conn, err := Open(ctx, s.dial, s.config)
	if err != nil {
		return nil, &channel.SendError{Class: channel.Transient, Err: err}
	}
	client := paho.NewClient(paho.ClientConfig{Conn: conn})
	said, err := client.Connect(ctx, &paho.Connect{
		CleanStart: true, KeepAlive: 30,
		UsernameFlag: s.config.Username != "", Username: s.config.Username,
		PasswordFlag: s.config.Password != "", Password: []byte(s.config.Password),
	})
	if err == nil {
		return client, nil
	}
	conn.Close()
	if said != nil && said.ReasonCode >= 0x80 {
		return nil, refusal(said.ReasonCode, "log in at the broker")
	}
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	return nil, &channel.SendError{Class: channel.Transient, Err: fmt.Errorf("connect to the broker: %w", err)}
}

// Open dials a broker, with TLS for mqtts. The error names the host alone.
func Open(ctx context.Context, dial Dialer, c Config) (net.Conn, error) {
	u, err := url.Parse(c.URL)
	if err != nil {
		return nil, errors.New("the broker's url is not valid")
	}
	port, secure := u.Port(), u.Scheme == "mqtts"
	if port == "" {
		port = "1883"
		if secure {
			port = "8883"
		}
	}
	conn, err := dial(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	if err != nil {
		return nil, fmt.Errorf("connect to the broker: %w", err)
	}
	if secure {
		encrypted := tls.Client(conn, &tls.Config{ServerName: u.Hostname(), MinVersion: tls.VersionTLS12, RootCAs: c.RootCAs})
		if err := encrypted.HandshakeContext(ctx); err != nil {
			conn.Close()
			return nil, fmt.Errorf("speak TLS with the broker: %w", err)
		}
		conn = encrypted
	}
	return packets.NewThreadSafeConn(conn), nil
}

// The reason codes of MQTT 5 that mean something to a letter: section 2.4 of
// https://docs.oasis-open.org/mqtt/mqtt/v5.0/mqtt-v5.0.html.
var classes = map[byte]channel.Class{
	packets.ConnackBadUsernameOrPassword:  channel.BadCredential,
	packets.ConnackNotAuthorized:          channel.BadCredential, // also of a publish
	packets.ConnackBanned:                 channel.BadCredential,
	packets.ConnackTopicNameInvalid:       channel.BadRecipient,
	packets.ConnackPacketTooLarge:         channel.BadMessage,
	packets.ConnackQuotaExceeded:          channel.RateLimited,
	packets.ConnackConnectionRateExceeded: channel.RateLimited,
}

func refusal(code byte, what string) *channel.SendError {
	words := map[channel.Class]string{
		channel.BadCredential: "the broker does not let us", channel.BadRecipient: "the broker takes no such topic",
		channel.BadMessage: "the broker takes no message of this size", channel.RateLimited: "the broker takes no more for now",
	}
	class := classes[code] // Transient for all others
	why, ok := words[class]
	if !ok {
		why = "the broker refused"
	}
	return &channel.SendError{Class: class, Err: fmt.Errorf("%s: %s (reason 0x%02x)", what, why, code)}
}
