// Package web is the dashboard and the API: what is watched, what each page
// last said and why, and what could not be delivered.
//
// It shows and hands on, and decides nothing: states come in through Record and
// Looks, history and dead letters are read from the Store when somebody asks. What
// a user changes here goes to whoever keeps it: dead letters, mutes, channels that
// are sent to again, browsers that want alerts, hints. It listens nowhere by itself,
// needs no JavaScript but for push messages, and loads nothing from other hosts.
package web

import (
	"context"
	"html/template"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/sainyuka/sainyuka/internal/access"
	"github.com/sainyuka/sainyuka/internal/pricing"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// Store is where history and dead letters are.
type Store interface {
	// History returns the newest n records of a watch, oldest first.
	History(ctx context.Context, tid string, n int) ([]stock.Entry, error)
	Dead(ctx context.Context) ([]stock.DeadLetter, error)
	// Deliveries returns the newest n alerts that were accepted, newest first.
	Deliveries(ctx context.Context, n int) ([]stock.Delivery, error)
	// Redrive puts a dead letter, named by Letter.ID, back into the outbox.
	Redrive(ctx context.Context, id string) error
	Discard(ctx context.Context, id string) error
}

// Options are what a Server needs to know.
type Options struct {
	AccessOptions

	Language  string         // "ja" or "en"; anything else is ja
	Location  *time.Location // of the times shown; nil: UTC
	Password  string         // or its argon2id hash; "": none is asked for
	PublicURL string         // how browsers reach it from elsewhere; "": only by address
	Products  func() []stock.Product
	Rates     func() pricing.Rates             // by which effective prices are reckoned; nil: none are shown
	Zone      func(host string) *time.Location // where a host's shop keeps its hours; nil: Location
	Store     Store
	Push      Push   // nil: no browser can subscribe
	Editor    Editor // nil: no product can be edited
	// Entries returns the entries of all products by id, without tables, mistakes and
	// warnings; nil: lists of products leave them out.
	Entries func() map[string]ProductEntry
	// Preview looks at a page for somebody who waits, and Elsewhere asks who else has a
	// thing, by its code or by words: MistakesError, ErrNoWatcher. nil: nobody can be asked.
	Preview   func(ctx context.Context, ask stock.LookRequest) (Preview, error)
	Elsewhere func(ctx context.Context, jan, words string) (Found, error)
	Pictures  Pictures // nil: none are shown
	Switches  Switches // nil: nothing can be muted or enabled
	Buttons   Buttons  // nil: alerts have none
	Trust     Trust    // nil: nothing is learned of hosts
	// Test sends a test alert, the longest when asked to, to all recipients of a
	// channel; nil: there is no channel.
	Test func(ctx context.Context, channel string, longest bool) (Tested, error)
	// Receipt returns the newest receipt of new watches and when it was written; nil:
	// none is shown.
	Receipt func(ctx context.Context) (stock.Setup, time.Time, error)
	// Windows writes all windows that were seen, a JSON object per line.
	Windows func(ctx context.Context, w io.Writer) error
	// Hint passes on a reason to look that came with HintsToken; "": none is taken.
	Hint       func(stock.Hint) error
	HintsToken string
	Told       func(ctx context.Context, event, language string) (Told, error) // what an alert said; nil: that is not shown
	Waiting    func(ctx context.Context) ([]stock.Letter, error)               // letters that quiet hours keep back; nil: none
	Health     func(ctx context.Context) Health                                // nil: only what is seen from here
	WishLists  func(ctx context.Context) ([]WishList, error)                   // nil: there are none
	Every      func(host string) time.Duration                                 // the gap of a host; nil: not shown
	ShopPage   func(address string) string                                     // where people find a page of a shop; nil: at its own address
	Backup     http.HandlerFunc                                                // writes a copy of everything; nil: none is offered
	Ops        http.Handler                                                    // /metrics, /healthz, /readyz; nil: not served
	Version    string
	Logger     *slog.Logger
}

// Server keeps the latest of every configured watch and answers for it. Its
// methods may be called at the same time.
type Server struct {
	o               Options
	words           translator
	clock           timeText
	tmpl            *template.Template
	style           string // hash of the style sheet, so that browsers may keep it
	live            *live
	ago             string // how long ago something was, in words for scripts
	drawn           *fragments
	streams         *streams
	previewPictures *previewPictures

	access *access.Access
	gates  *gates
	public *url.URL // of Options.PublicURL
	base   string   // its path, without a slash at its end
}

// New returns a Server that knows of no state yet.
func New(o Options) *Server {
	if o.Location == nil {
		o.Location = time.UTC
	}
	s := &Server{o: o, words: newTranslator(o.Language), live: newLive(o.Products), drawn: &fragments{drawn: map[string]drawnRow{}}, streams: &streams{}, previewPictures: &previewPictures{by: map[string]string{}}}
	s.live.rows.reckon = reckonBy(o.Rates)
	s.public = s.readPublicURL()
	s.base = strings.TrimRight(s.public.EscapedPath(), "/")
	if s.access = o.Access; s.access == nil {
		s.access = access.New(nil, o.Logger)
	}
	s.gates = &gates{password: s.newGate("password", o.Password), hints: s.newGate("hints token", o.HintsToken)}
	s.clock = timeText{words: s.words, loc: o.Location}
	s.ago = s.words.agoJSON()
	s.tmpl, s.style = s.parse()
	return s
}

// In returns a Server that shows the same in another language and time zone.
func (s *Server) In(language string, location *time.Location) *Server {
	o := s.o
	o.Language, o.Location = language, location
	other := New(o)
	other.live = s.live
	other.live.feed.renew() // rows may be others, in other words
	other.access, other.previewPictures = s.access, s.previewPictures
	other.gates = &gates{password: s.gates.password.of(other), hints: s.gates.hints.of(other)} // guessers stay known
	return other
}

// Record takes in what a watch's newest record says. A copy or an older one
// does no harm.
func (s *Server) Record(tid string, seq uint64, c stock.Change) {
	s.live.record(tid, stock.Entry{Seq: seq, Change: c, At: c.PublishedAt})
}

// Past takes in an older record of a watch, for what its last weeks were like.
func (s *Server) Past(e stock.Entry) { s.live.past(e.Change.Watch.ID, e.Change) }

// Looks takes in how looks ended.
func (s *Server) Looks(looks []stock.Look) { s.live.look(looks) }

// Handler returns the dashboard and the API for browsers, behind the password,
// with the operations' pages beside it.
func (s *Server) Handler() http.Handler {
	all := s.inBrowsersLanguage(func(s *Server) http.Handler {
		return s.withStreams(s.mux(append(s.pageRoutes(), s.apiRoutes()...)))
	})
	guarded, hints, open := s.guard(s.gates.password, all), s.guardHints(s.gates.hints, all), s.ours(s.mux(s.doRoutes()))
	signIn := s.signInDoor(s.gates.password)
	return s.below(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch path := r.URL.Path; {
		case strings.HasPrefix(path, doPath):
			open.ServeHTTP(w, r)
		case s.o.Ops != nil && isOps(path):
			s.o.Ops.ServeHTTP(w, r)
		case path == hintsPath:
			hints.ServeHTTP(w, r)
		case path == signInPath:
			signIn.ServeHTTP(w, r)
		default:
			guarded.ServeHTTP(w, r)
		}
	}))
}

func isOps(path string) bool { return path == "/metrics" || path == "/healthz" || path == "/readyz" }

// Control returns the API alone, for a socket that only its owner can open: it
// asks for no password and does not care under which name it was reached.
func (s *Server) Control() http.Handler { return s.mux(s.apiRoutes()) }

// withStreams answers for what is no whole answer: the stream of news, and the copy of
// everything.
func (s *Server) withStreams(all http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == eventsPath && r.Method == http.MethodGet:
			s.events(w, r)
		case r.URL.Path == backupPath && r.Method == http.MethodGet && s.o.Backup != nil:
			w.Header().Set("Content-Disposition", `attachment; filename="sainyuka-backup.zip"`)
			w.Header().Set("Cache-Control", "no-store")
			if err := http.NewResponseController(w).SetWriteDeadline(time.Time{}); err != nil {
				s.o.Logger.Debug("a long download may be cut off", "err", err)
			}
			s.o.Backup(w, r)
		default:
			all.ServeHTTP(w, r)
		}
	})
}
