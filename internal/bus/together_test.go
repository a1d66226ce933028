package bus

import (
	"sync"
	"testing"

	"github.com/nats-io/nats.go"

	"github.com/sainyuka/sainyuka/internal/natstest"
)

// Watchers and notifiers that start at once on a new server whose store has room for the
// streams of one, all open the same streams.
func TestOpenTogether(t *testing.T) {
	url := natstest.External(t)
	var wg sync.WaitGroup
	for n := range 4 {
		conn, err := nats.Connect(url)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(conn.Close)
		wg.Go(func() {
			if _, err := Open(t.Context(), Options{Conn: conn, Replicas: 1, Watcher: n%2 == 0}); err != nil {
				t.Errorf("Open beside others: %v, want the streams that one of them made", err)
			}
		})
	}
	wg.Wait()
}
