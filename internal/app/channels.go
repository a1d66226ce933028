package app

import (
	"cmp"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"time"

	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/channel/apprise"
	"github.com/sainyuka/sainyuka/internal/channel/discord"
	"github.com/sainyuka/sainyuka/internal/channel/email"
	"github.com/sainyuka/sainyuka/internal/channel/gotify"
	"github.com/sainyuka/sainyuka/internal/channel/line"
	"github.com/sainyuka/sainyuka/internal/channel/log"
	"github.com/sainyuka/sainyuka/internal/channel/mqtt"
	"github.com/sainyuka/sainyuka/internal/channel/ntfy"
	"github.com/sainyuka/sainyuka/internal/channel/pushover"
	"github.com/sainyuka/sainyuka/internal/channel/slack"
	"github.com/sainyuka/sainyuka/internal/channel/telegram"
	"github.com/sainyuka/sainyuka/internal/channel/webhook"
	"github.com/sainyuka/sainyuka/internal/config"
	"github.com/sainyuka/sainyuka/internal/fetch"
	"github.com/sainyuka/sainyuka/internal/notify"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// sendTimeout is how long one push may take.
const sendTimeout = 20 * time.Second

// targets makes the channels of the configuration.
func targets(cfg *config.Config, stdout io.Writer) ([]notify.Target, error) {
	var all []notify.Target
	clients := clients{cfg: cfg, made: map[string]*http.Client{}}
	for _, c := range cfg.Channels {
		if c.Type == typeWebPush {
			continue // its recipients subscribe while we run, see push.go
		}
		channel, address, err := newChannel(c, clients, stdout)
		if err != nil {
			return nil, fmt.Errorf("channel %s: %w", c.ID, err)
		}
		all = append(all, notify.Target{
			ID: c.ID, Type: c.Type, Recipient: stock.ShortHash(address), Settings: settings(c), Account: account(c), Channel: channel, Timeout: sendTimeout, Shared: c.Shared,
		})
	}
	return all, nil
}

// settings sums up the settings that a service judges us by. It never leaves the
// process.
func settings(c config.Channel) string {
	return stock.ShortHash(fmt.Sprint(c.Type, c.URL, c.APIURL, c.Token.Reveal(), c.Username.Reveal(), c.Password.Reveal(), c.CAFile, c.To, c.Secret.Reveal(), c.Mail.Host, c.Mail.Port, c.Mail.TLS, c.Mail.From, c.Mail.Username.Reveal(), c.Mail.Password.Reveal(), c.MonthlyLimit, c.Method, revealed(c.Headers), c.Body, c.MQTT.Username.Reveal(), c.MQTT.Password.Reveal(), c.MQTT.Topic, c.MQTT.Discovery))
}

// revealed returns header fields as they are sent.
func revealed(headers map[string]config.Secret) map[string]string {
	all := map[string]string{}
	for name, value := range headers {
		all[name] = value.Reveal()
	}
	return all
}

// account names the sender that a service knows us as: its token, or at a server
// without one our address.
func account(c config.Channel) string {
	u, err := url.Parse(cmp.Or(c.APIURL, c.URL))
	if err != nil {
		return ""
	}
	return stock.ShortHash(c.Type + " " + u.Host + " " + c.Token.Reveal() + c.Username.Reveal())
}

// errNoSender says that a type of channel was forgotten in newChannel.
var errNoSender = errors.New("it has no sender")

// newChannel returns a channel and its recipient's address.
func newChannel(c config.Channel, clients clients, stdout io.Writer) (channel channel.Channel, address string, err error) {
	roots, err := config.ReadRoots(c.CAFile)
	if err != nil {
		return nil, "", err
	}
	client, token := clients.of(c, roots), c.Token.Reveal()
	switch c.Type {
	case "email":
		return clients.mail(c, roots), c.To, nil
	case "log":
		return log.New(stdout, c.Format), "log", nil
	case "webhook":
		return webhook.New(webhook.Config{URL: c.URL, Secret: c.Secret.Reveal(), Method: c.Method, Header: revealed(c.Headers), Body: c.Body}, client), c.URL, nil
	case "apprise":
		return apprise.New(apprise.Config{URL: c.URL}, client), c.URL, nil
	case typeMQTT:
		return mqtt.New(mqttConfig(c), mqttDialer(clients.cfg, c)), c.URL + " " + c.MQTT.Topic, nil
	case "ntfy":
		return ntfy.New(ntfy.Config{URL: c.URL, Token: token, Username: c.Username.Reveal(), Password: c.Password.Reveal()}, client), c.URL, nil
	case "gotify":
		return gotify.New(gotify.Config{URL: c.URL, Token: token}, client), c.URL, nil
	case "discord":
		return discord.New(discord.Config{URL: c.URL}, client), c.URL, nil
	case "slack":
		return slack.New(slack.Config{URL: c.URL}, client), c.URL, nil
	case "pushover":
		return pushover.New(pushover.Config{URL: c.APIURL, Token: token, User: c.To}, client), c.To, nil
	case "telegram":
		return telegram.New(telegram.Config{URL: c.APIURL, Token: token, Chat: c.To}, client), c.To, nil
	case "line":
		return line.New(line.Config{URL: c.APIURL, Token: token, To: c.To}, client), c.To, nil
	}
	return nil, "", fmt.Errorf("type %q: %w", c.Type, errNoSender)
}

// clients makes one client for all channels of one service: Pushover wants no
// more than two connections from one sender, and the others need no more.
type clients struct {
	cfg  *config.Config
	made map[string]*http.Client
}

func (k clients) of(c config.Channel, roots *x509.CertPool) *http.Client {
	written := cmp.Or(c.APIURL, c.URL)
	key := c.Type + " " + written + " " + c.CAFile
	if k.made[key] == nil {
		guard := fetch.Guard{AllowPrivate: k.cfg.Fetch.AllowPrivateAddresses, AllowLoopback: literalLoopback(written), Roots: roots}
		k.made[key] = guard.Client(sendTimeout)
	}
	return k.made[key]
}

// mail returns a channel by mail, which has its connections to itself.
func (k clients) mail(c config.Channel, roots *x509.CertPool) channel.Channel {
	m := c.Mail
	guard := fetch.Guard{
		AllowPrivate:  k.cfg.Fetch.AllowPrivateAddresses,
		AllowLoopback: literalLoopback("smtp://" + net.JoinHostPort(m.Host, strconv.Itoa(m.Port))),
	}
	return email.New(email.Config{
		Host: m.Host, Port: m.Port, TLS: m.TLS, From: m.From, To: c.To,
		Username: m.Username.Reveal(), Password: m.Password.Reveal(), RootCAs: roots,
	}, guard.DialContext)
}

// literalLoopback returns the host:port of a URL that the user wrote as a
// loopback address: what is written so plainly is meant, and needs no permission.
func literalLoopback(rawURL string) map[string]bool {
	u, err := url.Parse(rawURL)
	if err != nil {
		return nil
	}
	host := u.Hostname()
	addr, err := netip.ParseAddr(host)
	if host != "localhost" && (err != nil || !addr.IsLoopback()) {
		return nil
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443", "mqtt": "1883", "mqtts": "8883"}[u.Scheme]
	}
	return map[string]bool{net.JoinHostPort(host, port): true}
}

// fallbacks names the channel that is told when another one fails.
func fallbacks(cfg *config.Config) map[string]string {
	to := map[string]string{}
	for _, c := range cfg.Channels {
		if c.Fallback != "" {
			to[c.ID] = c.Fallback
		}
	}
	return to
}

// limits says how many messages a month each channel may send.
func limits(cfg *config.Config) map[string]int {
	to := map[string]int{}
	for _, c := range cfg.Channels {
		if c.MonthlyLimit > 0 {
			to[c.ID] = c.MonthlyLimit
		}
	}
	return to
}
