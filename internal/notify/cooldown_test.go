package notify

import (
	"slices"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// An alert that came too late to be sent begins no cool-down: who heard nothing
// is told.
func TestCooldownBeginsWithWhatWasSent(t *testing.T) {
	for _, tt := range []struct {
		name string
		age  time.Duration // of the restock before this one
		sent string
		want []string
	}{
		{"sent", 2 * time.Hour, "5_mail_rm", []string{}},
		{"sent as flapping", 2 * time.Hour, "d5_phone_rp", []string{}},
		{"never sent", 2 * time.Hour, "", []string{"6_mail_rm", "6_phone_rp"}},
		{"still on its way", 50 * time.Minute, "", []string{}},
	} {
		atNoon(t, func(t *testing.T, now time.Time) {
			p, s := switch2(), newStore()
			r := rulesFor(p)
			r.Cooldown = 24 * time.Hour
			s.add(5, restock(p, now.Add(-tt.age)))
			if tt.sent != "" {
				s.sent[tt.sent] = stock.Receipt{}
			}
			route(t, New(Options{Store: s, Rules: r}), s.add(6, restock(p, now)))
			if got := s.ids(); !slices.Equal(got, tt.want) {
				t.Errorf("%s: a restock %v after another, within a cooldown of a day: outbox = %v, want %v", tt.name, tt.age, got, tt.want)
			}
		})
	}
}
