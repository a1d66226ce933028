package notify

import (
	"strings"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// The limit of now counts, also for what was written before it was lowered.
func TestAWaitingLetterAboveALoweredLimitDoesNotRing(t *testing.T) {
	for _, tt := range []struct {
		name     string
		kind     stock.Kind
		redriven bool
		lower    func(p *stock.Product)
		sends    int
		dead     int
	}{
		{"the price", stock.Restocked, false, func(p *stock.Product) { p.MaxPrice = stock.Yen(49979) }, 1, 0},
		{"what it costs in the end", stock.PriceDrop, false, func(p *stock.Product) { p.MaxEffective = stock.Yen(40000) }, 1, 0},
		{"flapping", stock.Flapping, false, func(p *stock.Product) { p.MaxPrice = stock.Yen(1) }, 1, 0},
		{"sent once more by a person", stock.Restocked, true, func(p *stock.Product) { p.MaxPrice = stock.Yen(1) }, 1, 1},
		{"still within", stock.Restocked, false, func(p *stock.Product) { p.MaxPrice = stock.Yen(49980) }, 2, 0},
		{"it offers nothing", stock.SoldOutKind, false, func(p *stock.Product) { p.MaxPrice = stock.Yen(1) }, 2, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			play(t, func(t *testing.T, s *scene) {
				s.letter.Alert.Kind, s.letter.Redriven = tt.kind, tt.redriven
				if wait := s.Deliver(t.Context(), s.letter, 1); wait == 0 {
					t.Fatal("the first attempt was to fail")
				}
				r := s.book.Load().Rules
				tt.lower(&r.Products[0])
				s.Set(r)
				s.deliver(t)
				if got := s.channel.sends(); got != tt.sends || len(s.store.dead) != tt.dead {
					t.Errorf("%d attempts and %d dead letters, want %d and %d", got, len(s.store.dead), tt.sends, tt.dead)
				}
				for _, d := range s.store.dead {
					if !strings.Contains(d.Text, "above_max_price") {
						t.Errorf("the dead letter says %q, want the limit", d.Text)
					}
				}
			}, fails(channel.RateLimited, time.Minute), succeeds)
		})
	}
}
