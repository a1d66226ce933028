package fetch

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"
)

func TestGuardCheck(t *testing.T) {
	tests := []struct {
		addr    string
		kind    string // "" when public
		private bool   // allowed with AllowPrivate
	}{
		{"133.237.16.1", "", true},
		{"8.8.8.8", "", true},
		{"172.15.255.255", "", true},
		{"172.32.0.0", "", true},
		{"100.63.255.255", "", true},
		{"100.128.0.0", "", true},
		{"192.167.255.255", "", true},
		{"223.255.255.255", "", true},
		{"2400:4000::1", "", true},
		{"2606:4700::1111", "", true},
		{"::ffff:8.8.8.8", "", true},
		{"64:ff9b::808:808", "", true},
		{"2002:808:808::1", "", true},

		{"127.0.0.1", "loopback", true},
		{"127.255.255.254", "loopback", true},
		{"::1", "loopback", true},
		{"10.0.0.1", "private", true},
		{"172.16.0.1", "private", true},
		{"172.31.255.255", "private", true},
		{"192.168.1.1", "private", true},
		{"fc00::1", "private", true},
		{"fdff::1", "private", true},
		{"169.254.169.254", "link-local", true},
		{"fe80::1", "link-local", true},
		{"fe80::1%eth0", "link-local", true},
		{"fec0::1", "site-local", true},
		{"100.64.0.1", "carrier-grade NAT", true},
		{"100.127.255.255", "carrier-grade NAT", true},
		{"192.0.0.8", "special-purpose", true},
		{"192.0.2.1", "documentation", true},
		{"198.51.100.7", "documentation", true},
		{"203.0.113.7", "documentation", true},
		{"2001:db8::1", "documentation", true},
		{"3fff::1", "documentation", true},
		{"198.18.0.1", "benchmark", true},
		{"198.19.255.255", "benchmark", true},
		{"192.88.99.1", "6to4 relay", true},
		{"2001::1", "special-purpose", true},

		{"::ffff:127.0.0.1", "loopback", true},
		{"::ffff:169.254.169.254", "link-local", true},
		{"::127.0.0.1", "non-public", true},
		{"64:ff9b::7f00:1", "loopback", true},
		{"168.63.129.16", "cloud platform's own", true},
		{"64:ff9b::a83f:8110", "cloud platform's own", true},
		{"2001:4860::5efe:10.0.0.1", "private", true},
		{"2001:4860::200:5efe:169.254.169.254", "link-local", true},
		{"2001:4860::200:5efe:8.8.8.8", "", true},
		{"64:ff9b::a9fe:a9fe", "link-local", true},
		{"64:ff9b:1::a00:1", "non-public", true},
		{"2002:7f00:1::", "loopback", true},
		{"2002:c0a8:101::1", "private", true},
		{"4000::1", "non-public", true},

		{"0.0.0.0", "unspecified", false},
		{"0.1.2.3", "unspecified", false},
		{"::", "unspecified", false},
		{"64:ff9b::", "unspecified", false},
		{"224.0.0.1", "multicast", false},
		{"239.255.255.250", "multicast", false},
		{"ff02::1", "multicast", false},
		{"240.0.0.1", "reserved", false},
		{"255.255.255.255", "broadcast", false},
	}
	for _, tt := range tests {
		addr := netip.MustParseAddr(tt.addr)
		err := Guard{}.Check(addr)
		if (err == nil) != (tt.kind == "") {
			t.Errorf("Check(%s) = %v, want kind %q", tt.addr, err, tt.kind)
		} else if err != nil && !strings.Contains(err.Error(), " ("+tt.kind+" address)") {
			t.Errorf("Check(%s) = %q, want it to say %q", tt.addr, err, tt.kind)
		}
		if err != nil && tt.private != strings.Contains(err.Error(), "fetch.allow_private_addresses") {
			t.Errorf("Check(%s) = %q: names the setting: want %t", tt.addr, err, tt.private)
		}
		if err := (Guard{AllowPrivate: true}).Check(addr); (err == nil) != tt.private {
			t.Errorf("Check(%s) with AllowPrivate = %v, want allowed: %t", tt.addr, err, tt.private)
		}
	}
	if err := (Guard{AllowPrivate: true}).Check(netip.Addr{}); err == nil {
		t.Error("Check of no address = nil, want an error")
	}
}

func TestGuardDial(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	address := listener.Addr().String()
	_, port, _ := net.SplitHostPort(address)
	byName := "localhost:" + port
	tests := []struct {
		name    string
		guard   Guard
		address string
		ok      bool
	}{
		{"public only", Guard{}, address, false},
		{"public only, by name", Guard{}, byName, false},
		{"private allowed", Guard{AllowPrivate: true}, address, true},
		{"private allowed, by name", Guard{AllowPrivate: true}, byName, true},
		{"written literally", Guard{AllowLoopback: map[string]bool{address: true}}, address, true},
		{"written literally, by name", Guard{AllowLoopback: map[string]bool{byName: true}}, "LocalHost:" + port, true},
		{"another port written", Guard{AllowLoopback: map[string]bool{"127.0.0.1:1": true}}, address, false},
		{"another spelling written", Guard{AllowLoopback: map[string]bool{byName: true}}, address, false},
		{"IPv4 in IPv6", Guard{}, "[::ffff:127.0.0.1]:" + port, false},
		{"unspecified", Guard{AllowPrivate: true}, "0.0.0.0:" + port, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			conn, err := tt.guard.DialContext(t.Context(), "tcp", tt.address)
			if conn != nil {
				conn.Close()
			}
			if (err == nil) != tt.ok {
				t.Fatalf("DialContext(%s) = %v, want ok %t", tt.address, err, tt.ok)
			}
			host, _, _ := net.SplitHostPort(tt.address)
			if err != nil && !strings.Contains(err.Error(), "dial "+host+": ") {
				t.Errorf("DialContext(%s) = %q, want it to name %s", tt.address, err, host)
			}
		})
	}
}

func TestGuardDialBounds(t *testing.T) {
	if _, err := (Guard{AllowPrivate: true}).DialContext(t.Context(), "unix", t.TempDir()+"/socket:1"); err == nil {
		t.Error("a unix socket was dialled")
	}
	if _, err := (Guard{}).DialContext(t.Context(), "tcp", "no-port"); err == nil {
		t.Error("an address without a port was dialled")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := (Guard{AllowPrivate: true}).DialContext(ctx, "tcp", "127.0.0.1:9"); err == nil {
		t.Error("a dial succeeded although its context had ended")
	}
}

func TestGuardClient(t *testing.T) {
	s := openShop(t, map[string]http.HandlerFunc{"/send": sends("/elsewhere")})
	// A proxy of the environment would show: nothing listens there.
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:9")
	client := Guard{AllowLoopback: map[string]bool{s.host(t): true}}.Client(10 * time.Second)
	defer client.CloseIdleConnections()
	answer, err := client.Get(s.URL + "/send")
	if err != nil {
		t.Fatalf("Get: %v", err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusFound || len(s.paths()) != 1 {
		t.Errorf("got status %d after %v, want the redirect itself and no more", answer.StatusCode, s.paths())
	}
	if _, err := (Guard{}).Client(10 * time.Second).Get(s.URL); err == nil || !strings.Contains(err.Error(), "fetch.allow_private_addresses") {
		t.Errorf("Get through the strict guard = %v, want a refusal that names the setting", err)
	}
}

func TestGuardClientTimeout(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	client := Guard{AllowPrivate: true}.Client(50 * time.Millisecond)
	defer client.CloseIdleConnections()
	if _, err := client.Get("http://" + listener.Addr().String()); !errors.Is(err, os.ErrDeadlineExceeded) && !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Get from a server that is silent = %v, want a time-out", err)
	}
}
