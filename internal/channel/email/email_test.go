package email_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net"
	"net/mail"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/channel/channeltest"
	"github.com/sainyuka/sainyuka/internal/channel/email"
)

var secrets = []string{username, password, "hunter2"}

func TestContract(t *testing.T) {
	for _, how := range []string{email.None, email.StartTLS, email.TLS} {
		t.Run(how, func(t *testing.T) {
			channeltest.RunStream(t, channeltest.StreamContract{Secrets: secrets, New: func(address string) channel.Channel {
				c := configAt(t, address)
				c.TLS, c.Username, c.Password = how, username, password
				return email.New(c, new(net.Dialer).DialContext)
			}})
		})
	}
	channeltest.Accepts(t, serve(t, open, refuses{}).channel(t, nil))
}

// part is one body of a mail, decoded.
type part struct{ contentType, text string }

// read takes a mail apart as a mail client would.
func read(t *testing.T, raw []byte) (mail.Header, []part) {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("read mail: %v\n%s", err, raw)
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatalf("content type %q: %v", m.Header.Get("Content-Type"), err)
	}
	if kind != "multipart/alternative" {
		return m.Header, []part{{kind, decode(t, m.Header.Get("Content-Transfer-Encoding"), m.Body)}}
	}
	var parts []part
	for r := multipart.NewReader(m.Body, params["boundary"]); ; {
		p, err := r.NextPart()
		if errors.Is(err, io.EOF) {
			return m.Header, parts
		}
		if err != nil {
			t.Fatalf("read part: %v", err)
		}
		kind, _, _ := mime.ParseMediaType(p.Header.Get("Content-Type"))
		parts = append(parts, part{kind, decode(t, p.Header.Get("Content-Transfer-Encoding"), p)})
	}
}

func decode(t *testing.T, encoding string, r io.Reader) string {
	t.Helper()
	if encoding != "base64" {
		t.Fatalf("transfer encoding %q, want base64: half of an alert is Japanese", encoding)
	}
	b, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, r))
	if err != nil {
		t.Fatalf("decode part: %v", err)
	}
	return string(b)
}

func header(t *testing.T, h mail.Header, key string) string {
	t.Helper()
	s, err := new(mime.WordDecoder).DecodeHeader(h.Get(key))
	if err != nil {
		t.Fatalf("decode %s %q: %v", key, h.Get(key), err)
	}
	return s
}

func TestWhatArrives(t *testing.T) {
	s := serve(t, open, refuses{})
	m := channeltest.Messages(t)["usual"]
	m.Actions = []channel.Action{{Label: "1時間停止", URL: "https://box.example/act/mute", Kind: "mute"}}
	receipt, err := s.channel(t, nil).Send(t.Context(), m)
	if err != nil {
		t.Fatalf("Send = %v", err)
	}
	if len(s.received()) != 1 {
		t.Fatalf("the server got %d mails, want 1", len(s.received()))
	}
	got := s.received()[0]
	if got.from != "watch@sender.test" || got.to != "buyer-hunter2@example.test" {
		t.Errorf("envelope from %q to %q, want the addresses without names", got.from, got.to)
	}
	h, parts := read(t, got.data)
	for key, want := range map[string]string{
		"Subject":            m.Title,
		"From":               "再入荷 <watch@sender.test>",
		"To":                 "<buyer-hunter2@example.test>",
		"Message-Id":         "<" + m.Letter.ID() + ".k7@sender.test>",
		"Auto-Submitted":     "auto-generated",
		"List-Id":            "<sainyuka.sender.test>",
		"X-Sainyuka-Product": "switch2",
		"X-Sainyuka-Kind":    "restocked",
		"X-Priority":         "1",
	} {
		if got := strings.ReplaceAll(header(t, h, key), `"`, ""); got != want {
			t.Errorf("%s = %q, want %q", key, got, want)
		}
	}
	if receipt.ProviderID != h.Get("Message-Id") {
		t.Errorf("receipt has the id %q, the mail %q", receipt.ProviderID, h.Get("Message-Id"))
	}
	if at, err := h.Date(); err != nil || time.Since(at).Abs() > time.Hour {
		t.Errorf("Date = %v, %v, want now", at, err)
	}
	if len(parts) != 2 || parts[0].contentType != "text/plain" || parts[1].contentType != "text/html" {
		t.Fatalf("parts %+v, want plain text and HTML", parts)
	}
	for _, p := range parts {
		for _, want := range append(strings.Split(m.Body, "\n"), m.Title, m.URL, "1時間停止", "https://box.example/act/mute") {
			if !strings.Contains(p.text, want) {
				t.Errorf("the %s part lacks %q:\n%s", p.contentType, want, p.text)
			}
		}
	}
	if !strings.Contains(parts[1].text, `<a href="`+m.URL+`"`) || !strings.Contains(parts[1].text, `<img src="`+m.Image+`"`) {
		t.Errorf("the HTML part lacks the link or the image:\n%s", parts[1].text)
	}
}

func TestRetryHasTheSameID(t *testing.T) {
	s := serve(t, open, refuses{})
	m := channeltest.Messages(t)["usual"]
	for range 2 {
		if _, err := s.channel(t, nil).Send(t.Context(), m); err != nil {
			t.Fatalf("Send = %v", err)
		}
	}
	m.Letter.Epoch = "k8"
	if _, err := s.channel(t, nil).Send(t.Context(), m); err != nil {
		t.Fatalf("Send = %v", err)
	}
	var ids []string
	for _, d := range s.received() {
		h, _ := read(t, d.data)
		ids = append(ids, h.Get("Message-Id"))
	}
	if len(ids) != 3 || ids[0] != ids[1] || ids[1] == ids[2] {
		t.Errorf("Message-Ids %q, want one id for the same letter and another for that of a new stream", ids)
	}
}

func TestPlainHasNoHTML(t *testing.T) {
	s := serve(t, open, refuses{})
	if _, err := s.channel(t, nil).Send(t.Context(), channeltest.Messages(t)["plain"]); err != nil {
		t.Fatalf("Send = %v", err)
	}
	if _, parts := read(t, s.received()[0].data); len(parts) != 1 || parts[0].contentType != "text/plain" {
		t.Errorf("parts %+v, want plain text alone", parts)
	}
}

func TestHostileTextStaysText(t *testing.T) {
	s := serve(t, open, refuses{})
	m := channeltest.Messages(t)["hostile"]
	// As if nobody before had cleaned it.
	m.Title = "a\r\nBcc: evil@example.test\r\n\r\n<script>\u202e\x00\u2028b" + strings.Repeat("長", 5000)
	m.Body += "\n.\r\nQUIT\n</p><script>alert(1)</script>"
	m.URL = `javascript:alert("1")`
	m.Letter.Alert.Product.ID = "x\r\nBcc: evil@example.test"
	if _, err := s.channel(t, nil).Send(t.Context(), m); err != nil {
		t.Fatalf("Send = %v", err)
	}
	h, parts := read(t, s.received()[0].data)
	if got := header(t, h, "Subject"); strings.ContainsAny(got, "\r\n\x00\u202e\u2028") || len(got) > 300 {
		t.Errorf("Subject = %q, want one harmless line of at most 300 bytes", got)
	}
	if h.Get("Bcc") != "" || h.Get("X-Sainyuka-Product") != "xBccevilexample.test" {
		t.Errorf("headers %v, want none that the text made", h)
	}
	for _, p := range parts {
		if strings.ContainsAny(p.text, "\x00\u202e\u2028") {
			t.Errorf("the %s part has control characters:\n%s", p.contentType, p.text)
		}
	}
	if html := parts[1].text; strings.Contains(html, "<script") || strings.Contains(html, `href="javascript`) {
		t.Errorf("the HTML part has a script:\n%s", html)
	}
}

func TestLogin(t *testing.T) {
	login := func(how string) func(*email.Config) {
		return func(c *email.Config) { c.TLS, c.Username, c.Password = how, username, password }
	}
	for _, tt := range []struct {
		name   string
		serves security
		config func(*email.Config)
		want   channel.Class
		sent   bool
		logins int
	}{
		{name: "starttls", serves: upgraded, config: login(email.StartTLS), sent: true, logins: 1},
		{name: "tls", serves: encrypted, config: login(email.TLS), sent: true, logins: 1},
		{name: "open on loopback", serves: open, config: login(email.None), sent: true, logins: 1},
		{name: "wrong password", serves: encrypted, config: func(c *email.Config) { login(email.TLS)(c); c.Password += "x" }, want: channel.BadCredential, logins: 1},
		{name: "no starttls", serves: open, config: login(email.StartTLS), want: channel.Transient},
		{name: "tls where there is none", serves: open, config: login(email.TLS), want: channel.Transient},
		{name: "unknown authority", serves: encrypted, config: func(c *email.Config) { login(email.TLS)(c); c.RootCAs = nil }, want: channel.Transient},
		{name: "unknown authority, starttls", serves: upgraded, config: func(c *email.Config) { login(email.StartTLS)(c); c.RootCAs = nil }, want: channel.Transient},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := serve(t, tt.serves, refuses{})
			_, err := s.channel(t, tt.config).Send(t.Context(), channeltest.Messages(t)["usual"])
			if tt.sent != (err == nil) {
				t.Fatalf("Send = %v, want sent: %v", err, tt.sent)
			}
			if err != nil {
				judge(t, err, tt.want)
			} else if got := s.received()[0].tls; got != (tt.serves != open) {
				t.Errorf("the mail came encrypted: %v, want %v", got, tt.serves != open)
			}
			if s.logins != tt.logins {
				t.Errorf("the password was sent %d times, want %d", s.logins, tt.logins)
			}
		})
	}
}

// A host that is not this machine never sees a password in the open, whatever
// answers there.
func TestNoPasswordOverAnOpenConnection(t *testing.T) {
	dials := 0
	c := email.Config{
		Host: "mail.example.test", Port: 25, TLS: email.None, From: "a@example.test", To: "b@example.test", Username: username, Password: password,
	}
	ch := email.New(c, func(context.Context, string, string) (net.Conn, error) { dials++; return nil, errors.New("dialled") })
	_, err := ch.Send(t.Context(), channeltest.Messages(t)["usual"])
	judge(t, err, channel.BadCredential)
	if dials != 0 {
		t.Errorf("%d connections were tried, want none", dials)
	}
}

func TestAddress(t *testing.T) {
	for host, want := range map[string]string{"127.0.0.1": "127.0.0.1:25", "mail.example.test": "mail.example.test:25", "::1": "[::1]:25"} {
		var got string
		ch := email.New(email.Config{Host: host, Port: 25, TLS: email.None, From: "a@example.test", To: "b@example.test"},
			func(_ context.Context, _, address string) (net.Conn, error) {
				got = address
				return nil, errors.New("dialled")
			})
		_, err := ch.Send(t.Context(), channeltest.Messages(t)["usual"])
		judge(t, err, channel.Transient)
		if got != want {
			t.Errorf("for the host %s it dials %s, want %s", host, got, want)
		}
	}
}

func TestReplies(t *testing.T) {
	reply := func(code, a, b, c int) *smtp.SMTPError {
		return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{a, b, c}, Message: "no " + username + " <buyer-hunter2@example.test>"}
	}
	bare := func(code int) *smtp.SMTPError {
		return &smtp.SMTPError{Code: code, EnhancedCode: smtp.NoEnhancedCode, Message: "buyer-hunter2"}
	}
	for _, tt := range []struct {
		name string
		no   refuses
		want channel.Class
		says string
	}{
		{"not now", refuses{greeting: reply(421, 4, 3, 2)}, channel.Transient, "421"},
		{"not you", refuses{greeting: reply(554, 5, 7, 1)}, channel.BadCredential, "554"},
		{"login first", refuses{sender: reply(530, 5, 7, 0)}, channel.BadCredential, "530 5.7.0 to MAIL FROM"},
		{"not your address", refuses{sender: bare(553)}, channel.BadCredential, "553 to MAIL FROM"},
		{"greylisted", refuses{recipient: reply(450, 4, 2, 0)}, channel.Transient, "450 4.2.0 to RCPT TO"},
		{"unknown", refuses{recipient: bare(550)}, channel.BadRecipient, "550 to RCPT TO"},
		{"moved", refuses{recipient: reply(551, 5, 1, 6)}, channel.RecipientGone, "551"},
		{"not a name", refuses{recipient: reply(553, 5, 1, 3)}, channel.BadRecipient, "553"},
		{"unknown, by its status", refuses{recipient: reply(554, 5, 1, 1)}, channel.RecipientGone, "554 5.1.1"},
		{"no relay", refuses{recipient: reply(550, 5, 7, 1)}, channel.BadCredential, "550 5.7.1"},
		{"mailbox full", refuses{recipient: reply(552, 5, 2, 2)}, channel.BadMessage, "552"},
		{"no room now", refuses{content: reply(452, 4, 3, 1)}, channel.Transient, "452 4.3.1 to DATA"},
		{"too large", refuses{content: reply(552, 5, 3, 4)}, channel.BadMessage, "552 5.3.4 to DATA"},
		{"spam", refuses{content: reply(550, 5, 7, 1)}, channel.BadMessage, "550 5.7.1 to DATA"},
		{"failed", refuses{content: bare(554)}, channel.BadMessage, "554 to DATA"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := serve(t, open, tt.no)
			_, err := s.channel(t, nil).Send(t.Context(), channeltest.Messages(t)["usual"])
			judge(t, err, tt.want)
			if err != nil && !strings.Contains(err.Error(), tt.says) {
				t.Errorf("error %q does not say %q", err, tt.says)
			}
			if s.dials != 1 {
				t.Errorf("one Send made %d connections, want 1: retries are the notifier's", s.dials)
			}
		})
	}
}

func TestBadSettings(t *testing.T) {
	s := serve(t, open, refuses{})
	for name, tt := range map[string]struct {
		change func(*email.Config)
		want   channel.Class
	}{
		"sender":    {func(c *email.Config) { c.From = "hunter2" }, channel.BadCredential},
		"recipient": {func(c *email.Config) { c.To = "hunter2@" }, channel.BadRecipient},
		"port":      {func(c *email.Config) { c.Port = 70000 }, channel.BadCredential},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := s.channel(t, tt.change).Send(t.Context(), channeltest.Messages(t)["usual"])
			judge(t, err, tt.want)
		})
	}
}

// judge tests the class of an error, and that it holds no secret.
func judge(t *testing.T, err error, want channel.Class) {
	t.Helper()
	e, ok := errors.AsType[*channel.SendError](err)
	if !ok || e.Class != want {
		t.Errorf("Send = %v, want class %q", err, want)
	}
	for _, s := range secrets {
		if err != nil && strings.Contains(err.Error(), s) {
			t.Errorf("error %q holds the secret %q", err, s)
		}
	}
}
