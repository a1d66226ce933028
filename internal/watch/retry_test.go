package watch_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// Twenty watches of as many hosts, refused for half an hour as on a full disk:
// the log says so once, and a word that the journal may be there again is enough
// for all of them to be told at once.
func TestRetry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const hosts = 20
		w := newWorld(t)
		w.street.answer = flips(time.Now(), 10*time.Minute)
		var products []stock.Product
		for i := range hosts {
			products = append(products, product(fmt.Sprint("p", i), time.Minute, fmt.Sprintf("http://%d.example/", i)))
		}
		var log bytes.Buffer
		o := w.options("one")
		o.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelInfo}))
		r := w.start(o, products)
		after(5 * time.Minute)
		w.journal.set(func(j *journal) { j.refuse = errors.New("no space") })
		after(32 * time.Minute)
		w.journal.set(func(j *journal) { j.refuse = nil })
		r.Retry()
		synctest.Wait() // no time passes
		for _, p := range products {
			if got, want := w.journal.kinds(p.Watches[0].ID), "baseline restocked sold_out restocked"; got != want {
				t.Errorf("records of %s: %q, want %q", p.ID, got, want)
			}
		}
		r.stop()
		for _, line := range []string{"the journal refuses a change", "the journal takes all changes again"} {
			if n := strings.Count(log.String(), line); n != 1 {
				t.Errorf("the log says %q %d times, want once:\n%s", line, n, log.String())
			}
		}
	})
}

// One change that is taken tells that the others may be taken too.
func TestAChangeThatIsTakenBringsTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.street.answer = flips(time.Now(), 10*time.Minute)
		p, q := product("p", time.Minute, shopA), product("q", time.Minute, shopB)
		r := w.start(w.options("one"), []stock.Product{p, q})
		after(5 * time.Minute)
		w.journal.set(func(j *journal) { j.refuse = errors.New("no space") })
		after(32 * time.Minute)
		w.journal.set(func(j *journal) { j.refuse = nil })
		for len(strings.Fields(w.journal.kinds(p.Watches[0].ID)+" "+w.journal.kinds(q.Watches[0].ID))) == 2 {
			after(100 * time.Millisecond)
		}
		after(100 * time.Millisecond)
		for _, p := range []stock.Product{p, q} {
			if got, want := w.journal.kinds(p.Watches[0].ID), "baseline restocked sold_out restocked"; got != want {
				t.Errorf("records of %s right after the first was taken: %q, want %q", p.ID, got, want)
			}
		}
		r.stop()
	})
}
