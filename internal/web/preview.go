package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/guard"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// ErrNoWatcher says that nobody could be asked for a look.
var ErrNoWatcher = errors.New("no watcher that may ask this host answered: is one running?")

// Preview is what a page says before it is watched.
type Preview struct {
	Look    stock.Observation
	Product stock.Product // as it would be, with one watch
	Host    string        // that is really asked
	Shop    string        // its name; "": not in the catalogue
	Every   time.Duration // at most one request of the host per this long
	// Restricted says that the shop's terms restrict automation, and Accepted that the
	// user has taken that on; without, the page is not asked.
	Restricted, Accepted bool
	Kinds                []stock.Kind // that ring
	Warnings             []string     // of the configuration, about the address
	Watched              string       // the product that has the address already; "": none
	Tries                []stock.Try  // the rules that are tried, on every page that is kept
	Outline              *stock.Outline
}

// Reading is the JSON form of what a look saw.
type Reading struct {
	URL     string        `json:"url,omitempty"`
	Source  string        `json:"source"`
	Outcome stock.Outcome `json:"outcome"`
	stock.Reason
	Doubt        stock.Doubt        `json:"doubt,omitempty"`
	Leans        stock.Lean         `json:"leans,omitempty"`
	Title        string             `json:"title,omitempty"`
	Availability stock.Availability `json:"availability"`
	SaleMode     stock.SaleMode     `json:"sale_mode,omitempty"`
	Price        stock.Price        `json:"price,omitzero"`
	Quantity     *int64             `json:"quantity,omitempty"`
	Seller       string             `json:"seller,omitempty"`
	Condition    string             `json:"condition,omitempty"`
	Shipping     *stock.Price       `json:"shipping,omitempty"`
	Points       *int64             `json:"points,omitempty"`
	JAN          string             `json:"jan,omitempty"`
	Image        string             `json:"image,omitempty"`
	Offers       []stock.Offer      `json:"offers"`
	Listings     []stock.Listing    `json:"listings"`
	Evidence     []stock.Evidence   `json:"evidence"`
	Trust        *stock.HostTrust   `json:"trust,omitempty"` // where a running program has learned it
}

// NewReading returns the JSON form of an observation.
func NewReading(o stock.Observation) Reading {
	return Reading{
		URL: o.URL, Source: o.Source, Outcome: o.Outcome, Reason: o.Reason, Doubt: o.Doubt, Leans: o.Leans,
		Title: o.Offer.Title, Availability: o.Offer.Availability, SaleMode: o.Offer.SaleMode, Price: o.Offer.Price,
		Quantity: o.Offer.Quantity, Seller: o.Offer.Seller, Condition: o.Offer.Condition, Shipping: o.Offer.Shipping,
		Points: o.Offer.Points, JAN: o.Offer.JAN, Image: o.Offer.Image,
		Offers: listOf(o.Offers), Listings: listOf(o.Listings), Evidence: listOf(o.Evidence),
	}
}

func (s *Server) previewRoutes() []route {
	var routes []route
	if s.o.Preview != nil {
		routes = append(routes, route{"POST", previewPath, s.apiPreview})
	}
	if s.o.Elsewhere != nil {
		routes = append(routes, route{"GET", elsewherePath, s.apiElsewhere}, route{"POST", elsewherePath, s.apiElsewhere})
	}
	return routes
}

const (
	previewPath   = "/api/v1/preview"
	elsewherePath = "/api/v1/elsewhere"
)

// asksShops reports whether an answer at a path waits for shops.
func asksShops(path string) bool {
	return path == previewPath || path == elsewherePath || path == addPath || path == productElsewhere || path == mendPath || path == watchMend
}

// patience is how long an answer may take: those that wait for a shop wait for its
// turn too.
func patience(path string) time.Duration {
	if asksShops(path) {
		return lookTimeout
	}
	return answerTimeout
}

// lookTimeout is below the time within which an answer must be written.
const lookTimeout = 50 * time.Second

// previewJSON is a Preview as the API gives it.
type previewJSON struct {
	URL             string      `json:"url"`
	Host            string      `json:"host"`
	Shop            string      `json:"shop,omitempty"`
	Look            Reading     `json:"look"`
	Effective       stock.Price `json:"effective_price,omitzero"`
	Rings           ringsJSON   `json:"rings"`
	EverySeconds    float64     `json:"every_seconds"`
	IntervalSeconds float64     `json:"interval_seconds"` // when none is said
	Terms           termsJSON   `json:"terms"`
	Warnings        []string    `json:"warnings,omitempty"`
	Product         string      `json:"product,omitempty"` // that watches it already
	// Tries and Outline are there when rules are tried, and the outline is asked for.
	Tries   []stock.Try    `json:"tries,omitempty"`
	Outline *stock.Outline `json:"outline,omitempty"`
}

// ringsJSON says what would ring: the kinds, and whether the offer of now may.
type ringsJSON struct {
	Kinds []stock.Kind `json:"kinds"`
	Now   bool         `json:"now"`            // it can be ordered, and nothing holds it
	Held  string       `json:"held,omitempty"` // the limit that holds it
	Says  string       `json:"says,omitempty"` // the same in words
}

type termsJSON struct {
	Restricted bool `json:"restricted"`
	Accepted   bool `json:"accepted"`
}

func (s *Server) apiPreview(r *http.Request) (reply, error) {
	body, err := bodyOf(r)
	if err != nil {
		return reply{}, err
	}
	var ask stock.LookRequest
	if json.Unmarshal(body, &ask) != nil || ask.URL == "" {
		return reply{}, failure{status: http.StatusBadRequest, says: `the body must be a JSON object with the url of a page`}
	}
	v, err := s.o.Preview(r.Context(), ask)
	if err != nil {
		return reply{}, lookError(err)
	}
	return jsonReply(http.StatusOK, s.previewJSON(ask.URL, v))
}

func (s *Server) previewJSON(url string, v Preview) previewJSON {
	j := previewJSON{
		URL: url, Host: v.Host, Shop: v.Shop, Look: NewReading(v.Look), EverySeconds: v.Every.Seconds(),
		Terms: termsJSON{v.Restricted, v.Accepted}, Warnings: v.Warnings, Product: v.Watched,
		Rings: ringsJSON{Kinds: listOf(v.Kinds)}, Tries: v.Tries, Outline: v.Outline,
	}
	if len(v.Product.Watches) > 0 {
		j.IntervalSeconds = v.Product.Watches[0].Interval.Seconds()
	}
	f := guard.Facts{Offer: v.Look.Offer, State: v.Look.Offer.Price}
	if s.o.Rates != nil {
		cost, _ := s.o.Rates().Reckon(v.Look.Source, v.Host, v.Look.Offer, clock.Wall())
		j.Effective, f.Offer.Effective = cost.Price, cost.Price
	}
	if held := guard.Judge(v.Product, f).Held; held != "" {
		j.Rings.Held, j.Rings.Says = string(held), s.words.name("held", string(held))
	}
	j.Rings.Now = j.Rings.Held == "" && v.Look.Outcome.Good() && v.Look.Offer.Availability.Purchasable()
	return j
}

// lookError is what an asker is told when nobody could look.
func lookError(err error) error {
	switch {
	case errors.Is(err, ErrNoWatcher):
		return failure{status: http.StatusServiceUnavailable, says: "no watcher that may ask this host answered: is one running?"}
	case errors.Is(err, context.DeadlineExceeded):
		return failure{status: http.StatusGatewayTimeout, says: "the look took more than %v", args: []any{lookTimeout}}
	}
	return editError(err)
}

// apiElsewhere says who else has a thing, by the official searches.
func (s *Server) apiElsewhere(r *http.Request) (reply, error) {
	q := r.URL.Query()
	found, err := s.o.Elsewhere(r.Context(), q.Get("jan"), q.Get("q"))
	if err != nil {
		var bad MistakesError
		if errors.As(err, &bad) {
			return reply{}, failure{status: http.StatusBadRequest, says: bad.Error()}
		}
		return reply{}, lookError(err)
	}
	return jsonReply(http.StatusOK, found)
}
