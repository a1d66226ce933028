package app

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// A page that is news is read while others wait for their turn, and only one more than
// usual is.
func TestNewsDoNotWaitToBeRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, end := newReaders(2), make(chan struct{})
		var mu sync.Mutex
		read := map[string]bool{}
		begin := func(name string, news bool) {
			go func() {
				_ = r.do(t.Context(), news, func() {
					mu.Lock()
					read[name] = true
					mu.Unlock()
					<-end
				})
			}()
			synctest.Wait()
		}
		for _, step := range []struct {
			name       string
			news, want bool
		}{
			{"a", false, true},
			{"b", false, true},
			{"a third usual page", false, false},
			{"news", true, true},
			{"news beside other news", true, false},
		} {
			begin(step.name, step.news)
			if read[step.name] != step.want {
				t.Errorf("%s: read at once %t, want %t", step.name, read[step.name], step.want)
			}
		}
		ctx, cancel := context.WithCancelCause(t.Context())
		stop := errors.New("stop")
		cancel(stop)
		if err := r.do(ctx, true, func() { t.Error("read after its end") }); !errors.Is(err, stop) {
			t.Errorf("a page whose look has ended: %v, want %v", err, stop)
		}
		close(end)
		synctest.Wait()
		if len(read) != 5 {
			t.Errorf("%d pages were read in the end, want 5: %v", len(read), read)
		}
	})
}

func TestWhatIsNews(t *testing.T) {
	out := []byte(`<p class="stock">売り切れ</p>`)
	seen := stock.Observation{Evidence: []stock.Evidence{
		{Fact: stock.FactPrice, Text: "1,980円"},
		{Fact: stock.FactAvailability, Text: "売り切れ"},
		{Fact: stock.FactAvailability, Text: "not as it stands on the page"},
	}}
	signs := signsOf(seen, out)
	for _, tt := range []struct {
		name string
		last reading
		body string
		want bool
	}{
		{"no reading", reading{}, "x", false},
		{"another at every look, still sold out", reading{signs: signs}, `<p>1,900円</p><p class="stock">売り切れ</p>`, false},
		{"another at every look, no longer sold out", reading{signs: signs}, `<p class="stock">在庫あり</p>`, true},
		{"the same until now", reading{signs: signs, still: true}, `<p>new</p><p class="stock">売り切れ</p>`, true},
	} {
		if got := tt.last.isNews([]byte(tt.body)); got != tt.want {
			t.Errorf("%s: news %t, want %t", tt.name, got, tt.want)
		}
	}
}
