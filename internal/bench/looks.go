package bench

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/gocolly/colly/v2"
	"github.com/klauspost/compress/gzip"

	"github.com/sainyuka/sainyuka/internal/app"
	"github.com/sainyuka/sainyuka/internal/config"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// floor is the least that a look at a whole page costs: read the bytes, undo their
// encoding, look for structured data by a scan, all in memory that is used again.
type floor struct {
	transport *http.Transport
	raw, text bytes.Buffer
	gzip      gzip.Reader
}

func newFloor() *floor {
	return &floor{transport: &http.Transport{DisableCompression: true, ReadBufferSize: 16 << 10}}
}

func (f *floor) look(ctx context.Context, address string, header http.Header) (status int, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, err
	}
	r.Header = header
	answer, err := f.transport.RoundTrip(r)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	f.raw.Reset()
	if _, err := f.raw.ReadFrom(answer.Body); err != nil || answer.StatusCode != http.StatusOK {
		return answer.StatusCode, err
	}
	return answer.StatusCode, f.unzip(f.raw.Bytes())
}

// unzip undoes the encoding and scans what comes.
func (f *floor) unzip(raw []byte) error {
	if err := f.gzip.Reset(bytes.NewReader(raw)); err != nil {
		return err
	}
	f.text.Reset()
	if _, err := f.text.ReadFrom(&f.gzip); err != nil {
		return err
	}
	for rest := f.text.Bytes(); ; {
		_, after, found := bytes.Cut(rest, []byte("application/ld+json"))
		if !found {
			return nil
		}
		rest = after
	}
}

func (f *floor) task(ctx context.Context, name, address string) task {
	return task{name: name, run: func() error {
		status, err := f.look(ctx, address, http.Header{"Accept-Encoding": {"gzip"}})
		if err == nil && status != http.StatusOK {
			err = fmt.Errorf("status %d", status)
		}
		return err
	}}
}

// bare304 is a conditional request by net/http alone.
func (f *floor) bare304(ctx context.Context, name, address string) task {
	return task{name: name, run: func() error {
		status, err := f.look(ctx, address, http.Header{"If-None-Match": {`"1"`}})
		if err == nil && status != http.StatusNotModified {
			err = fmt.Errorf("status %d, want 304", status)
		}
		return err
	}}
}

// newLooker returns what looks as a watcher does, without waiting between two looks.
func newLooker() (*app.Looker, error) {
	cfg := &config.Config{Fetch: config.Fetch{Timeout: 30 * time.Second, AllowPrivateAddresses: true}}
	return app.NewLooker(cfg, "bench", func(string) time.Duration { return 0 }, slog.New(slog.DiscardHandler))
}

// look is a task that looks at a page whose availability is known.
func look(ctx context.Context, l *app.Looker, name, address string, want stock.Outcome) task {
	return task{name: name, run: func() error {
		o := l.Observe(ctx, address)
		if o.Outcome != want || o.Offer.Availability != stock.SoldOut && o.Offer.Availability != stock.OutOfStock {
			return fmt.Errorf("%s: %s, %s (%s), want %s and out of stock", address, o.Outcome, o.Offer.Availability, o.Reason, want)
		}
		return nil
	}}
}

// collyLook is the same page by colly with one selector.
func collyLook(name, address string) task {
	c := colly.NewCollector(colly.AllowURLRevisit())
	found := 0
	c.OnHTML(".buybox .stock", func(*colly.HTMLElement) { found++ })
	return task{name: name, run: func() error {
		found = 0
		if err := c.Visit(address); err != nil {
			return err
		}
		if found != 1 {
			return fmt.Errorf("colly found %d elements, want 1", found)
		}
		return nil
	}}
}

// savedPages reads pages from memory: the cost of reading alone.
func savedPages(pages [][]byte, name string, read func(body []byte) error) task {
	return task{name: name, run: func() error {
		for _, p := range pages {
			if err := read(p); err != nil {
				return err
			}
		}
		return nil
	}}
}

func readAll(raw []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}
