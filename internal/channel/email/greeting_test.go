package email_test

import (
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/channel/channeltest"
	"github.com/sainyuka/sainyuka/internal/channel/email"
)

// A server that waits for TLS says nothing, and the error says what that means long before
// the attempt's own time-out.
func TestASilentServer(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			defer conn.Close() // it says nothing
		}
	}()
	for _, way := range []string{email.StartTLS, email.None} {
		ch := email.New(email.Config{
			Host: "mail.example.test", Port: 465, TLS: way, From: "a@example.test", To: "b@example.test", Greeting: 50 * time.Millisecond,
		}, func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "tcp", ln.Addr().String())
		})
		_, err := ch.Send(t.Context(), channeltest.Messages(t)["usual"])
		judge(t, err, channel.Transient)
		if err == nil || !strings.Contains(err.Error(), `set tls = "tls"`) {
			t.Errorf("with tls = %q a silent server gives %v, want that TLS is to be set", way, err)
		}
	}
}
