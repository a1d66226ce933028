package app

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/sainyuka/sainyuka/internal/config"
	"github.com/sainyuka/sainyuka/internal/fakeshop"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// In an empty folder, without a file: the first page is pasted on the dashboard, this
// browser subscribes there, and is shown the receipt of the new page and the first alert.
// Only where the shops and the push service are is another place than a user's.
func TestFromAnEmptyFolderToTheFirstAlert(t *testing.T) {
	t.Chdir(t.TempDir())
	service := newAutopush(t)
	b := &box{street: fakeshop.New(), stdout: &buffer{}, log: &buffer{}}
	shops := httptest.NewServer(b.street)
	t.Cleanup(shops.Close)
	t.Cleanup(b.street.Close)
	b.set(itemURL, stock.OutOfStock)
	b.build(t, Watch|Notify, func() (*config.Config, error) {
		cfg, err := config.Default("ja")
		if err != nil {
			return nil, err
		}
		cfg.Web.Listen, cfg.Fetch.Proxy = "127.0.0.1:0", shops.URL
		for i := range cfg.Channels {
			if cfg.Channels[i].Type == typeWebPush {
				cfg.Channels[i].Services = []string{service.host()}
			}
		}
		return cfg, nil
	})
	b.run(t)
	b.ready(t)
	f := startFirefox(t, "ws://"+service.host()+"/autopush")
	home := "http://" + b.Addr() + "/"

	f.open(t, home)
	follow(t, f, `document.querySelector("a.add").click()`, "/add")
	follow(t, f, `document.getElementById("url").value = "`+itemURL+`"; document.getElementById("url").form.requestSubmit()`, "url="+url.QueryEscape(itemURL))
	if got := f.run(t, `return document.querySelector(".preview .badge")?.textContent ?? document.getElementById("main").textContent`); got != "在庫なし" {
		t.Fatalf("the preview of the first page says %q, want 在庫なし", got)
	}
	follow(t, f, `document.getElementById("f-interval").value = "30s"; document.getElementById("save").requestSubmit()`, "/products/")
	product := f.run(t, `return location.href`)

	f.open(t, home+"settings")
	if got := f.run(t, pressButton); got != "true" {
		t.Fatalf("after the button was pressed the page says %q, want that it is subscribed", got)
	}
	var shown []notification
	eventually(t, "the receipt of the new page", func() bool {
		shown = f.shown(t)
		return len(shown) > 0
	})
	if !strings.Contains(shown[0].Title+shown[0].Body, "風見鶏") || strings.Contains(shown[0].Title, "再入荷】") {
		t.Errorf("the browser shows %+v, want the receipt of the new page", shown)
	}
	b.set(itemURL, stock.InStock)
	eventually(t, "the first alert", func() bool {
		for _, n := range f.shown(t) {
			if strings.Contains(n.Title, "再入荷】") && strings.Contains(n.Title+n.Body, "1,980") && n.URL == itemURL {
				return true
			}
		}
		return false
	})
	f.open(t, product)
	if got := f.run(t, `return document.querySelector("header.head .badge").className`); got != "badge now" {
		t.Errorf("the product's page shows %q, want that it can be bought", got)
	}
	f.open(t, home)
	if got := f.run(t, `return document.querySelector("#rows li.now h2").textContent`); !strings.Contains(got, "風見鶏") {
		t.Errorf("the list begins with %q", got)
	}
	if wrong, _ := f.heard(t); len(wrong) > 0 {
		t.Errorf("the console complains: %q", wrong)
	}
}
