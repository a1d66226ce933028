package notify

import (
	"context"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/channel"
)

// A dead letter says how often it was tried, which is not how often it was handed
// in: most of that was waiting while another letter was on its way.
func TestTriesAreAttempts(t *testing.T) {
	slow := func(ctx context.Context, m channel.Message) error {
		if m.Letter.Event == "slow" {
			time.Sleep(9 * time.Second)
			return nil
		}
		return fails(channel.RecipientGone, 0)(ctx, m)
	}
	play(t, func(t *testing.T, s *scene) {
		first := s.letter
		first.Event = "slow"
		done := make(chan time.Duration)
		go func() { done <- s.Deliver(t.Context(), first, 1) }()
		time.Sleep(time.Second)
		if rounds := s.deliver(t); rounds < 3 {
			t.Fatalf("the second letter was handed in %d times, want some in vain", rounds)
		}
		<-done
		if len(s.store.dead) != 1 || s.store.dead[0].Tries != 1 {
			t.Errorf("dead letters %+v, want one after 1 try", s.store.dead)
		}
	}, slow)
}

// Over several hand-ins, and within one, every attempt counts once.
func TestEveryAttemptCounts(t *testing.T) {
	play(t, func(t *testing.T, s *scene) {
		s.deliver(t)
		if len(s.store.dead) != 1 || s.store.dead[0].Tries != s.channel.sends() {
			t.Errorf("dead letters %+v, want one after %d tries", s.store.dead, s.channel.sends())
		}
		if n := len(s.sender.attempts.made); n != 0 {
			t.Errorf("%d letters are remembered after all are dealt with, want none", n)
		}
	}, fails(channel.Transient, 0))
}

// Of a letter that was tried before a restart the store's count is all there is.
func TestAttemptsAfterARestart(t *testing.T) {
	play(t, func(t *testing.T, s *scene) {
		s.Deliver(t.Context(), s.letter, 5)
		if len(s.store.dead) != 1 || s.store.dead[0].Tries != 5 {
			t.Errorf("dead letters %+v, want one after 5 tries", s.store.dead)
		}
	}, fails(channel.RecipientGone, 0))
}
