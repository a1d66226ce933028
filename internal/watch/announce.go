package watch

import (
	"context"
	"sync"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// announceEvery is how long looks are collected before they are told: a
// dashboard need not be faster than an eye, and a look costs no message.
const announceEvery = 500 * time.Millisecond

// announcer tells dashboards the newest look of each watch, a batch per shard.
type announcer struct {
	send func(shard int, looks []stock.Look) // nil: nobody listens
	wake chan struct{}

	mu    sync.Mutex
	looks map[int]map[string]stock.Look // by shard, then tid
}

func newAnnouncer(send func(int, []stock.Look)) *announcer {
	return &announcer{send: send, wake: make(chan struct{}, 1), looks: make(map[int]map[string]stock.Look)}
}

// add keeps a look until the next batch, in place of an older one of its watch.
func (a *announcer) add(shard int, l stock.Look) {
	if a.send == nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.looks[shard] == nil {
		a.looks[shard] = make(map[string]stock.Look)
	}
	a.looks[shard][l.Watch] = l
	signal(a.wake)
}

func (a *announcer) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-a.wake:
			clock.Sleep(ctx, announceEvery)
			a.flush()
		}
	}
}

func (a *announcer) flush() {
	a.mu.Lock()
	batch := a.looks
	a.looks = make(map[int]map[string]stock.Look)
	a.mu.Unlock()
	for shard, looks := range batch {
		list := make([]stock.Look, 0, len(looks))
		for _, l := range looks {
			list = append(list, l)
		}
		a.send(shard, list)
	}
}

// signal wakes whoever reads c; one signal is as good as many.
func signal(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
