package web

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/sainyuka/sainyuka/internal/board"
	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// Health is how the process and its store are, as far as this one knows.
type Health struct {
	NotReady   string    // why it does not do its work yet; "": it does
	Started    time.Time // of this process; zero: not known
	Watches    bool      // pages are looked at in this process
	Leases     int       // shards of hosts that it asks
	Backoffs   map[string]time.Duration
	Requests   map[string]uint64 // to each host since the start
	Channels   []ChannelHealth
	Store      string // the store that is the nearest to its limit
	Percent    int    // of that limit
	StoreError string
	Embedded   bool // the store runs in this process
}

// ChannelHealth is a configured channel.
type ChannelHealth struct {
	ID, Type string
	Waiting  int           // letters for it
	Oldest   time.Duration // of these: for how long it has waited
	// Latency is the mean time from a page's bytes to the channel's yes since the start, of
	// what this process delivered; 0: nothing yet.
	Latency time.Duration
}

// WishList is how the reading of a configured wish list goes.
type WishList struct {
	ID, URL string
	ReadAt  time.Time     // zero: never
	Since   time.Time     // when it could not be read any more; zero: it can
	Outcome stock.Outcome // of the look that failed; "" for another failure
	Reason  stock.Reason
}

// hostView is a host as its page shows it.
type hostView struct {
	Host     string
	Pages    int
	Bad      int // pages that cannot be read
	What     string
	Gap      string
	Backoff  string
	Requests string // since the start; "": not known
	Last     *moment
	Next     *moment
}

// channelView is a channel as its page shows it.
type channelView struct {
	ID, Type string
	Last     *moment
	Wrong    []disabledView
	Sent     string // of its monthly quota
	Dead     int
	Waiting  int
	Oldest   string // "": nothing waits
	Latency  string // "": nothing was delivered
}

// listView is a wish list as the page of health shows it.
type listView struct {
	ID, URL string
	What    string // why it cannot be read; "": it can
	Reason  string
	Since   *moment
	Read    *moment
}

type healthData struct {
	Health
	Started  *moment
	Hosts    []hostView
	Channels []channelView
	Lists    []listView
	Products int
	Pages    int
	CanTest  bool
	Tested   *testView // nil: nothing was tested
}

func (s *Server) healthPage(r *http.Request) (reply, error) { return s.drawHealth(r, nil) }

// drawHealth draws the page, with what became of a test alert when there was one.
func (s *Server) drawHealth(r *http.Request, tested *testView) (reply, error) {
	now := clock.Wall()
	data := healthData{CanTest: s.o.Test != nil, Tested: tested}
	if s.o.Health != nil {
		data.Health = s.o.Health(r.Context())
	}
	items := s.live.rows.all()
	data.Products = len(items)
	data.Started = s.clock.show(data.Health.Started, now)
	data.Hosts, data.Pages = s.hosts(items, data.Health, now)
	data.Channels = s.channels(r.Context(), data.Health.Channels, now)
	data.Lists = s.lists(r.Context(), now)
	return s.draw(r, "health", page{Title: s.words.say("health"), Data: data})
}

// hosts lists the hosts that are asked, those in trouble first.
func (s *Server) hosts(items []*board.Item, health Health, now time.Time) (list []hostView, pages int) {
	by := map[string]*hostView{}
	last, next := map[string]time.Time{}, map[string]time.Time{}
	for _, it := range items {
		for _, w := range it.Product.Watches {
			pages++
			host, known := s.askedHost(w.URL), s.live.get(w.ID)
			v := by[host]
			if v == nil {
				v = &hostView{Host: host}
				by[host] = v
			}
			v.Pages++
			if k := known.Look; k != nil {
				if k.At.After(last[host]) {
					last[host] = k.At
				}
				if !k.Next.IsZero() && (next[host].IsZero() || k.Next.Before(next[host])) {
					next[host] = k.Next
				}
				if known.Unread() {
					v.Bad++
					v.What = s.outcome(k.Outcome, k.Reason)
				}
			}
		}
	}
	for host, v := range by {
		if s.o.Every != nil {
			v.Gap = s.words.span(s.o.Every(host))
		}
		if d := health.Backoffs[host]; d > 0 {
			v.Backoff = s.words.length(d)
		}
		if n, known := health.Requests[host]; known {
			v.Requests = stock.Grouped(strconv.FormatUint(n, 10))
		}
		v.Last, v.Next = s.clock.show(last[host], now), s.clock.due(next[host], now)
		list = append(list, *v)
	}
	slices.SortFunc(list, func(a, b hostView) int {
		return cmp.Or(b.Bad-a.Bad, len(b.Backoff)-len(a.Backoff), b.Pages-a.Pages, cmp.Compare(a.Host, b.Host))
	})
	return list, pages
}

// askedHost is the host that is really asked for a watch.
func (s *Server) askedHost(url string) string {
	if s.o.Trust != nil {
		if host := s.o.Trust.AskedHost(url); host != "" {
			return host
		}
	}
	if api, ok := stock.IsQuery(url); ok {
		return api.Shop()
	}
	return stock.HostOf(url)
}

// channels says of each channel when it took an alert last, and what is wrong with it.
func (s *Server) channels(ctx context.Context, known []ChannelHealth, now time.Time) []channelView {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	sent, err := s.o.Store.Deliveries(ctx, deliveriesMost)
	if err != nil {
		s.o.Logger.Warn("read the delivery log", "err", err)
	}
	dead, err := s.o.Store.Dead(ctx)
	if err != nil {
		s.o.Logger.Warn("read dead letters", "err", err)
	}
	_, wrong := s.switched(now)
	var list []channelView
	for _, c := range known {
		v := channelView{ID: c.ID, Type: c.Type, Waiting: c.Waiting}
		if c.Waiting > 0 {
			v.Oldest = s.words.length(c.Oldest)
		}
		if c.Latency > 0 {
			v.Latency = s.words.span(c.Latency)
		}
		if i := slices.IndexFunc(sent, func(d stock.Delivery) bool { return d.Channel == c.ID }); i >= 0 {
			v.Last = s.clock.show(sent[i].SentAt, now)
		}
		for _, d := range wrong {
			if d.Channel == c.ID {
				v.Wrong = append(v.Wrong, d)
			}
		}
		for _, d := range dead {
			if d.Letter.Channel == c.ID {
				v.Dead++
			}
		}
		v.Sent = s.quota(c.ID)
		list = append(list, v)
	}
	return list
}

// wishLists asks how the reading of the wish lists goes; nil when there is none, or nobody
// knows.
func (s *Server) wishLists(ctx context.Context) []WishList {
	if s.o.WishLists == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	all, err := s.o.WishLists(ctx)
	if err != nil {
		s.o.Logger.Warn("read how wish lists are", "err", err)
	}
	return all
}

func (s *Server) lists(ctx context.Context, now time.Time) (views []listView) {
	for _, l := range s.wishLists(ctx) {
		v := listView{ID: l.ID, URL: stock.WebLink(l.URL), Read: s.clock.show(l.ReadAt, now), Since: s.clock.show(l.Since, now)}
		if !l.Since.IsZero() {
			v.What = s.words.say("list_unread")
			if l.Outcome != "" {
				v.What = s.outcome(l.Outcome, l.Reason)
			}
			v.Reason = l.Reason.In(s.words.language())
		}
		views = append(views, v)
	}
	return views
}
