// Package email sends alerts by mail, through the SMTP server of the user's own
// account: one message in plain text and HTML per alert, on a connection of its
// own. It receives nothing, keeps no queue and never delivers to a recipient's
// server by itself.
//
// Neither an address nor what the server said is in an error: servers like to
// repeat the user's name. The reply code says what went wrong.
package email

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"html/template"
	"net"
	"net/netip"
	"strconv"
	"time"

	gomail "github.com/wneessen/go-mail"

	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/clock"
)

// The ways to keep a connection secret.
const (
	StartTLS = "starttls" // an open connection that must turn to TLS
	TLS      = "tls"      // from the first byte
	None     = "none"
)

// Config says how to send mail.
type Config struct {
	Host     string
	Port     int
	TLS      string // StartTLS, TLS or None
	From, To string // addresses, perhaps with a name
	Username string // "": the server asks for none
	Password string
	RootCAs  *x509.CertPool // who may vouch for the server; nil: whom the system trusts
	Greeting time.Duration  // how long the server has for its greeting; 0: 8 s or, if longer, nearly all of the time for a send
}

// Dial opens a connection, as net.Dialer.DialContext does.
type Dial func(ctx context.Context, network, address string) (net.Conn, error)

type sender struct {
	config Config
	dial   Dial
	html   *template.Template
}

// New returns the channel. All connections are made with dial.
func New(c Config, dial Dial) channel.Channel {
	return &sender{config: c, dial: dial, html: template.Must(template.New("").Parse(htmlText))}
}

// patience bounds an attempt whose context has no end of its own.
const patience = time.Minute

// Send sends m. A message that the server took is sent, even when the goodbye
// after it fails.
func (c *sender) Send(ctx context.Context, m channel.Message) (channel.Receipt, error) {
	if c.config.Username != "" && c.config.TLS == None && !loopback(c.config.Host) {
		return channel.Receipt{}, refuse(channel.BadCredential, "a password does not go out over an open connection: set tls")
	}
	msg, err := c.compose(m)
	if err != nil {
		return channel.Receipt{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	l := &line{ctx: ctx, dial: c.dial, address: net.JoinHostPort(c.config.Host, strconv.Itoa(c.config.Port))}
	defer l.close()
	client, err := c.client(ctx, l)
	if err != nil {
		return channel.Receipt{}, refuse(channel.BadCredential, "the settings of the mail server are not valid")
	}
	err = client.DialAndSendWithContext(ctx, msg)
	switch {
	case msg.IsDelivered():
		return channel.Receipt{ProviderID: msg.GetMessageID()}, nil
	case ctx.Err() != nil: // the client says no more than that the connection is closed
		return channel.Receipt{}, &channel.SendError{Class: channel.Transient, Err: ctx.Err()}
	}
	return channel.Receipt{}, failure(err)
}

// client makes a client for one message. It neither asks whether the server is
// still there nor resets the connection behind the message: what fails after the
// server took it would look as if it had not.
func (c *sender) client(ctx context.Context, l *line) (*gomail.Client, error) {
	left, _ := clock.Left(ctx)
	settings := &tls.Config{ServerName: c.config.Host, MinVersion: tls.VersionTLS12, RootCAs: c.config.RootCAs}
	policy := gomail.NoTLS
	if c.config.TLS == StartTLS {
		policy = gomail.TLSMandatory
	}
	open := gomail.DialContextFunc(c.greeted(l))
	if c.config.TLS == TLS {
		open = func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := l.open(ctx, network, address)
			if err != nil {
				return nil, err
			}
			return tls.Client(conn, settings), nil // by its type the client knows that it is encrypted
		}
	}
	options := []gomail.Option{
		gomail.WithPort(c.config.Port), gomail.WithTimeout(max(left, time.Millisecond)), gomail.WithDialContextFunc(open),
		gomail.WithTLSConfig(settings), gomail.WithTLSPolicy(policy), gomail.WithoutNoop(), gomail.WithoutRset(),
	}
	if c.config.Username != "" {
		options = append(options, gomail.WithUsername(c.config.Username), gomail.WithPassword(c.config.Password),
			gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin, gomail.SMTPAuthCramMD5))
	}
	return gomail.NewClient(c.config.Host, options...)
}

// loopback reports whether the user wrote the host literally as this machine.
func loopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

// line is the connection of one attempt. It ends with ctx, which the client heeds
// only while it connects, and it is closed in any case, which the client forgets
// after an error.
type line struct {
	ctx     context.Context
	dial    Dial
	address string
	conn    net.Conn
	stop    func() bool
}

// maxAnswers bounds all that a server says in one attempt: the client reads
// lines however long they are.
const maxAnswers = 256 << 10

// open connects. The client's own way to write an address knows no IPv6.
func (l *line) open(ctx context.Context, network, _ string) (net.Conn, error) {
	conn, err := l.dial(ctx, network, l.address)
	if err != nil {
		return nil, err
	}
	l.conn = &bounded{Conn: conn, left: maxAnswers}
	l.stop = context.AfterFunc(l.ctx, func() { conn.Close() })
	return l.conn, nil
}

func (l *line) close() {
	if l.conn != nil {
		l.stop()
		l.conn.Close()
	}
}

// bounded is a connection from which only so much is read.
type bounded struct {
	net.Conn
	left int
}

var errTalkative = errors.New("the server says too much")

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errTalkative
	}
	n, err := b.Conn.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}
