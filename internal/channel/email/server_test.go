package email_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/channel/email"
)

const (
	username = "user-hunter2"
	password = "pass-hunter2"
)

// refuses says what a server says no to, and how.
type refuses struct{ greeting, sender, recipient, content *smtp.SMTPError }

// server is a real SMTP server that keeps what it is given.
type server struct {
	refuses

	address string
	roots   *x509.CertPool

	mu     sync.Mutex
	mails  []delivered
	logins int
	dials  int // by the channels that it gave
}

type delivered struct {
	from, to string
	data     []byte
	tls      bool
}

// security says how a server is reached.
type security int

const (
	open security = iota
	upgraded
	encrypted
)

// serve starts a server.
func serve(t *testing.T, how security, no refuses) *server {
	t.Helper()
	s := &server{refuses: no}
	certified := httptest.NewUnstartedServer(http.NotFoundHandler())
	certified.StartTLS()
	certified.Close()
	s.roots = x509.NewCertPool()
	s.roots.AddCert(certified.Certificate())
	settings := &tls.Config{Certificates: certified.TLS.Certificates}

	srv := smtp.NewServer(smtp.BackendFunc(s.session))
	srv.Domain, srv.AllowInsecureAuth = "mail.test", how == open
	srv.ReadTimeout, srv.WriteTimeout = time.Minute, time.Minute
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("listen: %v", err)
	}
	s.address = ln.Addr().String()
	switch how {
	case upgraded:
		srv.TLSConfig = settings
	case encrypted:
		ln = tls.NewListener(ln, settings)
	}
	done := make(chan struct{})
	go func() { defer close(done); _ = srv.Serve(ln) }()
	t.Cleanup(func() { srv.Close(); <-done })
	return s
}

// channel returns a channel to the server.
func (s *server) channel(t *testing.T, change func(*email.Config)) channel.Channel {
	t.Helper()
	c := configAt(t, s.address)
	c.RootCAs = s.roots
	if change != nil {
		change(&c)
	}
	return email.New(c, func(ctx context.Context, network, address string) (net.Conn, error) {
		s.dials++
		return new(net.Dialer).DialContext(ctx, network, address)
	})
}

func configAt(t *testing.T, address string) email.Config {
	t.Helper()
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatalf("split %s: %v", address, err)
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		t.Fatalf("port of %s: %v", address, err)
	}
	return email.Config{Host: host, Port: n, TLS: email.None, From: "再入荷 <watch@sender.test>", To: "buyer-hunter2@example.test"}
}

func (s *server) received() []delivered {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mails
}

func (s *server) session(conn *smtp.Conn) (smtp.Session, error) {
	if s.greeting != nil {
		return nil, s.greeting
	}
	return &session{server: s, conn: conn}, nil
}

type session struct {
	server   *server
	conn     *smtp.Conn
	from, to string
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

func refusal(e *smtp.SMTPError) error {
	if e == nil {
		return nil
	}
	return e
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.from = from
	return refusal(s.server.sender)
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = to
	return refusal(s.server.recipient)
}

func (s *session) Data(r io.Reader) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if s.server.content != nil {
		return s.server.content
	}
	_, encrypted := s.conn.TLSConnectionState()
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	s.server.mails = append(s.server.mails, delivered{s.from, s.to, data, encrypted})
	return nil
}

func (*session) AuthMechanisms() []string { return []string{sasl.Plain, sasl.Login} }

func (s *session) Auth(mechanism string) (sasl.Server, error) {
	if mechanism != sasl.Plain {
		return nil, errors.New("only PLAIN here")
	}
	return sasl.NewPlainServer(func(_, user, pass string) error {
		s.server.mu.Lock()
		defer s.server.mu.Unlock()
		s.server.logins++
		if user != username || pass != password {
			return &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 8}, Message: "no " + user + " with " + pass}
		}
		return nil
	}), nil
}
