package web

import (
	"bytes"
	"cmp"
	"context"
	"embed"
	"fmt"
	"hash/fnv"
	"html/template"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/sainyuka/sainyuka/internal/access"
	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

//go:embed tmpl/*.html
var templateFiles embed.FS

//go:embed static
var staticFiles embed.FS

// historyShown is how many records one page shows at most.
const historyShown = 100

// storeTimeout bounds a question to the store on behalf of a page that can be
// shown without the answer.
const storeTimeout = 2 * time.Second

func (s *Server) parse() (*template.Template, string) {
	h := fnv.New32a()
	for _, name := range []string{"static/style.css", "static/live.js", "static/subscribe.js", "static/push.js"} {
		b, err := staticFiles.ReadFile(name)
		if err != nil {
			panic(err) // embedded by the lines above
		}
		h.Write(b)
	}
	funcs := template.FuncMap{"intervals": func() []string { return []string{"30s", "1m", "5m", "15m", "1h", "6h", "24h"} }, "t": s.words.say, "kind": s.words.kind, "scope": func(x access.Scope) string { return s.words.name("scope", string(x)) }, "at": func(f fragment) template.HTML { return f.at(clock.Wall(), s.clock) }}
	return template.Must(template.New("").Funcs(funcs).ParseFS(templateFiles, "tmpl/*.html")), fmt.Sprintf("%08x", h.Sum32())
}

// page is what every template gets.
type page struct {
	Title   string
	Lang    string
	Version string
	Style   string
	Root    string // the way from the page to the first one, "./" or "../": it is right below any path
	Ago     string // the words for how long ago something was, for scripts
	List    string // what the list was asked for before, "?page=2"; "": nothing
	Here    string // which part of the dashboard the page is of, as the menu names it
	Now     *moment
	Live    bool     // the page follows what happens
	Push    []string // channels that a browser can subscribe to here
	Data    any
}

// draw executes a template to memory, so that a page is sent whole or not.
func (s *Server) draw(r *http.Request, name string, p page) (reply, error) {
	p.Lang, p.Version, p.Style = s.words.lang(), s.o.Version, s.style
	p.Root = cmp.Or(strings.Repeat("../", max(0, strings.Count(r.URL.Path, "/")-1)), "./")
	p.Here, p.Ago, p.List = cmp.Or(p.Here, name), s.ago, s.listBefore(r)
	p.Now = s.clock.show(clock.Wall().Truncate(time.Minute), clock.Wall()) // pages stay the same for so long
	var b bytes.Buffer
	if err := s.tmpl.ExecuteTemplate(&b, name+".html", p); err != nil {
		return reply{}, fmt.Errorf("draw page %s: %w", name, err)
	}
	return reply{status: http.StatusOK, contentType: "text/html; charset=utf-8", body: b.Bytes()}, nil
}

func (s *Server) pageRoutes() []route {
	return append(slices.Concat(s.switchForms(), s.testForms(), s.editForms(), s.trustForms(), s.accessForms(), s.mendRoutes(), s.lookRoutes()), []route{
		{"GET", "/{$}", s.nowPage},
		{"GET", "/changes", s.changes},
		{"GET", "/products/{id}", s.productPage},
		{"GET", "/watches/{id}", s.watchPage},
		{"GET", "/alerts", s.alertsPage},
		{"GET", "/alerts.atom", s.atom},
		{"GET", "/health", s.healthPage},
		{"GET", "/deliveries", func(*http.Request) (reply, error) { return seeOther("alerts"), nil }}, // its name in earlier versions
		{"GET", "/dead", s.deadPage},
		{"POST", "/dead/{id}/redrive", s.deadForm(s.o.Store.Redrive)},
		{"POST", "/dead/{id}/discard", s.deadForm(s.o.Store.Discard)},
		{"GET", "/settings", s.settingsPage},
		{"POST", languagePath, s.chooseLanguage},
		{"GET", "/pictures/{id}", s.picture},
		{"GET", "/pictures/new/{name}", s.previewPicture},
		{"GET", "/static/{file}", static},
		{"GET", "/sw.js", serviceWorker},
	}...)
}

// countDead returns how many alerts could not be delivered, -1 if that cannot
// be told.
func (s *Server) countDead(ctx context.Context) int {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	dead, err := s.o.Store.Dead(ctx)
	if err != nil {
		s.o.Logger.Warn("count dead letters", "err", err)
		return -1
	}
	return len(dead)
}

// find returns the configured watch of an id.
func (s *Server) find(tid string) (stock.Product, stock.Watch, bool) {
	for _, p := range s.o.Products() {
		for _, w := range p.Watches {
			if w.ID == tid {
				return p, w, true
			}
		}
	}
	return stock.Product{}, stock.Watch{}, false
}

func static(r *http.Request) (reply, error) {
	name := r.PathValue("file")
	b, err := staticFiles.ReadFile("static/" + name)
	if err != nil {
		return reply{}, notFound("file")
	}
	types := map[string]string{
		".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml", ".png": "image/png",
		".webmanifest": "application/manifest+json; charset=utf-8",
	}
	a := reply{status: http.StatusOK, contentType: types[path.Ext(name)], body: b}
	if r.URL.RawQuery != "" { // the pages name a file with the hash of its content
		a.header = map[string]string{"Cache-Control": "private, max-age=31536000, immutable"}
	}
	return a, nil
}
