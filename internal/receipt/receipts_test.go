package receipt

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// memory is a store of records and facts.
type memory struct {
	last  map[string]stock.Change
	facts map[string]stock.KV
}

func (m *memory) Last(_ context.Context, tid string) (stock.Change, uint64, error) {
	if c, ok := m.last[tid]; ok {
		return c, 1, nil
	}
	return stock.Change{}, 0, nil
}

func (m *memory) History(context.Context, string, int) ([]stock.Entry, error) { return nil, nil }

func (m *memory) Fact(_ context.Context, key string) (stock.KV, error) { return m.facts[key], nil }

func (m *memory) Facts(_ context.Context, prefix string) (all []stock.KV, err error) {
	for key, f := range m.facts {
		if strings.HasPrefix(key, prefix) {
			all = append(all, f)
		}
	}
	return all, nil
}

func (m *memory) PutFact(_ context.Context, key string, value []byte, rev uint64) (uint64, error) {
	if m.facts[key].Rev != rev {
		return 0, stock.ErrConflict
	}
	m.facts[key] = stock.KV{Key: key, Value: value, Rev: rev + 1}
	return rev + 1, nil
}

func (m *memory) DeleteFact(_ context.Context, key string, _ uint64) error {
	delete(m.facts, key)
	return nil
}

// toldOf runs receipts of a product for a time and returns what they tell. The looks at one
// of its watches meet a captcha.
func toldOf(t *testing.T, store Store, facts Facts, p stock.Product, refused string, d time.Duration) (told []stock.Alert) {
	r := New(Receipts{
		Store: store, Facts: facts, Log: slog.New(slog.DiscardHandler),
		Plan: func() Plan { return Plan{Products: []stock.Product{p}, Wanted: true} },
		Tell: func(_ context.Context, a stock.Alert, _ string, _ time.Time) error {
			told = append(told, a)
			return nil
		},
	})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx) }()
	for range EnoughLooks {
		r.Looked(stock.Look{Watch: refused, At: time.Now(), Outcome: stock.Blocked, Reason: stock.Because(stock.ReasonCaptcha)})
	}
	time.Sleep(d)
	cancel()
	<-ended
	return told
}

// The owner hears of new watches once, also when the program begins again.
func TestNewWatchesAreToldOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := stock.Product{ID: "switch2", Name: "Switch 2", Watches: []stock.Watch{{ID: stock.ShortHash("read")}, {ID: stock.ShortHash("unread")}}}
		m := &memory{last: map[string]stock.Change{}, facts: map[string]stock.KV{}}
		read := stock.Change{Kind: stock.Baseline}
		read.Availability = stock.InStock
		m.last[p.Watches[0].ID] = read
		var told []stock.Alert
		for range 2 {
			told = append(told, toldOf(t, m, m, p, p.Watches[1].ID, patience+time.Minute)...)
		}
		if len(told) != 1 || told[0].Kind != stock.SetupReceipt {
			t.Fatalf("the owner was told %+v, want one receipt", told)
		}
		if s := told[0].News.Setup; s == nil || s.Read != 1 || s.Unread != 1 || len(s.Watches) != 2 || s.Watches[1].Reason.Code != stock.ReasonCaptcha {
			t.Errorf("the receipt says %+v, want one page that is read and one that asks for a captcha", s)
		}
	})
}

// slowMemory takes its time to find a record.
type slowMemory struct{ *memory }

func (m slowMemory) Last(ctx context.Context, tid string) (stock.Change, uint64, error) {
	select {
	case <-time.After(50 * time.Millisecond):
		return m.memory.Last(ctx, tid)
	case <-ctx.Done():
		return stock.Change{}, 0, ctx.Err()
	}
}

// A first start comes to its end also with more watches than one review has time for.
func TestAFirstStartWithVeryManyWatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &memory{last: map[string]stock.Change{}, facts: map[string]stock.KV{}}
		fresh := stock.ShortHash("fresh")
		p := stock.Product{ID: "switch2", Name: "Switch 2", Watches: []stock.Watch{{ID: fresh}}}
		for i := range 1000 {
			w := stock.Watch{ID: stock.ShortHash(fmt.Sprint(i))}
			p.Watches = append(p.Watches, w)
			m.last[w.ID] = stock.Change{Kind: stock.Baseline, PublishedAt: time.Now().Add(-time.Hour)}
		}
		told := toldOf(t, slowMemory{m}, m, p, fresh, patience)
		if len(told) != 1 || told[0].News.Setup == nil || len(told[0].News.Setup.Watches) != 1 {
			t.Errorf("the owner was told %+v, want one receipt of the one new watch among %d", told, len(p.Watches))
		}
	})
}
