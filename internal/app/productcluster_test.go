package app

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/sainyuka/sainyuka/internal/config"
	"github.com/sainyuka/sainyuka/internal/ops"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// beside returns another process of the same cluster, with a folder of its own.
func (b *box) beside(t *testing.T, roles Roles) *box {
	t.Helper()
	text, err := os.ReadFile(b.path())
	if err != nil {
		t.Fatal(err)
	}
	other := &box{dir: t.TempDir(), street: b.street, hook: b.hook, conn: b.conn, stdout: &buffer{}, log: &buffer{}}
	other.write(t, string(text))
	load := func() (*config.Config, error) { return config.Load(other.path()) }
	cfg, err := load()
	if err != nil {
		t.Fatalf("load the configuration: %v", err)
	}
	other.App, err = New(Options{
		Config: cfg, Load: load, Roles: roles, Conn: b.conn, Version: "test", Stdout: other.stdout,
		Logger: slog.New(slog.NewTextHandler(other.log, nil)), Registry: ops.NewRegistry("test"),
	})
	if err != nil {
		t.Fatalf("make an app: %v", err)
	}
	return other
}

// postJSON posts to the API and decodes the answer.
func (b *box) postJSON(t *testing.T, path, body string, into any) int {
	t.Helper()
	resp, err := http.Post("http://"+b.Addr()+path, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatalf("post %s: %v", path, err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("post %s: %v", path, err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatalf("post %s: %v in %s", path, err, text)
	}
	return resp.StatusCode
}

// previewAnswer is what tests look at of a preview.
type previewAnswer struct {
	Error   string
	Host    string
	Product string
	Look    struct {
		Title        string
		Availability stock.Availability
		Price        stock.Price
		Outcome      stock.Outcome
		Evidence     []stock.Evidence
	}
	Rings struct {
		Kinds []stock.Kind
		Now   bool
	}
	Every   float64 `json:"every_seconds"`
	Tries   []stock.Try
	Outline stock.Outline
	Terms   struct{ Restricted, Accepted bool }
}

// A product that one process is told of is watched by another and rings, a pause
// stops its looks there, and a page is seen before it is watched by the watcher
// whose host it is: the notifier asks no shop.
func TestAllProcessesFollowTheProducts(t *testing.T) {
	t.Parallel()
	n := newBox(t, Notify)
	n.run(t)
	eventually(t, "the notifier", func() bool { return n.get(t, "/readyz") == "ok\n" })
	var v previewAnswer
	if status := n.postJSON(t, "/api/v1/preview", `{"url":"`+mugURL+`"}`, &v); status != http.StatusServiceUnavailable || !strings.Contains(v.Error, "no watcher") {
		t.Errorf("a preview without any watcher: %d %q, want 503 that says so", status, v.Error)
	}
	w := n.beside(t, Watch)
	w.run(t)
	w.ready(t)
	n.set(mugURL, stock.InStock)
	v = previewAnswer{}
	if status := n.postJSON(t, "/api/v1/preview", `{"url":"`+mugURL+`"}`, &v); status != http.StatusOK ||
		v.Look.Title != "風見鶏" || v.Look.Availability != stock.InStock || v.Look.Price != stock.Yen(1980) || len(v.Look.Evidence) == 0 || v.Host != "shop.example" || !v.Rings.Now || v.Every != 0.1 {
		t.Errorf("the preview: status %d, %+v, want the page's title, stock, price, evidence, its host and gap, and that it rings", status, v)
	}
	v = previewAnswer{}
	if status := n.postJSON(t, "/api/v1/preview", `{"url":"`+mugURL+`","keep":true,"outline":true,"rules":{"sold_out_text":"風見鶏"}}`, &v); status != http.StatusOK ||
		v.Look.Availability != stock.OutOfStock || len(v.Tries) != 1 || len(v.Outline.Spots) == 0 {
		t.Errorf("rules tried by the other process: status %d, %+v, want them to hold, and an outline", status, v)
	}
	n.mustAPI(t, http.StatusCreated, "POST", "/api/v1/products", `{"id":"mug","url":"`+mugURL+`","interval":"1s","alert_on_first":true}`)
	eventually(t, "the product that another process was told of to ring", func() bool { return strings.Contains(n.stdout.String(), mugURL) })
	if v = (previewAnswer{}); n.postJSON(t, "/api/v1/preview", `{"url":"`+mugURL+`"}`, &v) != http.StatusOK || v.Product != "mug" {
		t.Errorf("the preview of a page that is watched: %+v, want its product mug", v)
	}
	n.mustAPI(t, http.StatusOK, "POST", "/api/v1/products/mug/pause", "")
	eventually(t, "the pause in the other process", func() bool { return w.product(t, "mug").Paused })
	tid := stock.WatchID("mug", mugURL)
	eventually(t, "the series of the paused watch to go", func() bool { return !strings.Contains(w.get(t, "/metrics"), tid) })
	n.mustAPI(t, http.StatusOK, "POST", "/api/v1/products/mug/resume", "")
	eventually(t, "the end of the pause in the other process", func() bool { return strings.Contains(w.get(t, "/metrics"), tid) })
}

// An address that cannot be watched is refused in the configuration's words, and one
// whose terms restrict automation is not asked.
func TestPreviewsAreAsPoliteAsLooks(t *testing.T) {
	t.Parallel()
	b := newBox(t, Watch|Notify)
	b.run(t)
	b.ready(t)
	var v previewAnswer
	if status := b.postJSON(t, "/api/v1/preview", `{"url":"ftp://shop.example/"}`, &v); status != http.StatusUnprocessableEntity || !strings.Contains(v.Error, "https://またはhttp:// で始めてください") {
		t.Errorf("the preview of an ftp address: %d %q, want 422 and the configuration's words", status, v.Error)
	}
	v = previewAnswer{}
	if status := b.postJSON(t, "/api/v1/preview", `{"url":"https://jp.mercari.com/item/m1"}`, &v); status != http.StatusOK || !v.Terms.Restricted || v.Terms.Accepted || v.Look.Outcome != stock.Disallowed {
		t.Errorf("the preview of a host whose terms restrict automation: %d %+v, want it restricted and not asked", status, v)
	}
	if n := len(b.street.Requests("jp.mercari.com")); n != 0 {
		t.Errorf("the host was asked %d times, want never", n)
	}
	var found struct {
		Error   string
		Sources []any
		Pages   []any `json:"search_pages"`
	}
	if status := b.postJSON(t, "/api/v1/elsewhere?jan=4902370553024", "", &found); status != http.StatusOK || len(found.Sources) != 0 || len(found.Pages) == 0 {
		t.Errorf("elsewhere without any key: %d %+v, want no source, and search pages", status, found)
	}
	if status := b.postJSON(t, "/api/v1/elsewhere", "", &found); status != http.StatusBadRequest {
		t.Errorf("elsewhere without a question: %d %q, want 400", status, found.Error)
	}
}
