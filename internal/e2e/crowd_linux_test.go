package e2e

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// hosts are many shops, each with an address of its own: all of 127.0.0.0/8 is this
// machine.
type hosts struct {
	urls []string

	mu    sync.Mutex
	asked map[string]int  // by host
	stock map[string]bool // by host
}

func newHosts(t *testing.T, n int) *hosts {
	t.Helper()
	h := &hosts{asked: map[string]int{}, stock: map[string]bool{}}
	ln, err := net.Listen("tcp", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(h)
	server.Listener.Close()
	server.Listener = ln
	server.Start()
	t.Cleanup(server.Close)
	port := ln.Addr().(*net.TCPAddr).Port
	for i := range n {
		h.urls = append(h.urls, fmt.Sprintf("http://127.1.%d.%d:%d/item", i/200, i%200+1, port))
	}
	return h
}

func (h *hosts) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/item" {
		http.NotFound(w, r)
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.asked[r.Host]++
	availability := "OutOfStock"
	if h.stock[r.Host] {
		availability = "InStock"
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprintf(w, `<html><head><title>風見鶏</title><script type="application/ld+json">{"@context":"https://schema.org","@type":"Product","name":"風見鶏",`+
		`"offers":{"@type":"Offer","price":"1980","priceCurrency":"JPY","availability":"https://schema.org/%s"}}</script></head><body><h1>風見鶏</h1></body></html>`, availability)
}

// seen is how many hosts were asked for their page n times.
func (h *hosts) seen(n int) (hosts int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, asked := range h.asked {
		if asked >= n {
			hosts++
		}
	}
	return hosts
}

// stockUp puts the item of a host on sale.
func (h *hosts) stockUp(url string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.stock[strings.TrimSuffix(strings.TrimPrefix(url, "http://"), "/item")] = true
}

func (h *hosts) config(t *testing.T, s *sink) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("[web]\nlisten = \"127.0.0.1:0\"\n[fetch]\ntimeout = \"10s\"\nallow_private_addresses = true\n[alerts]\nreceipts = false\n")
	for i, url := range h.urls {
		fmt.Fprintf(&b, "[[product]]\nid = \"p%d\"\n[[product.watch]]\nurl = %q\ninterval = \"5s\"\nmin_interval = \"2s\"\n", i, url)
	}
	fmt.Fprintf(&b, "[[channel]]\nid = \"hook\"\ntype = \"webhook\"\nurl = %q\n", s.URL)
	path := filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// startWithFiles runs a program that may have so many files open.
func startWithFiles(t *testing.T, files int, name string, args ...string) *process {
	t.Helper()
	dir, err := binaries()
	if err != nil {
		t.Fatalf("build the programs: %v", err)
	}
	script := fmt.Sprintf(`ulimit -n %d && exec "$0" "$@"`, files)
	return startCommand(t, name, exec.Command("sh", append([]string{"-c", script, filepath.Join(dir, name)}, args...)...))
}

// With fewer files than hosts every host is read, and a crowd at the dashboard that asks
// for nothing keeps neither a restock nor the owner out.
func TestFewerFilesThanHostsAndACrowd(t *testing.T) {
	const files, many, visitors = 256, 400, 1200
	s, h := newSink(t), newHosts(t, many)
	p := startWithFiles(t, files, "sainyuka", "run", "-config", h.config(t, s))
	dashboard := dashboardOf(t, &p.stderr)
	eventually(t, fmt.Sprintf("each of %d hosts read twice with %d files", many, files), func() bool { return h.seen(2) == many })

	var idle []net.Conn
	defer func() {
		for _, c := range idle {
			c.Close()
		}
	}()
	address := strings.TrimPrefix(dashboard, "http://")
	for i := range visitors {
		c, err := net.Dial("tcp", strings.TrimSuffix(address, "/"))
		if err != nil {
			t.Fatalf("visitor %d: %v", i, err)
		}
		idle = append(idle, c)
	}
	h.stockUp(h.urls[7])
	if e := s.wait(t, "p7", 1)[0]; e.Data.Kind != "restocked" {
		t.Errorf("with %d idle visitors the alert is %s, want restocked", visitors, e.Data.Kind)
	}
	resp, err := http.Get(strings.TrimSuffix(dashboard, "/") + "/api/v1/status")
	if err != nil {
		t.Fatalf("with %d idle visitors the dashboard does not answer: %v", visitors, err)
	}
	defer resp.Body.Close()
	var status struct{ States map[string]int }
	if err := json.NewDecoder(resp.Body).Decode(&status); err != nil || status.States["no"] != many-1 || status.States["now"] != 1 {
		t.Errorf("states %v (%v), want %d sold out and 1 in stock: no host in trouble", status.States, err, many-1)
	}
	if log := p.stderr.String(); strings.Contains(log, "too many open files") {
		t.Error("the log speaks of too many open files, want none")
	}
}
