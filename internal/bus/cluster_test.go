package bus

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/sainyuka/sainyuka/internal/natstest"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// clusterPatience is for three servers, which elect leaders, on a busy machine.
const clusterPatience = 3 * time.Minute

// TestACluster goes through the life of a cluster that runs from the files of
// deploy/nats: as the user who makes its streams, and as each of the others.
func TestACluster(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), clusterPatience)
	defer cancel()
	c := natstest.NewCluster(t)
	log := &lines{}
	defer func() {
		if t.Failed() {
			t.Logf("log of the bus:\n%s", strings.Join(log.all(), ""))
		}
	}()
	b := opensBeforeTheCluster(ctx, t, c, log)

	t.Run("replicas", func(t *testing.T) { changesReplicas(ctx, t, b) })
	t.Run("leader lost", func(t *testing.T) { losesLeader(ctx, t, b, c) })
	t.Run("room", func(t *testing.T) {
		const store = 64 << 10
		limit(t, b, streamOBS, store)
		fillOBS(ctx, t, b, 8, 4*store)
		if level := infoOf(ctx, t, b, streamOBS).Config.MaxMsgsPerSubject; level >= mostHistory {
			t.Errorf("%d records per watch in a full stream, want fewer than %d", level, mostHistory)
		}
	})
	t.Run("reader", func(t *testing.T) { readsFromOutside(ctx, t, b, c) })
	t.Run("users", func(t *testing.T) { usersAreApart(ctx, t, b, c) })
	t.Run("damaged copy", func(t *testing.T) { readsBesideADamagedCopy(ctx, t, b, c) })
}

// readsFromOutside does what docs/readers.md says, as the user for it, and what it
// says that user may not.
func readsFromOutside(ctx context.Context, t *testing.T, b *Bus, c *natstest.Cluster) {
	seq := mustAppend(t, b, change("outside", stock.Restocked), 0)
	nc, err := nats.Connect(c.URL, c.Options(t, c.Reader)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	cons, err := js.CreateOrUpdateConsumer(ctx, streamOBS, jetstream.ConsumerConfig{
		Durable: "shelf", FilterSubject: "obs.>", AckPolicy: jetstream.AckExplicitPolicy,
	})
	if err != nil {
		t.Fatalf("the reader makes a consumer: %v", err)
	}
	found := false
	for !found {
		var m jetstream.Msg
		eventually(ctx, t, "the reader's next record", func() error { // until all servers have heard of the new consumer
			m, err = cons.Next(jetstream.FetchMaxWait(callTimeout))
			if err != nil && !errors.Is(err, nats.ErrNoResponders) {
				t.Fatalf("the reader reads: %v", err)
			}
			return err
		})
		if err := m.DoubleAck(ctx); err != nil {
			t.Fatalf("the reader acknowledges: %v", err)
		}
		e, err := entryOf(m)
		found = err == nil && e.Seq == seq
	}
	for what, do := range map[string]func(context.Context) error{
		"write a record": func(ctx context.Context) error { _, err := js.Publish(ctx, "obs.outside", nil); return err },
		"read letters":   func(ctx context.Context) error { _, err := js.Stream(ctx, streamOUT); return err },
		"take the router's records": func(ctx context.Context) error {
			_, err := nc.RequestWithContext(ctx, "$JS.API.CONSUMER.MSG.NEXT.OBS.router", nil)
			return err
		},
		"remove the router": func(ctx context.Context) error { return js.DeleteConsumer(ctx, streamOBS, consumerRouter) },
		"purge the records": func(ctx context.Context) error {
			_, err := nc.RequestWithContext(ctx, "$JS.API.STREAM.PURGE.OBS", nil)
			return err
		},
		"delete the stream": func(ctx context.Context) error { return js.DeleteStream(ctx, streamOBS) },
	} {
		dctx, cancel := context.WithTimeout(ctx, time.Second) // nobody answers what is refused
		if err := do(dctx); err == nil {
			t.Errorf("a reader may %s, want it refused", what)
		}
		cancel()
	}
}

// opensBeforeTheCluster opens a bus with one replica while no server is there.
func opensBeforeTheCluster(ctx context.Context, t *testing.T, c *natstest.Cluster, log *lines) *Bus {
	t.Helper()
	logger := slog.New(slog.NewTextHandler(log, nil))
	nc, err := nats.Connect(c.URL, append(ClientOptions(logger), c.Options(t, c.Keeper)...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	opened := make(chan *Bus, 1)
	go func() {
		b, err := Open(ctx, Options{Conn: nc, Replicas: 1, Logger: logger})
		if err != nil {
			t.Errorf("Open: %v", err)
		}
		opened <- b
	}()
	eventually(ctx, t, "word that there is no connection", func() error {
		if !strings.Contains(strings.Join(log.all(), ""), "waiting for NATS") {
			return errors.New("no such line")
		}
		return nil
	})
	c.Start()
	b := next(ctx, t, "the bus", opened)
	if b == nil {
		t.FailNow()
	}
	return b
}

// changesReplicas opens the same streams again with three replicas, as after a
// change of nats.replicas.
func changesReplicas(ctx context.Context, t *testing.T, b *Bus) {
	mustAppend(t, b, change("r", stock.Baseline), 0)
	again, err := Open(ctx, Options{Conn: b.nc, Replicas: 3, Logger: b.log})
	if err != nil {
		t.Fatalf("Open with three replicas: %v", err)
	}
	for _, name := range append(streamNames(), "KV_"+bucketLeases, "KV_"+bucketPeople, "KV_"+bucketProducts, "KV_"+bucketLearned) {
		eventually(ctx, t, "three replicas of "+name, func() error {
			s, err := again.js.Stream(ctx, name)
			if err != nil {
				return err
			}
			return threefold(s.CachedInfo().Cluster)
		})
	}
	// The consumer follows its stream a moment later.
	eventually(ctx, t, "three replicas of the router", func() error {
		cons, err := again.js.Consumer(ctx, streamOBS, consumerRouter)
		if err != nil {
			return err
		}
		return threefold(cons.CachedInfo().Cluster)
	})
	if _, seq, err := again.Last(ctx, "r"); seq == 0 || err != nil {
		t.Errorf("the record from before: sequence %d, %v, want it kept", seq, err)
	}
}

// threefold tells whether a stream or consumer has a leader and two replicas
// that have all that it has.
func threefold(c *jetstream.ClusterInfo) error {
	if c == nil || c.Leader == "" || len(c.Replicas) != 2 {
		return fmt.Errorf("its servers are %+v", c)
	}
	for _, peer := range c.Replicas {
		if !peer.Current {
			return fmt.Errorf("%s is not current", peer.Name)
		}
	}
	return nil
}

// losesLeader kills the server that leads OBS while changes are written, routed
// and delivered: each is told once all the same.
func losesLeader(ctx context.Context, t *testing.T, b *Bus, c *natstest.Cluster) {
	const changes = 40
	during(t, func(ctx context.Context) error {
		return b.Route(ctx, func(ctx context.Context, e stock.Entry) error {
			if e.Change.Watch.ID != "l" {
				return nil
			}
			return b.Enqueue(ctx, letter(strconv.FormatUint(e.Seq, 10), "phone", "me"))
		})
	})
	told := &tally{}
	during(t, func(ctx context.Context) error {
		return b.Deliver(ctx, "phone", time.Second, func(ctx context.Context, l stock.Letter, _ int) time.Duration {
			_, done, err := b.Sent(ctx, l)
			if err != nil {
				return time.Second
			}
			if !done {
				told.add(l.Event)
			}
			if b.MarkSent(ctx, l, stock.Receipt{SentAt: observed}) != nil {
				return time.Second
			}
			return 0
		})
	})
	written := map[string]bool{}
	var last uint64
	for i := range changes {
		if i == changes/4 {
			killLeader(ctx, t, b, c)
		}
		last = appendAtLast(ctx, t, b, last, i)
		written[strconv.FormatUint(last, 10)] = true
	}
	eventually(ctx, t, "all changes to be told", func() error {
		if n := told.distinct(); n < len(written) {
			return errors.New(strconv.Itoa(n) + " told")
		}
		return nil
	})
	if len(written) != changes || told.distinct() != changes {
		t.Errorf("%d changes in OBS, %d told, want %d of both", len(written), told.distinct(), changes)
	}
	h, err := b.History(ctx, "l", 200)
	if err != nil || len(h) != changes {
		t.Errorf("History: %d records, %v, want %d: none lost, none doubled", len(h), err, changes)
	}
	if most := told.most(); most > 2 {
		t.Errorf("one change was sent %d times, want at most twice: one push in flight at the kill", most)
	}
}

func killLeader(ctx context.Context, t *testing.T, b *Bus, c *natstest.Cluster) {
	t.Helper()
	s, err := b.js.Stream(ctx, streamOBS)
	if err != nil {
		t.Fatal(err)
	}
	name := s.CachedInfo().Cluster.Leader // n1, n2 or n3
	n, err := strconv.Atoi(strings.TrimPrefix(name, "n"))
	if err != nil {
		t.Fatalf("the leader of OBS is %q", name)
	}
	c.Nodes[n-1].Kill()
	t.Cleanup(c.Nodes[n-1].Start)
}

// appendAtLast writes a record as a watcher does: after any error it reads what
// stands there before the next attempt.
func appendAtLast(ctx context.Context, t *testing.T, b *Bus, last uint64, i int) (seq uint64) {
	t.Helper()
	c := change("l", stock.Restocked)
	c.Watcher = "w" + strconv.Itoa(i)
	eventually(ctx, t, "a record to be written", func() (err error) {
		if seq, err = b.Append(ctx, c, last); err == nil {
			return nil
		}
		stands, at, lerr := b.Last(ctx, "l")
		if lerr != nil {
			return errors.Join(err, lerr)
		}
		if stands.Watcher == c.Watcher {
			seq = at
			return nil
		}
		last = at
		return err
	})
	return seq
}

// tally counts how often each event was sent.
type tally struct {
	mu   sync.Mutex
	sent map[string]int
}

func (c *tally) add(event string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.sent == nil {
		c.sent = map[string]int{}
	}
	c.sent[event]++
}

func (c *tally) distinct() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.sent)
}

func (c *tally) most() (most int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, n := range c.sent {
		most = max(most, n)
	}
	return most
}

// lines keeps what a logger writes.
type lines struct {
	mu   sync.Mutex
	text []string
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text = append(l.text, string(p))
	return len(p), nil
}

func (l *lines) all() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]string(nil), l.text...)
}
