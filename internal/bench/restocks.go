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

// restockPages is how many pages are sold out and in stock in turn, half of them large.
const restockPages = 8

// restocks serves pages that go in and out of stock, and the webhook for their alerts. As
// both are in one process, it can measure the time from a page's last byte to its alert.
type restocks struct {
	server *http.Server
	port   string // of all hosts

	mu      sync.Mutex
	in      [restockPages]bool
	told    [restockPages]bool          // the page was sent since its state changed
	sent    [restockPages]clock.Instant // when its last byte was sent
	alerted [restockPages]chan struct{}
	took    [restockPages]times
	in545   []byte
	out545  []byte
}

// restockHost returns the address of the nth page's host.
func restockHost(n int) string { return fmt.Sprintf("127.2.0.%d", n+1) }

func openRestocks(ctx context.Context) (*restocks, error) {
	b := &restocks{out545: zipped(variant{price: 9900, charset: "utf-8"}.page())}
	b.in545 = zipped(inStock(variant{price: 9900, charset: "utf-8"}.page()))
	for n := range b.alerted {
		b.alerted[n] = make(chan struct{}, 1)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/robots.txt", http.NotFound)
	mux.HandleFunc("/restock/{n}", b.page)
	mux.HandleFunc("/alert", b.alert)
	b.server = &http.Server{Handler: mux, ReadHeaderTimeout: time.Minute}
	port := "0"
	for n := range restockPages {
		l, err := new(net.ListenConfig).Listen(ctx, "tcp", restockHost(n)+":"+port)
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

func (b *restocks) close() { _ = b.server.Close() }

// inStock returns a page that is sold out as one that is in stock.
func inStock(page []byte) []byte {
	return []byte(strings.NewReplacer("schema.org/OutOfStock", "schema.org/InStock", "売り切れました", "在庫あり",
		`<button type="submit" disabled>売り切れ</button>`, `<button type="submit">カートに入れる</button>`).Replace(string(page)))
}

// config returns the configuration that watches the pages, with a webhook for the alerts.
func (b *restocks) config() string {
	var c strings.Builder
	for n := range restockPages {
		fmt.Fprintf(&c, "[host.\"%s:%s\"]\nevery = \"100ms\"\n[[product]]\nid = \"restock-%d\"\nnotify = [\"hook\"]\n[[product.watch]]\nurl = \"http://%s:%s/restock/%d\"\ninterval = \"1s\"\n",
			restockHost(n), b.port, n, restockHost(n), b.port, n)
	}
	fmt.Fprintf(&c, "[[channel]]\nid = \"hook\"\ntype = \"webhook\"\nurl = \"http://%s:%s/alert\"\n", restockHost(0), b.port)
	return c.String()
}

// page answers with a page: the first half of them are small, the others large.
func (b *restocks) page(w http.ResponseWriter, r *http.Request) {
	var n int
	if _, err := fmt.Sscan(r.PathValue("n"), &n); err != nil || n < 0 || n >= restockPages {
		http.NotFound(w, r)
		return
	}
	b.mu.Lock()
	in, first := b.in[n], !b.told[n]
	b.told[n] = true
	b.mu.Unlock()
	if n < restockPages/2 {
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

// alert takes an alert.
func (b *restocks) alert(w http.ResponseWriter, r *http.Request) {
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
	if _, err := fmt.Sscanf(alert.Data.Product.ID, "restock-%d", &n); err != nil || n < 0 || n >= restockPages {
		return
	}
	b.mu.Lock()
	b.took[n] = append(b.took[n], now.Sub(b.sent[n]))
	b.mu.Unlock()
	select {
	case b.alerted[n] <- struct{}{}:
	default:
	}
}

// alternate puts every page in stock, waits for its alert, and takes it out of stock, until
// ctx ends.
func (b *restocks) alternate(ctx context.Context) {
	var all sync.WaitGroup
	for n := range restockPages {
		all.Go(func() {
			for ctx.Err() == nil {
				b.set(n, true)
				select {
				case <-ctx.Done():
				case <-b.alerted[n]:
				}
				b.set(n, false)
				for ctx.Err() == nil && !b.isTold(n) {
					clock.Sleep(ctx, 20*time.Millisecond)
				}
				clock.Sleep(ctx, 2500*time.Millisecond) // a page that restocks was sold out for more than one look
			}
		})
	}
	all.Wait()
}

func (b *restocks) set(n int, in bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.in[n], b.told[n] = in, false
}

func (b *restocks) isTold(n int) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.told[n]
}

// times are those of the small pages and of the large ones.
func (b *restocks) times() (small, large times) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for n, t := range b.took {
		if n < restockPages/2 {
			small = append(small, t...)
		} else {
			large = append(large, t...)
		}
	}
	return small, large
}
