package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
)

// bellPages is how many pages are sold out and in stock in turn, half of them large.
const bellPages = 8

// bells are pages of which each restock rings, and the webhook that hears it: one process
// notes when a page's last byte went out and when its alert came in.
type bells struct {
	server *http.Server
	port   string // of all hosts

	mu     sync.Mutex
	in     [bellPages]bool
	told   [bellPages]bool          // the page of now was sent since it changed
	sent   [bellPages]clock.Instant // when its last byte was
	rang   [bellPages]chan struct{}
	took   [bellPages]times
	in545  []byte
	out545 []byte
}

// bellHost is the address of a bell's own host.
func bellHost(n int) string { return fmt.Sprintf("127.2.0.%d", n+1) }

func openBells(ctx context.Context) (*bells, error) {
	b := &bells{out545: zipped(variant{price: 9900, charset: "utf-8"}.page())}
	b.in545 = zipped(inStock(variant{price: 9900, charset: "utf-8"}.page()))
	for n := range b.rang {
		b.rang[n] = make(chan struct{}, 1)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/robots.txt", http.NotFound)
	mux.HandleFunc("/bell/{n}", b.page)
	mux.HandleFunc("/heard", b.heard)
	b.server = &http.Server{Handler: mux, ReadHeaderTimeout: time.Minute}
	port := "0"
	for n := range bellPages {
		l, err := new(net.ListenConfig).Listen(ctx, "tcp", bellHost(n)+":"+port)
		if err != nil {
			b.close()
			return nil, err
		}
		_, port, _ = net.SplitHostPort(l.Addr().String())
		go func() { _ = b.server.Serve(l) }()
	}
	b.port = port
	return b, nil
}

func (b *bells) close() { _ = b.server.Close() }

// inStock is a page that says the contrary.
func inStock(page []byte) []byte {
	return []byte(strings.NewReplacer("schema.org/OutOfStock", "schema.org/InStock", "売り切れました", "在庫あり",
		`<button type="submit" disabled>売り切れ</button>`, `<button type="submit">カートに入れる</button>`).Replace(string(page)))
}

// config watches the bells and tells of them by webhook.
func (b *bells) config() string {
	var c strings.Builder
	for n := range bellPages {
		fmt.Fprintf(&c, "[host.\"%s:%s\"]\nevery = \"100ms\"\n[[product]]\nid = \"bell-%d\"\nnotify = [\"hook\"]\n[[product.watch]]\nurl = \"http://%s:%s/bell/%d\"\ninterval = \"1s\"\n",
			bellHost(n), b.port, n, bellHost(n), b.port, n)
	}
	fmt.Fprintf(&c, "[[channel]]\nid = \"hook\"\ntype = \"webhook\"\nurl = \"http://%s:%s/heard\"\n", bellHost(0), b.port)
	return c.String()
}

// page answers for a bell: the first half of them are small, the others large.
func (b *bells) page(w http.ResponseWriter, r *http.Request) {
	var n int
	if _, err := fmt.Sscan(r.PathValue("n"), &n); err != nil || n < 0 || n >= bellPages {
		http.NotFound(w, r)
		return
	}
	b.mu.Lock()
	in, first := b.in[n], !b.told[n]
	b.told[n] = true
	b.mu.Unlock()
	if n < bellPages/2 {
		text := []byte(smallPage(fmt.Sprint(n), "http://"+r.Host+r.URL.Path))
		if in {
			text = inStock(text)
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(text)
	} else if in {
		answer(w, b.in545)
	} else {
		answer(w, b.out545)
	}
	if f, ok := w.(http.Flusher); ok {
		f.Flush()
	}
	if in && first {
		b.mu.Lock()
		b.sent[n] = clock.Now()
		b.mu.Unlock()
	}
}

// heard takes an alert.
func (b *bells) heard(w http.ResponseWriter, r *http.Request) {
	now := clock.Now()
	var alert struct {
		Data struct {
			Product struct{ ID string }
		}
	}
	if err := json.NewDecoder(r.Body).Decode(&alert); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	var n int
	if _, err := fmt.Sscanf(alert.Data.Product.ID, "bell-%d", &n); err != nil || n < 0 || n >= bellPages {
		return
	}
	b.mu.Lock()
	b.took[n] = append(b.took[n], now.Sub(b.sent[n]))
	b.mu.Unlock()
	select {
	case b.rang[n] <- struct{}{}:
	default:
	}
}

// ring lets all bells ring again and again until ctx ends.
func (b *bells) ring(ctx context.Context) {
	var all sync.WaitGroup
	for n := range bellPages {
		all.Go(func() {
			for ctx.Err() == nil {
				b.set(n, true)
				select {
				case <-ctx.Done():
				case <-b.rang[n]:
				}
				b.set(n, false)
				for ctx.Err() == nil && !b.isTold(n) {
					pause(ctx, 20*time.Millisecond)
				}
				pause(ctx, 2500*time.Millisecond) // a page that restocks was sold out for more than one look
			}
		})
	}
	all.Wait()
}

func (b *bells) set(n int, in bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.in[n], b.told[n] = in, false
}

func (b *bells) isTold(n int) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.told[n]
}

// times are those of the small pages and of the large ones.
func (b *bells) times() (small, large times) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for n, t := range b.took {
		if n < bellPages/2 {
			small = append(small, t...)
		} else {
			large = append(large, t...)
		}
	}
	return small, large
}
