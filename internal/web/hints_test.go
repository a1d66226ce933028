package web_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
	"github.com/sainyuka/sainyuka/internal/web"
)

// hinted is a site that notes the hints it passed on.
func hinted(t *testing.T, token string) (*web.Server, *[]stock.Hint) {
	t.Helper()
	var passed []stock.Hint
	s, _ := site(t, func(o *web.Options) {
		products := o.Products()
		products[0].JAN, products[0].Keywords = "4900000000092", []string{"YK-07"}
		o.Products = func() []stock.Product { return products }
		o.HintsToken, o.Password = token, "another"
		o.Hint = func(h stock.Hint) error {
			passed = append(passed, h)
			return nil
		}
	})
	return s, &passed
}

func tell(h http.Handler, token, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", "/api/v1/hints", strings.NewReader(body))
	r.Host = "bot.example" // whoever knows the token may come by any name
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestHints(t *testing.T) {
	now := time.Now().UTC().Truncate(time.Second)
	soon := now.Add(time.Hour).Format(time.RFC3339)
	for _, tt := range []struct {
		name, body string
		status     int
		says       string
		want       []stock.Hint // At only where it was given
	}{
		{"product", `{"product":"kettle"}`, 202, "", []stock.Hint{{Product: "kettle", Source: "api"}}},
		{"JAN", `{"jan":"4900000000092","source":"keepa"}`, 202, "", []stock.Hint{{Product: "kettle", Source: "keepa"}}},
		{"headline", `{"text":"【再入荷】ＹＫ－０７ 楽天"}`, 202, "", []stock.Hint{{Product: "kettle", Source: "api"}}},
		{"headline on nothing of ours", `{"text":"PS5"}`, 202, "", nil},
		{"page", `{"url":"https://small.example/kettle"}`, 202, "", []stock.Hint{{Product: "kettle", Source: "api", Watch: stock.WatchID("kettle", "https://small.example/kettle")}}},
		{
			"a sale ends soon", `{"product":"camera","source":"sale","at":"` + soon + `","within_seconds":900}`, 202, "",
			[]stock.Hint{{Product: "camera", Source: "sale", At: now.Add(time.Hour), Within: 15 * time.Minute}},
		},
		{"no such product", `{"product":"nothing"}`, 404, "no such product", nil},
		{"two at once", `{"product":"kettle","jan":"1"}`, 400, "give one of", nil},
		{"nothing", `{}`, 400, "give one of", nil},
		{"not JSON", `kettle`, 400, "not a hint", nil},
		{"unknown member", `{"prodct":"kettle"}`, 400, "prodct", nil},
		{"too large", `{"text":"` + strings.Repeat("x", 70_000) + `"}`, 400, "at most", nil},
		{"old", `{"product":"kettle","at":"2020-01-01T00:00:00Z"}`, 400, "at must lie", nil},
		{"far away", `{"product":"kettle","at":"2120-01-01T00:00:00Z"}`, 400, "at must lie", nil},
		{"too long", `{"product":"kettle","within_seconds":21601}`, 400, "within_seconds", nil},
		{"our own name", `{"product":"kettle","source":"shop"}`, 400, "choose another", nil},
		{"a source of two lines", `{"product":"kettle","source":"a\nb"}`, 400, "source must", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, passed := hinted(t, "secret")
			w := tell(s.Handler(), "secret", tt.body)
			if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.says) {
				t.Errorf("POST %.80s = %d %s, want %d with %q", tt.body, w.Code, w.Body, tt.status, tt.says)
			}
			for i := range *passed {
				if h := &(*passed)[i]; !strings.Contains(tt.body, `"at"`) {
					if age := time.Since(h.At); age < 0 || age > time.Minute {
						t.Errorf("the hint begins %v ago, want now", age)
					}
					h.At = time.Time{}
				}
			}
			if !slices.Equal(*passed, tt.want) {
				t.Errorf("POST %.80s passed on %v, want %v", tt.body, *passed, tt.want)
			}
			var products []string
			for _, h := range tt.want {
				products = append(products, fmt.Sprintf("%q", h.Product))
			}
			if want := `{"products":[` + strings.Join(products, ",") + `]}`; w.Code == 202 && strings.TrimSpace(w.Body.String()) != want {
				t.Errorf("POST %.80s answers %s, want %s", tt.body, w.Body, want)
			}
		})
	}
}

func TestOnlyTheTokenOpensTheDoorForHints(t *testing.T) {
	const body = `{"product":"kettle"}`
	open, _ := hinted(t, "secret")
	shut, _ := hinted(t, "")
	for _, tt := range []struct {
		name  string
		h     http.Handler
		token string
		want  int
	}{
		{"the token", open.Handler(), "secret", 202},
		{"none", open.Handler(), "", 401},
		{"another", open.Handler(), "Secret", 401},
		{"the password", open.Handler(), "another", 401},
		{"any, when none is set", shut.Handler(), "secret", 403},
		{"an empty one, when none is set", shut.Handler(), "", 403},
		{"nothing on the control socket", shut.Control(), "", 202},
	} {
		if w := tell(tt.h, tt.token, body); w.Code != tt.want {
			t.Errorf("%s: %d %s, want %d", tt.name, w.Code, w.Body, tt.want)
		}
	}
	if w := do(open.Handler(), "GET", "/api/v1/products", "Authorization", "Bearer secret"); w.Code != 401 {
		t.Errorf("GET products with the hints' token = %d, want 401: it opens no other path", w.Code)
	}
	if w := do(open.Handler(), "GET", "/api/v1/hints", "Authorization", "Bearer secret"); w.Code != 405 {
		t.Errorf("GET hints = %d, want 405", w.Code)
	}
	synctest.Test(t, func(t *testing.T) {
		open, _ := hinted(t, "secret")
		h := open.Handler()
		var last int
		for range 20 {
			last = tell(h, "guess", body).Code
		}
		if last != 429 {
			t.Errorf("the twentieth wrong token: %d, want 429", last)
		}
	})
}
