package notify

import (
	"context"
	"testing"
	"time"
)

// The owner hears once that a store fills, and once that it has room again.
func TestRoomNews(t *testing.T) {
	atNoon(t, func(t *testing.T, _ time.Time) {
		s, r := newStore(), rulesFor(switch2())
		r.Owner = []string{"mail"}
		n := New(Options{Store: s, People: newPeople(), Rules: r})
		end := minding(t, n)
		defer end()
		levels := make(chan Fullness, 1)
		last := Fullness{Store: "OBS"}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() {
			done <- n.GuardRoom(ctx, func(context.Context) (Fullness, error) {
				select {
				case last = <-levels:
				default:
				}
				return last, nil
			})
		}()
		at := func(percent int) { levels <- Fullness{Store: "OBS", Percent: percent}; time.Sleep(10 * time.Minute) }

		at(84)
		wantTold(t, s, "at 84 %")
		at(86)
		wantTold(t, s, "at 86 %", "store_filling mail")
		if news := s.letters()[0].Alert.News; news.Store != "OBS" || news.Percent != 86 {
			t.Errorf("the owner hears of %q at %d %%, want OBS at 86 %%", news.Store, news.Percent)
		}
		at(99)
		at(76)
		wantTold(t, s, "still above three quarters", "store_filling mail")
		at(100)
		at(100)
		wantTold(t, s, "full", "store_filling mail", "store_filling mail")
		at(60)
		wantTold(t, s, "with room", "store_filling mail", "store_filling mail", "store_has_room mail")
		at(90)
		wantTold(t, s, "nearly full again", "store_filling mail", "store_filling mail", "store_filling mail", "store_has_room mail")
		cancel()
		if err := <-done; err != context.Canceled {
			t.Errorf("GuardRoom = %v, want its context's end", err)
		}
	})
}
