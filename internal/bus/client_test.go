package bus

import (
	"log/slog"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
)

// A server that hangs is given up soon after a cluster has elected another leader.
func TestAServerThatHangsIsGivenUpSoon(t *testing.T) {
	o := nats.GetDefaultOptions()
	for _, set := range ClientOptions(slog.New(slog.DiscardHandler)) {
		if err := set(&o); err != nil {
			t.Fatal(err)
		}
	}
	given := o.PingInterval * time.Duration(o.MaxPingsOut+1)
	if given < 5*time.Second || given > 10*time.Second {
		t.Errorf("a server that answers no ping is given up after %s, want 5 to 10s", given)
	}
}
