package wording

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"text/template"
)

// Fields is what the body of a webhook can speak of.
type Fields struct {
	ID     string // of the alert, the same on every try
	Kind   string // "restocked"
	Title  string // one line
	Text   string // lines
	URL    string // to open; "" when there is none
	Image  string // of the product; "" for none
	Silent bool   // it shall wake nobody
	Event  any    // the alert as decoded CloudEvents JSON: .Event.data.offer.price.amount
}

// Request is the template of a webhook's body. In it, {{json .Title}} writes a
// value as JSON, quotes and all.
type Request struct {
	source string
	tmpl   *template.Template
}

// ParseRequest compiles the body of a webhook and tries it on an alert with every
// fact and on one of which next to nothing is known. asJSON says that what comes
// out must be JSON.
func ParseRequest(source string, asJSON bool) (*Request, error) {
	funcs := template.FuncMap{"join": strings.Join, "json": toJSON}
	tmpl, err := template.New(fileName).Option("missingkey=zero").Funcs(funcs).Parse(source)
	if err != nil {
		return nil, mistake(err)
	}
	counted(tmpl)
	r := &Request{source, tmpl}
	for _, f := range sampleFields() {
		body, err := r.Body(f)
		switch {
		case err != nil:
			return nil, mistake(err)
		case asJSON && !json.Valid(body):
			return nil, fmt.Errorf("gives no JSON for an alert of kind %s: write texts as {{json .Title}}, without quotes of your own", f.Kind)
		}
	}
	return r, nil
}

// Body returns the body for an alert.
func (r *Request) Body(f Fields) ([]byte, error) {
	t, err := stepping(r.tmpl)
	if err != nil {
		return nil, err
	}
	var b bounded
	if err := t.Execute(&b, f); err != nil {
		return nil, err
	}
	if strings.TrimSpace(b.String()) == "" {
		return nil, errors.New("the body is empty")
	}
	return []byte(b.String()), nil
}

// String returns the source.
func (r *Request) String() string {
	if r == nil {
		return ""
	}
	return r.source
}

// MarshalText returns the source, which is all that a request means.
func (r *Request) MarshalText() ([]byte, error) { return []byte(r.source), nil }

func toJSON(v any) (string, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return "", fmt.Errorf("write as JSON: %w", err)
	}
	return strings.TrimSuffix(b.String(), "\n"), nil
}

// sampleFields are an alert with every fact, and one of which little is known.
func sampleFields() []Fields {
	full := Fields{
		ID: "4711_hook_abcdefghijklmnop", Kind: "restocked", Title: `【再入荷】Nintendo "Switch" 2 ¥49,980（楽天市場）`,
		Text: "在庫あり\n¥49,980", URL: "https://shop.example/item?a=1&b=2", Image: "https://shop.example/1.jpg",
	}
	bare := Fields{ID: "dn-1_hook_abcdefghijklmnop", Kind: "unreadable", Title: "読めません", Silent: true}
	_ = json.Unmarshal([]byte(`{"specversion":"1.0","type":"sainyuka.alert.v1","id":"4711_hook_abcdefghijklmnop","source":"/sainyuka/k7","time":"2026-10-03T12:00:00Z",
		"data":{"kind":"restocked","also":["price_drop"],"product":{"id":"switch2","name":"Nintendo Switch 2"},"watch":{"id":"abc","url":"https://shop.example/item","source":"page"},
		"offer":{"availability":"InStock","sale_mode":"open","price":{"amount":"49980","currency":"JPY"},"effective_price":{"amount":"49036","currency":"JPY"},"shipping":{"amount":"0","currency":"JPY"},
		"points":499,"quantity":2,"seller":"a shop","condition":"new","title":"Switch 2","url":"https://shop.example/item","image":"https://shop.example/1.jpg"},
		"previous":{"availability":"OutOfStock","price":{"amount":"49980","currency":"JPY"}},"others":[],"marks":[],"observed_at":"2026-10-03T12:00:00Z","evidence":[]}}`), &full.Event)
	_ = json.Unmarshal([]byte(`{"specversion":"1.0","type":"sainyuka.alert.v1","id":"dn-1_hook_abcdefghijklmnop","source":"/sainyuka/k7","time":"2026-10-03T12:00:00Z",
		"data":{"kind":"unreadable","product":{"id":"switch2"},"watch":{"id":"abc","url":"https://shop.example/item","source":"page"},"offer":{"availability":"Unknown"}}}`), &bare.Event)
	return []Fields{full, bare}
}
