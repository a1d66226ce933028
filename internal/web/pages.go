package web

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"hash/fnv"
	"html/template"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

//go:embed tmpl/*.html
var templateFiles embed.FS

//go:embed static
var staticFiles embed.FS

// What one page shows at most.
const (
	productsPerPage = 100
	historyShown    = 100
)

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
	funcs := template.FuncMap{"t": s.words.say, "kind": s.words.kind}
	return template.Must(template.New("").Funcs(funcs).ParseFS(templateFiles, "tmpl/*.html")), fmt.Sprintf("%08x", h.Sum32())
}

// page is what every template gets.
type page struct {
	Title   string
	Lang    string
	Version string
	Style   string
	Now     *moment
	Live    bool     // the page renews itself
	Push    []string // channels that a browser can subscribe to here
	Data    any
}

// draw executes a template to memory, so that a page is sent whole or not.
func (s *Server) draw(name string, p page) (reply, error) {
	p.Lang, p.Version, p.Style = s.words.lang(), s.o.Version, s.style
	p.Now = s.clock.show(clock.Wall(), clock.Wall())
	var b bytes.Buffer
	if err := s.tmpl.ExecuteTemplate(&b, name+".html", p); err != nil {
		return reply{}, fmt.Errorf("draw page %s: %w", name, err)
	}
	return reply{status: http.StatusOK, contentType: "text/html; charset=utf-8", body: b.Bytes()}, nil
}

func (s *Server) pageRoutes() []route {
	return append(s.switchForms(), []route{
		{"GET", "/{$}", s.watchesPage},
		{"GET", "/watches/{id}", s.watchPage},
		{"GET", "/deliveries", s.deliveriesPage},
		{"GET", "/dead", s.deadPage},
		{"POST", "/dead/{id}/redrive", s.deadForm(s.o.Store.Redrive)},
		{"POST", "/dead/{id}/discard", s.deadForm(s.o.Store.Discard)},
		{"GET", "/static/{file}", static},
		{"GET", "/sw.js", serviceWorker},
	}...)
}

// watchesData is the front page.
type watchesData struct {
	Counts     []classCount
	Dead       int // -1: the store does not answer
	Trouble    []watchView
	Receipt    *receiptView // nil: no watch is new
	Mutes      []muteView
	Disabled   []disabledView
	Products   []productView
	Page       int
	Prev, Next int // page numbers; 0: none
}

type classCount struct {
	Class, Words string
	N            int
}

func (s *Server) watchesPage(r *http.Request) (reply, error) {
	now := clock.Wall()
	products := s.o.Products()
	pages := max(1, (len(products)+productsPerPage-1)/productsPerPage)
	number, err := strconv.Atoi(r.URL.Query().Get("page"))
	if err != nil || number < 1 || number > pages {
		number = 1
	}
	data := watchesData{Page: number, Prev: number - 1, Dead: s.countDead(r.Context())}
	if number < pages {
		data.Next = number + 1
	}
	data.Mutes, data.Disabled = s.switched(now)
	data.Receipt = s.receipt(r.Context(), products, now)
	counts := map[string]int{}
	for i, p := range products {
		v := s.productView(p, now)
		for _, w := range v.Rows {
			counts[w.Class]++
			if w.Trouble != nil && len(data.Trouble) < productsPerPage {
				data.Trouble = append(data.Trouble, w)
			}
		}
		if i/productsPerPage == number-1 {
			data.Products = append(data.Products, v)
		}
	}
	for _, class := range classes {
		if counts[class] > 0 || class == "now" {
			data.Counts = append(data.Counts, classCount{class, s.words.say("count_" + class), counts[class]})
		}
	}
	return s.draw("watches", page{Title: s.words.say("title"), Live: true, Push: s.pushChannels(), Data: data})
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

// watchData is the page of one watch.
type watchData struct {
	watchView
	History []recordView
}

type recordView struct {
	At       *moment
	Kinds    []string
	State    *stateView
	Before   string
	Problem  string
	Doubt    *doubtView
	Evidence []evidenceView
}

func (s *Server) watchPage(r *http.Request) (reply, error) {
	p, w, ok := s.find(r.PathValue("id"))
	if !ok {
		return reply{}, notFound("watch")
	}
	history, err := s.o.Store.History(r.Context(), w.ID, historyShown)
	if err != nil {
		return reply{}, fmt.Errorf("read history of watch %s: %w", w.ID, err)
	}
	now := clock.Wall()
	data := watchData{watchView: s.watchView(p, w, now)}
	for _, rec := range slices.Backward(history) {
		v := s.recordView(rec.Change, now)
		cost, _ := s.reckon(w, rec.Change, rec.Change.ObservedAt)
		if rec.Change.Availability.Group() != stock.No {
			v.State.Held = s.held(p, rec.Change, cost, nil) // what others asked then is not known any more
		}
		data.History = append(data.History, v)
	}
	return s.draw("watch", page{Title: data.Product.Name + " - " + data.Host, Live: true, Data: data})
}

func (s *Server) recordView(c stock.Change, now time.Time) recordView {
	v := recordView{At: s.clock.show(c.ObservedAt, now), State: s.stateView(c.State, now), Evidence: s.evidence(c.Evidence)}
	for _, k := range append([]stock.Kind{c.Kind}, c.Also...) {
		v.Kinds = append(v.Kinds, s.words.kind(k))
	}
	v.Doubt = s.doubt(latest{record: &stock.Entry{Change: c}}, now)
	if b := c.Previous; b != nil {
		v.Before = joinNonEmpty(s.words.name("availability", b.Availability.String()), s.words.money(b.Price))
	}
	if c.Problem != nil {
		v.Problem = c.Problem.In(s.words.language())
	}
	return v
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

// deadView is a dead letter as its page shows it.
type deadView struct {
	ID      string
	Product stock.ProductRef
	Kind    stock.Kind
	Channel string
	Tries   int
	Reason  string
	At      *moment
	Link    string
}

func (s *Server) deadPage(r *http.Request) (reply, error) {
	dead, err := s.o.Store.Dead(r.Context())
	if err != nil {
		return reply{}, fmt.Errorf("read dead letters: %w", err)
	}
	return s.draw("dead", page{Title: s.words.say("dead"), Data: s.deadViews(dead)})
}

func (s *Server) deadViews(dead []stock.DeadLetter) []deadView {
	var views []deadView
	for _, d := range dead {
		l := d.Letter
		views = append(views, deadView{
			ID: l.ID(), Product: l.Alert.Product, Kind: l.Alert.Kind, Channel: l.Channel,
			Tries: d.Tries, Reason: d.Reason, At: s.clock.show(d.At, clock.Wall()), Link: webURL(l.Alert.Watch.URL),
		})
	}
	return views
}

// deadForm answers a button of the page of dead letters. One that somebody else
// has dealt with meanwhile is no error: the page will show that it is gone.
func (s *Server) deadForm(do func(context.Context, string) error) handler {
	return func(r *http.Request) (reply, error) {
		if err := do(r.Context(), r.PathValue("id")); err != nil {
			return reply{}, fmt.Errorf("dead letter %s: %w", r.PathValue("id"), err)
		}
		return seeOther("/dead"), nil
	}
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

// Path is where the forms of the letter lead.
func (d deadView) Path() string { return "/dead/" + url.PathEscape(d.ID) }
