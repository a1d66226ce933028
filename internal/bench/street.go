package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"time"
)

// hostOf is the address of the street's nth house.
func hostOf(n int) string { return fmt.Sprintf("127.1.%d.%d", n/250, n%250+1) }

// ServeStreet is a street of so many hosts: it prints the port that all of them have and
// answers until its standard input ends.
func ServeStreet(ctx context.Context, hosts int, in io.Reader, out io.Writer) error {
	first, err := new(net.ListenConfig).Listen(ctx, "tcp", hostOf(0)+":0")
	if err != nil {
		return err
	}
	_, port, err := net.SplitHostPort(first.Addr().String())
	if err != nil {
		return err
	}
	listeners := []net.Listener{first}
	for n := 1; n < hosts; n++ {
		l, err := new(net.ListenConfig).Listen(ctx, "tcp", hostOf(n)+":"+port)
		if err != nil {
			return fmt.Errorf("listen on many addresses of the loopback interface (Linux only): %w", err)
		}
		listeners = append(listeners, l)
	}
	s := &http.Server{Handler: streetPages(), ReadHeaderTimeout: time.Minute}
	fmt.Fprintln(out, port)
	go func() {
		_, _ = io.Copy(io.Discard, in)
		_ = s.Close()
	}()
	ended := make(chan error, len(listeners))
	for _, l := range listeners {
		go func() { ended <- s.Serve(l) }()
	}
	if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// streetPages answers for a small page of any name, and for the large ones.
func streetPages() http.Handler {
	large := map[string][]byte{
		"/sjis": zipped(variant{price: 9900, charset: "shift_jis"}.page()),
		"/two":  zipped(twoMegabytes()),
		"/same": zipped(variant{price: 9900, charset: "utf-8"}.page()),
	}
	changing := changingPages()
	mux := http.NewServeMux()
	mux.HandleFunc("/robots.txt", http.NotFound)
	mux.HandleFunc("/small/{id}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, smallPage(r.PathValue("id"), "http://"+r.Host+r.URL.Path))
	})
	mux.HandleFunc("/sjis/{id}", func(w http.ResponseWriter, _ *http.Request) { answer(w, large["/sjis"]) })
	mux.HandleFunc("/two/{id}", func(w http.ResponseWriter, _ *http.Request) { answer(w, large["/two"]) })
	mux.HandleFunc("/same/{id}", func(w http.ResponseWriter, _ *http.Request) { answer(w, large["/same"]) })
	mux.HandleFunc("/changed/{id}", changing)
	return mux
}

// smallPage returns a page of about 1 KB, as of a small shop, with all facts of a record.
func smallPage(id, address string) string {
	return strings.NewReplacer("ID", id, "ADDRESS", address).Replace(`<!DOCTYPE html><html lang="ja"><head><meta charset="utf-8"><title>アカリ ランプ ID | 明かりの店</title>
<script type="application/ld+json">{"@context":"https://schema.org","@type":"Product","name":"アカリ ランプ 北欧 真鍮 寝室 ID","sku":"AKID","image":"https://img.example/lamps/ID.jpg","offers":{"@type":"Offer","url":"ADDRESS","price":9900,"priceCurrency":"JPY","itemCondition":"https://schema.org/NewCondition","availability":"https://schema.org/OutOfStock","seller":{"@type":"Organization","name":"明かりの店"}}}</script></head>
<body><h1>アカリ ランプ 北欧 真鍮 寝室 ID</h1><div class="buybox"><p class="price">9,900円（税込）</p><p class="stock">売り切れました</p><form action="/cart/add" method="post"><button type="submit" disabled>売り切れ</button></form></div></body></html>`)
}

// twoMegabytes is a page of that size.
func twoMegabytes() []byte {
	page := variant{price: 9900, charset: "utf-8"}.page()
	head, tail, _ := strings.Cut(string(page), "</section>")
	_, tiles, _ := strings.Cut(head, `<section class="related">`)
	for len(head) < 2<<20 {
		head += tiles
	}
	return []byte(head + "</section>" + tail)
}

// changingPages answers with another price each time.
func changingPages() http.HandlerFunc {
	var bodies [][]byte
	for i := 1; i <= versions; i++ {
		bodies = append(bodies, zipped(variant{price: 9900 + i, charset: "utf-8"}.page()))
	}
	var served atomic.Int64
	return func(w http.ResponseWriter, _ *http.Request) {
		answer(w, bodies[int(served.Add(1))%len(bodies)])
	}
}
