package crashlab

import (
	"bytes"
	"compress/gzip"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
)

var (
	firstHosts = flag.Int("hosts", 20, "how many `HOSTS` the first round has, each with one page")
	firstPage  = flag.Int("page", 2<<20, "how many `BYTES` each of their pages has")
)

// firstRoundMemory is what a box may need for its first round, whatever it watches.
const firstRoundMemory = 400 << 20

// At a start every host is due at once. A box reads all their pages, as large as
// pages of shops get, within the memory of a small machine, and answers those who
// ask how it is meanwhile.
func TestTheFirstRoundFitsASmallBox(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	town := newTown(t, *firstPage)
	config := filepath.Join(dir, "config.toml")
	if err := os.WriteFile(config, []byte(town.config(*firstHosts)), 0o600); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	box := start(t, "box", "sainyuka", "run", "-data-dir", filepath.Join(dir, "data"), "-config", config)
	address := box.address(t)
	var slowest time.Duration
	for box.sum(t, "sainyuka_checks_total", `outcome="ok"`) < float64(*firstHosts) { // the test's own time-out bounds it
		box.alive(t)
		slowest = max(slowest, answers(t, address+"/readyz"))
		clock.Sleep(t.Context(), 50*time.Millisecond)
	}
	took := time.Since(began)
	peak := peakMemory(t, box.cmd.Process.Pid)
	t.Logf("%d hosts with a page of %d bytes: read in %s, most memory %d MB, slowest answer of /readyz %s",
		*firstHosts, *firstPage, took.Round(time.Millisecond), peak>>20, slowest.Round(time.Millisecond))
	if peak > firstRoundMemory {
		t.Errorf("the first round of %d hosts needed %d MB, want at most %d", *firstHosts, peak>>20, firstRoundMemory>>20)
	}
	box.terminate(t)
}

// town is a proxy behind which every host has the same large page.
type town struct {
	*httptest.Server
	page []byte // gzip
}

func newTown(t testing.TB, size int) *town {
	var page bytes.Buffer
	w := gzip.NewWriter(&page)
	if _, err := w.Write([]byte(largePage(size))); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	town := &town{page: page.Bytes()}
	town.Server = httptest.NewServer(town)
	t.Cleanup(town.Close)
	return town
}

// ServeHTTP answers as any of the hosts.
func (town *town) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/robots.txt" {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Encoding", "gzip")
	_, _ = w.Write(town.page)
}

func (town *town) config(hosts int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "[web]\nlisten = \"127.0.0.1:0\"\n[fetch]\nproxy = %q\n", town.URL)
	for i := range hosts {
		fmt.Fprintf(&b, "[[product]]\nid = \"item-%d\"\n[[product.watch]]\nurl = \"http://shop-%d.example/item\"\ninterval = \"1h\"\n", i, i)
	}
	b.WriteString("[[channel]]\nid = \"log\"\ntype = \"log\"\n")
	return b.String()
}

// largePage is a product's page with many reviews below it.
func largePage(size int) string {
	var b strings.Builder
	b.WriteString(`<!DOCTYPE html><html><head><title>風見鶏</title><script type="application/ld+json">{"@context":"https://schema.org","@type":"Product","name":"風見鶏","offers":{"@type":"Offer","price":"1980","priceCurrency":"JPY","availability":"https://schema.org/OutOfStock"}}</script></head><body><h1>風見鶏</h1><p class="price">1,980円</p>`)
	for i := 0; b.Len() < size; i++ {
		fmt.Fprintf(&b, `<div class="review review-%d" data-id="%d"><a href="/reviewer/%d"><img src="/face/%d.jpg" alt=""><b>%d</b></a><p>屋根の上でよく回ります。<i>%d</i></p></div>`, i, i*7919, i, i, i, i%97)
	}
	b.WriteString("</body></html>")
	return b.String()
}

// answers asks for a page until it answers at all and returns how long that took.
func answers(t testing.TB, url string) time.Duration {
	t.Helper()
	began := time.Now()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatalf("GET %s: %v", url, err)
	}
	resp.Body.Close()
	return time.Since(began)
}

// sum adds up the series of a metric that have a label.
func (p *process) sum(t testing.TB, name, label string) (sum float64) {
	t.Helper()
	for line := range strings.Lines(p.metrics(t)) {
		labels, ok := strings.CutPrefix(line, name+"{")
		if !ok || !strings.Contains(labels, label) {
			continue
		}
		if v, err := strconv.ParseFloat(strings.TrimSpace(labels[strings.LastIndexByte(labels, ' ')+1:]), 64); err == nil {
			sum += v
		}
	}
	return sum
}

var highWater = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

// peakMemory is the largest resident size that a process ever had, in bytes.
func peakMemory(t testing.TB, pid int) int {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	m := highWater.FindSubmatch(text)
	if m == nil {
		t.Fatalf("no VmHWM in the status of process %d", pid)
	}
	kb, err := strconv.Atoi(string(m[1]))
	if err != nil {
		t.Fatal(err)
	}
	return kb << 10
}
