package notify

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/channel"
)

// The waits grow to a minute, are never shorter than asked for, and end in a
// dead letter before the alert is worthless.
func TestRetriesOverAnHour(t *testing.T) {
	play(t, func(t *testing.T, s *scene) {
		s.deliver(t)
		for i := range s.channel.at[1:] {
			gap, ceiling := s.channel.at[i+1].Sub(s.channel.at[i]), min(firstBackoff<<min(i, 20), maxBackoff)
			if gap < minBackoff || gap > max(ceiling, minBackoff) {
				t.Errorf("wait %d = %v, want %v..%v", i+1, gap, minBackoff, ceiling)
			}
		}
		if last := s.channel.at[len(s.channel.at)-1]; last.After(s.letter.NotAfter) || s.letter.NotAfter.Sub(last) > maxBackoff {
			t.Errorf("last attempt %v before the end, want within the last minute", s.letter.NotAfter.Sub(last))
		}
		if got := s.buried(t); !strings.HasPrefix(got, "expired: trouble that may pass") {
			t.Errorf("dead letter = %q, want expired and the last error", got)
		}
		if sends := float64(s.channel.sends()); s.count(outcomeRetry) != sends || s.count(outcomeExpired) != 1 || sends < 60 {
			t.Errorf("%v sends, counted retry %v expired %v; want at least 60, each a retry, one expired", sends, s.count(outcomeRetry), s.count(outcomeExpired))
		}
	}, fails(channel.Transient, 0))
}

func TestRetryAfterIsHonoured(t *testing.T) {
	for _, class := range []channel.Class{channel.Transient, channel.RateLimited} {
		for _, asked := range []time.Duration{2 * time.Second, 30 * time.Second, 10 * time.Minute} {
			play(t, func(t *testing.T, s *scene) {
				s.deliver(t)
				asked = min(asked, probeEvery)
				if gap := s.channel.at[1].Sub(s.channel.at[0]); gap < asked || gap > asked+500*time.Millisecond {
					t.Errorf("%v, asked to wait %v: second attempt after %v", class, asked, gap)
				}
			}, fails(class, asked), succeeds)
		}
	}
}

// A service that asks for a day is tried every two minutes all the same.
func TestRetryAfterBeyondTheLetter(t *testing.T) {
	play(t, func(t *testing.T, s *scene) {
		if s.deliver(t); s.channel.sends() != 31 || !strings.HasPrefix(s.buried(t), "expired: too many requests") || s.count(outcomeExpired) != 1 {
			t.Errorf("sends %d, dead letter %q, expired %v; want one every 2 minutes of the hour, the reason, and 1", s.channel.sends(), s.buried(t), s.count(outcomeExpired))
		}
	}, fails(channel.RateLimited, 24*time.Hour))
}

// What one letter learned of a recipient holds for the others to it.
func TestRateLimitHoldsForTheRecipient(t *testing.T) {
	play(t, func(t *testing.T, s *scene) {
		if got := s.Deliver(t.Context(), s.letter, 1); got < time.Minute {
			t.Fatalf("Deliver after a Retry-After of a minute = %v, want at least that", got)
		}
		other := s.letter
		other.Event = "10"
		if got := s.Deliver(t.Context(), other, 1); got < time.Minute || s.channel.sends() != 1 {
			t.Errorf("Deliver of another letter to it = %v after %d sends, want a minute without a send", got, s.channel.sends())
		}
	}, fails(channel.RateLimited, time.Minute))
}

// Those that were already waiting for their turn hear of it too.
func TestRateLimitHoldsForThoseInTheQueue(t *testing.T) {
	slow := func(ctx context.Context, m channel.Message) error {
		time.Sleep(time.Second)
		return fails(channel.RateLimited, time.Minute)(ctx, m)
	}
	play(t, func(t *testing.T, s *scene) {
		var wg sync.WaitGroup
		for _, event := range []string{"1", "2", "3", "4"} {
			l := s.letter
			l.Event = event
			wg.Go(func() {
				if got := s.Deliver(t.Context(), l, 1); got < 50*time.Second {
					t.Errorf("Deliver of letter %s = %v, want about a minute", l.Event, got)
				}
			})
		}
		wg.Wait()
		if got := s.channel.sends(); got != 1 {
			t.Errorf("four letters to a service that allows one a minute: %d sends, want 1", got)
		}
	}, slow)
}

// A hung service costs its attempt's time, and no more than that plus ten
// seconds in one hand.
func TestHungService(t *testing.T) {
	play(t, func(t *testing.T, s *scene) {
		if got := s.Deliver(t.Context(), s.letter, 1); got == 0 {
			t.Error("Deliver to a service that never answers = 0, want a retry")
		}
		if took := time.Since(s.start); took < 10*time.Second || took > 10*time.Second+handTime {
			t.Errorf("it took %v, want the time-out of 10s and at most %v more", took, handTime)
		}
	}, hangs)
}
