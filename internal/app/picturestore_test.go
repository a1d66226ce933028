package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/sainyuka/sainyuka/internal/fakeshop"
)

// onePixel is a picture.
func onePixel(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 1, 1))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A picture is asked for once, also when it cannot be had, and is still there after a
// restart; there is room for so many.
func TestPicturesAreKept(t *testing.T) {
	dir, pixel := t.TempDir(), onePixel(t)
	asked := map[string]int{}
	load := func(_ context.Context, address string) ([]byte, error) {
		asked[address]++
		if strings.Contains(address, "gone") {
			return nil, errors.New("gone")
		}
		return pixel, nil
	}
	var came []string
	p := newPictures(dir, load, func(tid string) { came = append(came, tid) }, slog.New(slog.DiscardHandler))
	work := func() {
		for len(p.todo) > 0 {
			p.take(t.Context(), <-p.todo)
		}
	}
	for range 3 {
		for _, address := range []string{"https://a.example/1", "https://a.example/gone"} {
			p.Has("w", address)
			p.Has("w", address)
		}
		work()
	}
	if len(asked) != 2 || asked["https://a.example/1"] != 1 || asked["https://a.example/gone"] != 1 || len(came) != 1 {
		t.Errorf("asked %v, came %v; want each asked for once and one to come", asked, came)
	}
	again := newPictures(dir, load, func(string) {}, slog.New(slog.DiscardHandler))
	if body, kind, ok := again.Open("https://a.example/1"); !ok || kind != "image/png" || !bytes.Equal(body, pixel) || !again.Has("w", "https://a.example/1") {
		t.Errorf("after a restart the picture is %d bytes of %q, there %v", len(body), kind, ok)
	}
	p.bytes = picturesBytes // as if there were room for one
	if err := p.keep("new", pixel); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(filepath.Join(dir, "pictures"))
	if err != nil || len(files) != 1 || files[0].Name() != "new" {
		t.Errorf("when there is no room, kept are %v (%v), want the newest alone", files, err)
	}
	if p.Has("w", "https://a.example/1") {
		t.Error("a picture that was removed is said to be kept")
	}
	work()
	if asked["https://a.example/1"] != 1 {
		t.Errorf("a picture that was removed for another one was asked for %d times, want once", asked["https://a.example/1"])
	}
}

// The picture that was not shown for the longest time goes first, and one whose file is
// damaged is fetched again.
func TestUnusedPicturesGoFirst(t *testing.T) {
	pixel := onePixel(t)
	p := newPictures(t.TempDir(), func(context.Context, string) ([]byte, error) { return pixel, nil }, func(string) {}, slog.New(slog.DiscardHandler))
	const a, b, c = "https://a.example/a", "https://a.example/b", "https://a.example/c"
	for _, address := range []string{a, b} {
		p.take(t.Context(), wantedPicture{"w", address})
	}
	p.Has("w", a)
	p.bytes = picturesBytes - int64(len(pixel)) // room for one more, if one goes
	p.take(t.Context(), wantedPicture{"w", c})
	p.take(t.Context(), wantedPicture{"w", c + "2"})
	if !p.Has("w", a) || p.Has("w", b) || !p.Has("w", c) {
		t.Errorf("kept are a: %t, b: %t, c: %t; want b to go, which was not shown again", p.Has("w", a), p.Has("w", b), p.Has("w", c))
	}
	if err := os.WriteFile(filepath.Join(p.dir, pictureName(a)), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, ok := p.Open(a); ok {
		t.Error("a damaged picture is opened")
	}
	p.Has("w", a)
	if len(p.todo) != 1 {
		t.Errorf("%d pictures wait to be fetched after one was found damaged, want 1", len(p.todo))
	}
}

// The pictures of pages that are watched come through the same gate as the pages, are
// pictures and nothing else, and are shown by the dashboard when they are there.
func TestPicturesOnTheDashboard(t *testing.T) {
	pixel := onePixel(t)
	var asked atomic.Int64
	var b *box
	shop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Host != "img.example":
			b.street.ServeHTTP(w, r)
		case r.URL.Path == "/a.png":
			asked.Add(1)
			_, _ = w.Write(pixel)
		case r.URL.Path == "/a.svg":
			w.Header().Set("Content-Type", "image/png")
			fmt.Fprint(w, `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(shop.Close)
	b = newBox(t, Watch|Notify, "[fetch]\nproxy", fmt.Sprintf("[fetch]\nproxy = %q\n# it was", shop.URL))
	b.street.Change(itemURL, func(it *fakeshop.Item) { it.Image = "http://img.example/a.png" })
	b.run(t)
	b.ready(t)
	tid := b.watchOf(t, itemURL)
	eventually(t, "the picture in the list", func() bool { return strings.Contains(b.get(t, "/"), "pictures/"+tid) })
	if got := b.get(t, "/pictures/"+tid); got != string(pixel) {
		t.Errorf("the picture is %q", got)
	}
	if n := asked.Load(); n != 1 {
		t.Errorf("the shop was asked for the picture %d times, want once", n)
	}
	for _, address := range []string{"http://img.example/a.svg", "http://img.example/none", "http://169.254.169.254/a.png", "ftp://img.example/a.png"} {
		if body, err := b.observer.fetch.Picture(t.Context(), address); err == nil {
			t.Errorf("%s: a picture of %d bytes, want it refused", address, len(body))
		}
	}
}

// Where they are switched off, no shop is asked for a picture and none is shown.
func TestPicturesSwitchedOff(t *testing.T) {
	b := newBox(t, Watch|Notify, "[web]\n", "[web]\npictures = false\n")
	b.street.Change(itemURL, func(it *fakeshop.Item) { it.Image = "http://shop.example/picture/1.png" })
	b.run(t)
	b.ready(t)
	eventually(t, "the first look", func() bool { return strings.Contains(b.get(t, "/"), "在庫なし") })
	b.get(t, "/products/vane")
	b.looked(t, 3)
	if got := b.get(t, "/"); strings.Contains(got, "pictures/") {
		t.Errorf("without pictures the list shows one:\n%s", got)
	}
	for _, r := range b.street.Requests("shop.example") {
		if strings.HasPrefix(r.Path, "/picture/") {
			t.Error("the shop was asked for a picture")
		}
	}
}
