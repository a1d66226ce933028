package bus

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/natstest"
)

// dials counts the attempts to connect.
type dials struct{ n atomic.Int64 }

func (d *dials) Dial(network, address string) (net.Conn, error) {
	d.n.Add(1)
	return net.DialTimeout(network, address, time.Minute)
}

// A server that refuses us for a while, since its password was changed there
// first, must not end the connection for good: nothing else would ever open it
// again.
func TestConnectionOutlivesARefusal(t *testing.T) {
	ctx, dir, d := within(t), t.TempDir(), &dials{}
	port, stop := natstest.Listening(t, dir, -1, "first")
	nc, err := nats.Connect(fmt.Sprintf("nats://sainyuka:first@127.0.0.1:%d", port),
		append(ClientOptions(testLogger(t)), nats.SetCustomDialer(d), nats.ReconnectWait(10*time.Millisecond), nats.ReconnectJitter(0, 0))...)
	if err != nil {
		t.Fatalf("connect: %v", err)
	}
	t.Cleanup(nc.Close)
	b := mustOpen(t, nc)

	stop()
	_, stop = natstest.Listening(t, dir, port, "second")
	refused := d.n.Load() + 4
	eventually(ctx, t, "four refusals", func() error {
		if d.n.Load() < refused && !nc.IsClosed() {
			return errors.New("not yet")
		}
		return nil
	})
	if err := b.Ready(ctx); err == nil || !strings.Contains(strings.ToLower(err.Error()), "authorization") {
		t.Errorf("while the server refuses us Ready says %v, want that it is the authorization", err)
	}

	stop()
	natstest.Listening(t, dir, port, "first")
	eventually(ctx, t, "the bus after the refusals", func() error { return b.Ready(context.WithoutCancel(ctx)) })
}

func TestOnce(t *testing.T) {
	o, now := once{every: time.Minute}, clock.Now()
	for i, step := range []struct {
		after time.Duration
		say   string
		want  bool
	}{
		{0, "refused", true},
		{time.Second, "refused", false},
		{2 * time.Second, "slow", true},
		{3 * time.Second, "refused", true},
		{62 * time.Second, "refused", false},
		{63 * time.Second, "refused", true},
	} {
		if got := o.may(step.say, now.Add(step.after)); got != step.want {
			t.Errorf("step %d: %q after %s: may it be said: got %t, want %t", i, step.say, step.after, got, step.want)
		}
	}
}
