package fakeshop

import (
	"context"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// Step is one thing that happens on the street.
type Step struct {
	At time.Duration // since the beginning of the script
	Do func(*Street)
}

// Turn is a Step that gives the page another availability.
func Turn(at time.Duration, rawURL string, a stock.Availability) Step {
	return Step{At: at, Do: func(s *Street) { s.Change(rawURL, func(it *Item) { it.Availability = a }) }}
}

// Script is what happens on the street over time, in the order of At.
type Script []Step

// Play carries the script out on the street. It returns when the script is over
// or the context ends, with the context's error.
func (sc Script) Play(ctx context.Context, s *Street) error {
	begin := time.Now()
	for _, step := range sc {
		if err := wait(ctx, time.Until(begin.Add(step.At))); err != nil {
			return err
		}
		step.Do(s)
	}
	return nil
}

// Loop plays the script again and again, one round per period, until the context
// ends. A period shorter than the script lasts as long as the script.
func (sc Script) Loop(ctx context.Context, s *Street, period time.Duration) error {
	for {
		begin := time.Now()
		if err := sc.Play(ctx, s); err != nil {
			return err
		}
		if err := wait(ctx, max(time.Until(begin.Add(period)), minPeriod)); err != nil {
			return err
		}
	}
}

// minPeriod keeps a Loop without a period from spinning.
const minPeriod = 10 * time.Millisecond

func wait(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil || d <= 0 {
		return err
	}
	if !clock.Sleep(ctx, d) {
		return ctx.Err()
	}
	return nil
}
