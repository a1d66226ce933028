package app

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"testing"
	"time"
)

// served serves a crowd's listener until the test ends.
func served(t *testing.T, most int, many bool, h http.HandlerFunc) (c *crowd, address string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c = newCrowd(ln, most, func(netip.Addr) bool { return many }, slog.New(slog.DiscardHandler))
	server := &http.Server{Handler: h, ConnState: c.state, ReadHeaderTimeout: time.Minute}
	go server.Serve(c)
	t.Cleanup(func() { server.Close() })
	return c, ln.Addr().String()
}

func dial(t *testing.T, address string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// ask sends a request and returns its status, 0 when the connection was closed.
func ask(conn net.Conn) int {
	fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return 0
	}
	io.Copy(io.Discard, resp.Body)
	resp.Body.Close()
	return resp.StatusCode
}

func TestIdleVisitorsGiveWay(t *testing.T) {
	for _, tt := range []struct {
		name string
		most int
		many bool
		want int // connections that stay
	}{
		{"of all", 8, true, 8},
		{"of one address", 40, false, 10},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, address := served(t, tt.most, tt.many, func(http.ResponseWriter, *http.Request) {})
			for range 100 {
				dial(t, address)
			}
			if got := ask(dial(t, address)); got != 200 {
				t.Errorf("whoever comes after 100 idle visitors: %d, want 200", got)
			}
			c.mu.Lock()
			defer c.mu.Unlock()
			if len(c.guests) > tt.want {
				t.Errorf("%d connections are kept, want at most %d", len(c.guests), tt.want)
			}
		})
	}
}

func TestBusyVisitorsStay(t *testing.T) {
	begun, goOn := make(chan struct{}, 4), make(chan struct{})
	c, address := served(t, 4, true, func(http.ResponseWriter, *http.Request) { begun <- struct{}{}; <-goOn })
	answers := make(chan int, 4)
	for range 4 {
		conn := dial(t, address)
		go func() { answers <- ask(conn) }()
		<-begun
	}
	late := dial(t, address)
	if got := ask(late); got != 0 {
		t.Errorf("a fifth visitor while four are served: %d, want none", got)
	}
	close(goOn)
	for range 4 {
		if got := <-answers; got != 200 {
			t.Errorf("a visitor that was being served: %d, want 200", got)
		}
	}
	if got := ask(dial(t, address)); got != 200 {
		t.Errorf("whoever comes when the four are idle: %d, want 200", got)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.of) != 1 || c.of[netip.MustParseAddr("127.0.0.1")] != len(c.guests) {
		t.Errorf("counted %v by address and %d in all, want the same", c.of, len(c.guests))
	}
}

func TestConnectionLimit(t *testing.T) {
	for _, tt := range []struct{ configured, files, want int }{
		{0, 0, 512}, {0, 256, 32}, {0, 64, 16}, {0, 1024, 128}, {0, 1 << 20, 512}, {1000, 256, 1000},
	} {
		if got := connectionLimit(tt.configured, tt.files); got != tt.want {
			t.Errorf("connectionLimit(%d, %d) = %d, want %d", tt.configured, tt.files, got, tt.want)
		}
	}
}
