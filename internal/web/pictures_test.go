package web_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
	"github.com/sainyuka/sainyuka/internal/web"
)

// album is Pictures that has those of which it was told.
type album struct {
	kept   map[string]string
	wanted []string
}

func (a *album) Has(tid, address string) bool {
	if a.kept[address] == "" {
		a.wanted = append(a.wanted, tid+" "+address)
	}
	return a.kept[address] != ""
}

func (a *album) Open(address string) ([]byte, string, bool) {
	return []byte(a.kept[address]), "image/png", a.kept[address] != ""
}

// A picture is shown from our own cache once it is there; until then, and where its
// address is none of the web, there is none, and no browser asks the shop.
func TestPictures(t *testing.T) {
	a := &album{kept: map[string]string{}}
	s, _ := site(t, func(o *web.Options) { o.Pictures = a })
	const image = "https://img.small.example/kettle.png"
	p := product("kettle", "Kettle", smallKettle)
	c := changeTo(p, p.Watches[0], stock.InStock, 100)
	c.Offer.Image, c.ObservedAt = image, time.Now()
	s.Record(p.Watches[0].ID, 99, c)
	h := s.Handler()
	if n := document(t, do(h, "GET", "/")).Find("#p-kettle img").Length(); n != 0 {
		t.Errorf("a picture that is not there yet is shown %d times", n)
	}
	if len(a.wanted) == 0 || a.wanted[0] != p.Watches[0].ID+" "+image {
		t.Fatalf("wanted: %v, want the picture of the offer", a.wanted)
	}
	a.kept[image] = "png"
	s.PictureCame(p.Watches[0].ID)
	src := document(t, do(h, "GET", "/")).Find("#p-kettle img").AttrOr("src", "")
	if !strings.HasPrefix(src, "pictures/"+p.Watches[0].ID+"?") {
		t.Fatalf("the picture is at %q, want it below pictures/", src)
	}
	w := do(h, "GET", "/"+src)
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "image/png" || w.Body.String() != "png" || !strings.Contains(w.Header().Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("the picture: %d %v %q", w.Code, w.Header(), w.Body)
	}
	if w := do(h, "GET", "/pictures/nobody"); w.Code != http.StatusNotFound {
		t.Errorf("the picture of no watch: %d, want 404", w.Code)
	}
}

// The picture of a page that is looked at before it is watched is waited for, and no other
// address can be asked for by that way.
func TestPicturesOfNewPages(t *testing.T) {
	a := &album{kept: map[string]string{}}
	const image = "https://img.small.example/new.png"
	s, _ := site(t, func(o *web.Options) {
		o.Pictures, o.Editor = a, &editor{}
		o.Preview = func(context.Context, stock.LookRequest) (web.Preview, error) {
			var p web.Preview
			p.Look.Outcome, p.Look.Offer = stock.OK, stock.Offer{Title: "New", Availability: stock.InStock, Image: image}
			return p, nil
		}
	})
	h := s.Handler()
	src := document(t, do(h, "GET", "/add?url=https%3A%2F%2Fsmall.example%2Fnew")).Find(".preview img").AttrOr("src", "")
	if !strings.HasPrefix(src, "./pictures/new/") {
		t.Fatalf("the picture of the new page is at %q, want it below pictures/new/", src)
	}
	src = strings.TrimPrefix(src, ".")
	if w := do(h, "GET", src); w.Code != http.StatusNoContent || len(a.wanted) == 0 || a.wanted[0] != " "+image {
		t.Errorf("a picture that does not come: %d, wanted: %v; want nothing, and that it was asked for", w.Code, a.wanted)
	}
	a.kept[image] = "png"
	if w := do(h, "GET", src); w.Code != http.StatusOK || w.Body.String() != "png" {
		t.Errorf("the picture: %d %q", w.Code, w.Body)
	}
	if w := do(h, "GET", "/pictures/new/"+stock.ShortHash("https://img.small.example/other.png")); w.Code != http.StatusNotFound {
		t.Errorf("the picture of a page that nobody looked at: %d, want 404", w.Code)
	}
}
