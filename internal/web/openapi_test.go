package web

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// schema is the part of JSON Schema that our description uses.
type schema struct {
	Ref        string            `json:"$ref"`
	Type       string            `json:"type"`
	Properties map[string]schema `json:"properties"`
	Required   []string          `json:"required"`
	Items      *schema           `json:"items"`
	AllOf      []schema          `json:"allOf"`
	Enum       []string          `json:"enum"`
}

type description struct {
	Paths map[string]map[string]struct {
		Responses map[string]response
	}
	Components struct {
		Schemas   map[string]schema
		Responses map[string]response
	}
}

// response is an answer, or by Ref one of those that several paths share.
type response struct {
	Ref     string `json:"$ref"`
	Content map[string]struct{ Schema schema }
}

func describe(t *testing.T) description {
	t.Helper()
	var d description
	if err := json.Unmarshal(openAPI, &d); err != nil {
		t.Fatalf("read openapi.json: %v", err)
	}
	return d
}

// resolve follows a reference and joins what allOf joins.
func (d description) resolve(s schema) schema {
	if s.Ref != "" {
		name := strings.TrimPrefix(s.Ref, "#/components/schemas/")
		target, ok := d.Components.Schemas[name]
		if !ok {
			return schema{Type: "no schema " + s.Ref}
		}
		return d.resolve(target)
	}
	if s.AllOf == nil {
		return s
	}
	joined := schema{Type: "object", Properties: map[string]schema{}}
	for _, part := range s.AllOf {
		part = d.resolve(part)
		maps.Copy(joined.Properties, part.Properties)
		joined.Required = append(joined.Required, part.Required...)
	}
	return joined
}

// mismatches says where v is not as s describes it.
func (d description) mismatches(where string, s schema, v any) []string {
	s = d.resolve(s)
	var out []string
	switch v := v.(type) {
	case map[string]any:
		if s.Type != "object" {
			return []string{fmt.Sprintf("%s is an object, described as %q", where, s.Type)}
		}
		for _, key := range s.Required {
			if _, ok := v[key]; !ok {
				out = append(out, fmt.Sprintf("%s lacks %s", where, key))
			}
		}
		for key, member := range v {
			if p, ok := s.Properties[key]; ok {
				out = append(out, d.mismatches(where+"."+key, p, member)...)
			} else {
				out = append(out, fmt.Sprintf("%s.%s is not described", where, key))
			}
		}
	case []any:
		if s.Type != "array" || s.Items == nil {
			return []string{fmt.Sprintf("%s is an array, described as %q", where, s.Type)}
		}
		for i, member := range v {
			out = append(out, d.mismatches(fmt.Sprintf("%s[%d]", where, i), *s.Items, member)...)
		}
	case string:
		if s.Type != "string" || s.Enum != nil && !slices.Contains(s.Enum, v) {
			out = append(out, fmt.Sprintf("%s is %q, described as %q %v", where, v, s.Type, s.Enum))
		}
	case float64:
		if s.Type != "number" && s.Type != "integer" {
			out = append(out, fmt.Sprintf("%s is a number, described as %q", where, s.Type))
		}
	case bool:
		if s.Type != "boolean" {
			out = append(out, fmt.Sprintf("%s is a boolean, described as %q", where, s.Type))
		}
	}
	return out
}

// fullStore has a record and a dead letter in which every fact is known.
type fullStore struct{ change stock.Change }

func (f fullStore) History(context.Context, string, int) ([]stock.Entry, error) {
	return []stock.Entry{{Seq: 7, Change: f.change, At: time.Now()}}, nil
}

func (f fullStore) Dead(context.Context) ([]stock.DeadLetter, error) {
	now := time.Now()
	alert := stock.Alert{
		Kind: stock.Restocked, Also: []stock.Kind{stock.PriceDrop}, Product: f.change.Product, Watch: f.change.Watch, Offer: f.change.Offer,
		Previous: f.change.Previous, Others: []stock.Other{{Source: "s", URL: "u", Price: stock.Yen(1), Effective: stock.Yen(1)}},
		Marks: []string{"late"}, Problem: f.change.Problem, ObservedAt: now, Evidence: f.change.Evidence,
	}
	l := stock.Letter{Event: "7", Channel: "c", Recipient: "r", Epoch: "e", Alert: alert, MadeAt: now, NotAfter: now, Urgent: true, Silent: true, Replaces: "6", Tells: []string{"7", "8"}, PublishedAt: now, Escalates: true}
	return []stock.DeadLetter{{Letter: l, Reason: stock.Said("r"), Tries: 3, At: now}}, nil
}

func (f fullStore) Deliveries(context.Context, int) ([]stock.Delivery, error) {
	now := time.Now()
	return []stock.Delivery{{Event: "7", Channel: "c", Recipient: "r", Receipt: stock.Receipt{
		Epoch: "e", SentAt: now, ObservedAt: now.Add(-time.Second), PublishedAt: now, MadeAt: now, TriedAt: now,
		Product: f.change.Product.ID, Kind: stock.Restocked, Tries: 2, ProviderID: "i",
	}}}, nil
}
func (fullStore) Redrive(context.Context, string) error { return nil }
func (fullStore) Discard(context.Context, string) error { return stock.ErrNotFound }

// fullPush has one channel and one browser.
type fullPush struct{}

func (fullPush) Key() (public, fingerprint string) { return "k", "f" }
func (fullPush) Channels() []string                { return []string{"c"} }
func (fullPush) Browsers() []Browser {
	return []Browser{{ID: "c_r", Channel: "c", Name: "n", Since: time.Now()}}
}

func (fullPush) Subscribe(context.Context, string, Subscription) (string, error) {
	return "c_r", nil
}
func (fullPush) Unsubscribe(context.Context, string) error { return nil }

func fullTest(context.Context, string, bool) (Tested, error) {
	return Tested{Took: time.Second, ProviderID: "1", Failure: stock.ErrNotFound}, nil
}

type fullSwitches struct{}

func (fullSwitches) Mute(context.Context, string, time.Duration) error { return nil }
func (fullSwitches) Unmute(context.Context, string) error              { return nil }
func (fullSwitches) Enable(context.Context, string) (int, error)       { return 1, nil }
func (fullSwitches) Mutes() []stock.Mute                               { return []stock.Mute{{Product: "p", Until: time.Now()}} }

func (fullSwitches) Disabled() []stock.Disabled {
	return []stock.Disabled{{Channel: "c", Recipient: "r", Reason: stock.Said("why"), Since: time.Now(), Gone: true}}
}

func (fullSwitches) Quotas() []stock.Quota {
	return []stock.Quota{{Channel: "c", Sent: 1, Limit: 2, Until: time.Now()}}
}

func (fullSwitches) Troubles() []stock.News { return nil }

// fullEditor has one product of which everything is said.
type fullEditor struct{}

func (fullEditor) Entries() map[string]ProductEntry {
	return map[string]ProductEntry{"p": {ID: "p", Revision: 3, Origin: OriginConfig, Created: time.Unix(1, 0), Updated: time.Unix(1, 0)}}
}

func (fullEditor) entry() ProductEntry {
	now := time.Now()
	return ProductEntry{
		ID: "p", Revision: 3, Origin: "web", Paused: true, Created: now, Updated: now, Mistakes: []string{"m"}, Warnings: []string{"w"},
		Table: json.RawMessage(`{"id":"p","name":"n","paused":true,"watch":[{"url":"u"}]}`),
	}
}
func (f fullEditor) Entry(string) (ProductEntry, error) { return f.entry(), nil }
func (f fullEditor) Create(context.Context, []byte, string) (ProductEntry, error) {
	return f.entry(), nil
}

func (f fullEditor) Put(context.Context, string, []byte, uint64) (ProductEntry, error) {
	return f.entry(), nil
}

func (f fullEditor) Patch(context.Context, string, []byte, uint64) (ProductEntry, error) {
	return f.entry(), nil
}
func (f fullEditor) Delete(context.Context, string, uint64) error { return nil }
func (f fullEditor) Add(context.Context, string, []byte) (ProductEntry, error) {
	return f.entry(), nil
}

func (f fullEditor) Pause(context.Context, string, bool) (ProductEntry, error) {
	return f.entry(), nil
}
func (f fullEditor) Export() ([]byte, error) { return nil, nil }

type fullTrust struct{}

func (fullTrust) AskedHost(string) string { return "h" }

func (fullTrust) HostTrust(context.Context, string) (stock.HostTrust, error) {
	seen := []stock.WatchTrust{{Watch: "w", Says: stock.InStock, Turns: 2, Seen: time.Now()}}
	return stock.HostTrust{Host: "h", Methods: []stock.MethodTrust{{Method: stock.MethodJSONLD, Since: time.Now(), Watches: seen}}}, nil
}
func (fullTrust) ResetTrust(context.Context, string) error { return nil }

func fullServer(t *testing.T) *Server {
	t.Helper()
	now, n := time.Now(), int64(3)
	price := stock.Yen(100)
	offer := stock.Offer{
		Availability: stock.InStock, SaleMode: stock.Lottery, Price: price, Effective: price, Shipping: &price, Points: &n, Quantity: &n,
		Seller: "s", SellerRating: &stock.Rating{GoodPercent: 98, Count: 3}, Condition: "new", Title: "t", SKU: "k", Variant: "v", JAN: "j", URL: "u", Image: "i",
	}
	clarity := &stock.Clarity{Unclear: 3, Reason: stock.Contradiction, Leans: stock.LeansNo, Since: now, Maybe: true}
	c := stock.Change{
		V: 1, Product: stock.ProductRef{ID: "p", Name: "n"}, Watch: stock.WatchRef{ID: "w", URL: "u", Source: "s"}, Kind: stock.Restocked, Also: []stock.Kind{stock.PriceDrop},
		State: stock.State{
			Availability: stock.InStock, SaleMode: stock.Lottery, Price: price, Offer: offer, Since: now, LastIn: now, LastOut: now, LastPriceNow: price, LowTold: true, StaleTold: true, Unpriced: true, Clarity: clarity,
			Problem: &stock.Problem{Reason: stock.Because(stock.ReasonTerms, "h").And(stock.Because(stock.ReasonQueue)), Since: now}, Seen: []string{"a"}, ObservedAt: now, Evidence: []stock.Evidence{{Method: stock.MethodAPI, Fact: stock.FactOffer, Value: "1", Text: "s", Note: stock.NoteCheapest, Args: []string{"2"}, Where: "w"}},
		},
		Previous: &stock.Previous{Availability: stock.SoldOut, Price: price, Terms: offer.Terms(), Since: now, Clarity: clarity}, PublishedAt: now, Watcher: "w",
	}
	p := stock.Product{ID: "p", Name: "n", JAN: "j", Tags: []string{"t"}, ListPrice: price, MaxPrice: price, Watches: []stock.Watch{{ID: "w", URL: "u", Hours: stock.Hours{Schedules: []stock.Schedule{{Days: []time.Weekday{time.Now().AddDate(0, 0, 3).Weekday()}}}, Location: time.UTC}}}}
	s := New(Options{
		Products: func() []stock.Product { return []stock.Product{p} }, Store: fullStore{c}, Editor: fullEditor{}, Entries: fullEditor{}.Entries, Preview: fullPreview(offer), Elsewhere: fullFound(offer), Push: fullPush{}, Switches: fullSwitches{}, Trust: fullTrust{}, Test: fullTest, Version: "v", Logger: slog.New(slog.DiscardHandler),
		Windows: func(context.Context, io.Writer) error { return nil }, Hint: func(stock.Hint) error { return nil },
	})
	s.Record("w", 7, c)
	s.Looks([]stock.Look{{Watch: "w", At: now, Outcome: stock.OK, Reason: stock.Because(stock.ReasonTerms, "h").And(stock.Because(stock.ReasonQueue)), Availability: stock.InStock, Doubt: stock.Silent, Leans: stock.LeansYes, Clarity: clarity, Source: "s", Next: now, Why: stock.Why(stock.Because(stock.ReasonHint, "a", time.Minute))}})
	return s
}

func TestTheDescriptionNamesEveryRouteAndNoOther(t *testing.T) {
	d, s := describe(t), fullServer(t)
	var described, served []string
	for path, methods := range d.Paths {
		for method := range methods {
			described = append(described, strings.ToUpper(method)+" "+path)
		}
	}
	for _, rt := range s.apiRoutes() {
		served = append(served, rt.method+" "+rt.path)
	}
	slices.Sort(described)
	slices.Sort(served)
	if !slices.Equal(described, served) {
		t.Errorf("described: %v\nserved:    %v", described, served)
	}
}

// bodies are those of requests that take more than an empty object.
var bodies = map[string]string{previewPath: `{"url":"u"}`}

func fullPreview(offer stock.Offer) func(context.Context, stock.LookRequest) (Preview, error) {
	return func(context.Context, stock.LookRequest) (Preview, error) {
		return Preview{
			Look: stock.Observation{
				URL: "u", Source: "s", Outcome: stock.OK, Reason: stock.Because(stock.ReasonTerms, "h"), Doubt: stock.Silent, Leans: stock.LeansYes, Offer: offer, Offers: []stock.Offer{offer},
				Listings: []stock.Listing{{ID: "i", Title: "t", URL: "u", Price: stock.Yen(1), Availability: stock.InStock, Condition: "new"}},
				Evidence: []stock.Evidence{{Method: stock.MethodAPI, Fact: stock.FactOffer, Value: "1"}},
			},
			Product: stock.Product{Currency: "JPY", MaxPrice: stock.Yen(1), Watches: []stock.Watch{{Interval: time.Minute}}},
			Host:    "h", Shop: "s", Every: time.Second, Restricted: true, Accepted: true, Kinds: []stock.Kind{stock.Restocked}, Warnings: []string{"w"}, Watched: "p",
			Tries:   []stock.Try{{At: time.Unix(1, 0), Outcome: stock.OK, Price: stock.Yen(1), Reason: stock.Because(stock.ReasonTerms, "h")}},
			Outline: &stock.Outline{Spots: []stock.Spot{{Tag: "p", Text: "t", Selector: "p", Button: true, Disabled: true, Price: stock.Yen(1)}}, Whole: true, Cut: true},
		}, nil
	}
}

func fullFound(offer stock.Offer) func(context.Context, string, string) (Found, error) {
	return func(context.Context, string, string) (Found, error) {
		f := NewFound("j", "w")
		f.Sources = []AskedAPI{{Source: "s", Watch: "w", Outcome: stock.OK, Reason: stock.Because(stock.ReasonTerms, "h"), Evidence: []stock.Evidence{}}}
		f.Offers = []FoundOffer{{Source: "s", Offer: offer, Reckoning: []stock.Step{{Label: stock.StepPrice, Amount: stock.Yen(1)}}}}
		return f, nil
	}
}

func TestAnswersAreAsDescribed(t *testing.T) {
	d, h := describe(t), fullServer(t).Control()
	for path, methods := range d.Paths {
		for method, op := range methods {
			target := strings.NewReplacer("{id}", "w", "{host}", "h").Replace(path)
			w := httptest.NewRecorder()
			r := httptest.NewRequest(strings.ToUpper(method), target, strings.NewReader(bodies[path]))
			if bodies[path] == "" {
				r.Body = io.NopCloser(strings.NewReader("{}"))
			}
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("If-Match", `"3"`)
			h.ServeHTTP(w, r)
			answer, ok := op.Responses[fmt.Sprint(w.Code)]
			if answer.Ref != "" {
				answer, ok = d.Components.Responses[strings.TrimPrefix(answer.Ref, "#/components/responses/")]
			}
			if !ok {
				t.Errorf("%s %s answers %d, which is not described", method, target, w.Code)
				continue
			}
			if w.Body.Len() == 0 || path == "/api/v1/openapi.json" {
				continue
			}
			var v any
			if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil {
				t.Fatalf("%s %s: %v", method, target, err)
			}
			for _, m := range d.mismatches("", answer.Content["application/json"].Schema, v) {
				t.Errorf("%s %s: %s", method, target, m)
			}
		}
	}
}

func TestTheDescriptionKnowsEveryWord(t *testing.T) {
	d := describe(t)
	for _, a := range stock.Availabilities() {
		if !slices.Contains(d.Components.Schemas["Availability"].Enum, a.String()) {
			t.Errorf("availability %s is not described", a)
		}
	}
	for _, k := range stock.Kinds() {
		if !slices.Contains(d.Components.Schemas["Kind"].Enum, string(k)) {
			t.Errorf("kind %s is not described", k)
		}
	}
	for _, o := range stock.Outcomes() {
		if !slices.Contains(d.Components.Schemas["Look"].Properties["outcome"].Enum, string(o)) {
			t.Errorf("outcome %s is not described", o)
		}
	}
}

// docs/operations.md lists every path.
func TestEveryPathIsDocumented(t *testing.T) {
	text, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	for path := range describe(t).Paths {
		if !strings.Contains(string(text), path+"`") {
			t.Errorf("docs/operations.md does not list %s", path)
		}
	}
}
