package app

import (
	"errors"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/config"
)

// A mail server on this machine is reached when the user wrote it so; one on a
// private address is refused as any channel's is.
func TestWhichMailServersAreReached(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			_, _ = io.WriteString(conn, "554 not here\r\n")
			conn.Close()
		}
	}()
	for host, want := range map[string]string{"127.0.0.1": "smtp reply 554", "10.0.0.1": "10.0.0.1 is refused (private address)"} {
		cfg := &config.Config{Channels: []config.Channel{{ID: "mail", Type: "email", To: "b@example.test", Mail: config.Mail{
			Host: host, Port: ln.Addr().(*net.TCPAddr).Port, TLS: "none", From: "a@example.test",
		}}}}
		all, err := targets(cfg, io.Discard)
		if err != nil || len(all) != 1 {
			t.Fatalf("targets = %v, %v, want one", all, err)
		}
		_, err = all[0].Channel.Send(t.Context(), channel.Message{Title: "t"})
		if _, ok := errors.AsType[*channel.SendError](err); !ok || !strings.Contains(err.Error(), want) {
			t.Errorf("a mail by %s: %v, want %q", host, err, want)
		}
	}
}
