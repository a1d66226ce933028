package bus

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/sainyuka/sainyuka/internal/natstest"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// usersAreApart works as a watcher and as a notifier, each as its own user of
// deploy/nats, and tries as each user what is not his to do.
func usersAreApart(ctx context.Context, t *testing.T, keeper *Bus, c *natstest.Cluster) {
	limit(t, keeper, streamOBS, maxOBS)
	watcher, said := openAs(ctx, t, c, c.Watcher, Options{ID: "w1", Watcher: true, Replicas: 3})
	notifier, heard := openAs(ctx, t, c, c.Notifier, Options{ID: "n1", Replicas: 3})
	if watcher.mayAdjust(streamOBS) || notifier.mayAdjust(streamOBS) || !keeper.mayAdjust(streamOBS) {
		t.Errorf("streams may be adjusted by watcher %t, notifier %t, keeper %t, want by the keeper alone",
			watcher.mayAdjust(streamOBS), notifier.mayAdjust(streamOBS), keeper.mayAdjust(streamOBS))
	}
	t.Run("work of a watcher", func(t *testing.T) { worksAsWatcher(ctx, t, watcher, notifier) })
	t.Run("work of a notifier", func(t *testing.T) { worksAsNotifier(ctx, t, notifier, watcher) })
	t.Run("room", func(t *testing.T) { makesRoomAsNotifier(ctx, t, keeper, watcher, notifier) })
	for name, log := range map[string]*lines{"watcher": said, "notifier": heard} {
		for _, line := range log.all() {
			if strings.Contains(strings.ToLower(line), "permissions violation") {
				t.Errorf("the files of deploy/nats forbid what a %s needs: %s", name, line)
			}
		}
	}
	if _, err := notifier.People.PutFact(ctx, "key.vapid", []byte("secret"), 0); err != nil {
		t.Fatal(err)
	}
	t.Run("forbidden", func(t *testing.T) {
		for _, user := range forbidden() {
			t.Run(user.name, func(t *testing.T) { user.triesAll(ctx, t, c) })
		}
	})
	t.Run("answers", func(t *testing.T) { answersReachNoStream(ctx, t, keeper, watcher, c) })
	missing, _ := openConn(t, c, c.Notifier)
	l, err := newLink(missing, nil)
	if err != nil {
		t.Fatal(err)
	}
	l.rights = l.askRights(ctx)
	other := &builder{link: l, replicas: 3}
	want := wanted("e", 3)[1]
	want.Name, want.Subjects = "OUT2", []string{"out2.>"}
	if _, err := other.ensureStream(ctx, want); !errors.Is(err, ErrNotAllowed) {
		t.Errorf("a notifier whose streams are missing: %v, want %v", err, ErrNotAllowed)
	}
}

func openConn(t *testing.T, c *natstest.Cluster, user string) (*nats.Conn, *lines) {
	t.Helper()
	log := &lines{}
	nc, err := nats.Connect(c.URL, append(ClientOptions(slog.New(slog.NewTextHandler(log, nil))), c.Options(t, user)...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	return nc, log
}

func openAs(ctx context.Context, t *testing.T, c *natstest.Cluster, user string, o Options) (*Bus, *lines) {
	t.Helper()
	nc, log := openConn(t, c, user)
	o.Conn, o.Logger = nc, slog.New(slog.NewTextHandler(log, nil))
	b, err := Open(ctx, o)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	return b, log
}

// do fails the test when a part of the work does not go.
func do(t *testing.T, what string, err error) {
	t.Helper()
	if err != nil {
		t.Errorf("%s: %v", what, err)
	}
}

func worksAsWatcher(ctx context.Context, t *testing.T, watcher, notifier *Bus) {
	mustAppend(t, watcher, change("u", stock.Baseline), 0)
	_, _, err := watcher.Last(ctx, "u")
	do(t, "read the last record", err)
	_, err = watcher.History(ctx, "u", 5)
	do(t, "read a history", err)
	nudged := make(chan struct{}, 1)
	during(t, func(ctx context.Context) error {
		return watcher.Leases.WatchLeases(ctx, func() {
			select {
			case nudged <- struct{}{}:
			default:
			}
		})
	})
	rev, err := watcher.Leases.CreateLease(ctx, "shard.1", "w1")
	do(t, "take a lease", err)
	next(ctx, t, "a nudge", nudged)
	rev, err = watcher.Leases.RenewLease(ctx, "shard.1", "w1", rev)
	do(t, "renew a lease", err)
	if all, err := watcher.Leases.Leases(ctx); err != nil || len(all) == 0 {
		t.Errorf("leases: %v, %v, want the one that was taken", all, err)
	}
	do(t, "give a lease back", watcher.Leases.ReleaseLease(ctx, "shard.1", rev))
	do(t, "learn of a host", watcher.Hosts.Learn(ctx, "shop.example", []byte("{}")))
	_, err = watcher.Hosts.Learned(ctx, "shop.example")
	do(t, "read what was learned", err)

	products, resets, hints := make(chan string, 9), make(chan string, 9), make(chan string, 9)
	during(t, func(ctx context.Context) error {
		return watcher.Products.FollowProducts(ctx, func(kv stock.KV) { products <- kv.Key })
	})
	during(t, func(ctx context.Context) error {
		return watcher.Hosts.FollowTrustResets(ctx, func(host string, _ time.Time) { resets <- host })
	})
	during(t, func(ctx context.Context) error {
		return watcher.Signals.FollowHints(ctx, func(h stock.Hint) { hints <- h.Product })
	})
	during(t, func(ctx context.Context) error {
		return watcher.Signals.AnswerLooks(ctx, func(_ context.Context, ask stock.LookRequest) (stock.LookAnswer, bool) {
			return stock.LookAnswer{Observation: stock.Observation{URL: ask.URL}}, true
		})
	})
	_, err = notifier.Products.PutProduct(ctx, "added", []byte("{}"), 0)
	do(t, "add a product as a notifier", err)
	for key := ""; key != "added"; {
		key = next(ctx, t, "the product", products)
	}
	do(t, "reset trust as a notifier", notifier.Hosts.ResetTrust(ctx, "shop.example", observed))
	next(ctx, t, "the reset of trust", resets)
	eventually(ctx, t, "a look for a notifier", func() error {
		o, err := notifier.Signals.AskLook(ctx, 1, stock.LookRequest{URL: "https://shop.example/1"})
		if err == nil && o.URL != "https://shop.example/1" {
			err = fmt.Errorf("the answer is %+v", o)
		}
		return err
	})
	do(t, "share a hint", watcher.Signals.PublishHint(stock.Hint{Product: "switch2"}))
	next(ctx, t, "a hint", hints)
	do(t, "announce looks", watcher.Signals.PublishLooks(1, []stock.Look{{}}))
	_, err = watcher.Retention.ForgetUnwatched(ctx, func(string) bool { return true }, time.Hour)
	do(t, "keep watches", err)
	do(t, "see that the streams stay", watcher.same(ctx))
	do(t, "be ready", watcher.Ready(ctx))
	do(t, "make room", watcher.Journal.room.make(ctx))
	if got := len(watcher.Sizes.measure(ctx)); got != 4 {
		t.Errorf("a watcher measures %d streams, want 4", got)
	}
}

func worksAsNotifier(ctx context.Context, t *testing.T, notifier, watcher *Bus) {
	routed, sent, looks, facts := make(chan string, 99), make(chan string, 9), make(chan int, 99), make(chan string, 9)
	during(t, func(ctx context.Context) error {
		return notifier.Route(ctx, func(_ context.Context, e stock.Entry) error {
			if e.Change.Watch.ID == "routed" {
				routed <- e.Change.Watch.ID
			}
			return nil
		})
	})
	during(t, func(ctx context.Context) error {
		return notifier.Deliver(ctx, "phone", time.Second, func(ctx context.Context, l stock.Letter, _ int) time.Duration {
			if err := notifier.MarkSent(ctx, l, stock.Receipt{SentAt: observed}); err != nil {
				return time.Second
			}
			sent <- l.Event
			return 0
		})
	})
	during(t, func(ctx context.Context) error {
		return notifier.Signals.FollowLooks(ctx, func(all []stock.Look) { looks <- len(all) })
	})
	during(t, func(ctx context.Context) error {
		return notifier.People.FollowFacts(ctx, "mute.", func(kv stock.KV) { facts <- kv.Key })
	})
	mustAppend(t, watcher, change("routed", stock.Restocked), 0)
	next(ctx, t, "a record to route", routed)
	l := letter("4711", "phone", "user")
	do(t, "write a letter", notifier.Enqueue(ctx, l))
	next(ctx, t, "a letter to send", sent)
	_, _, err := notifier.Sent(ctx, l)
	do(t, "look for a proof", err)
	dead := letter("4712", "other", "user")
	do(t, "bury a letter", notifier.Bury(ctx, stock.DeadLetter{Letter: dead, Reason: stock.Said("test")}))
	_, err = notifier.Dead(ctx)
	do(t, "list dead letters", err)
	do(t, "redrive one", notifier.Redrive(ctx, dead.ID()))
	_, err = notifier.BuryOrphans(ctx, func(string) bool { return false }, func(string, string) bool { return false })
	do(t, "bury orphans", err)
	do(t, "discard one", notifier.Discard(ctx, dead.ID()))
	_, err = notifier.DropConsumers(ctx, func(string) bool { return false })
	do(t, "drop consumers", err)
	rev, err := notifier.People.PutFact(ctx, "mute.switch2", []byte("{}"), 0)
	do(t, "write a fact", err)
	for key := "first"; key != "mute.switch2"; {
		key = next(ctx, t, "the fact", facts)
	}
	do(t, "delete a fact", notifier.People.DeleteFact(ctx, "mute.switch2", rev))
	do(t, "announce looks as a watcher", watcher.Signals.PublishLooks(1, []stock.Look{{}}))
	next(ctx, t, "looks", looks)
	nothing := func(string) bool { return false }
	for range 2 {
		_, err = notifier.Retention.ForgetUnwatched(ctx, nothing, 0)
		do(t, "forget watches", err)
	}
	if _, seq, err := notifier.Last(ctx, "routed"); seq != 0 || err != nil {
		t.Errorf("a watch that was forgotten has record %d, %v, want none", seq, err)
	}
	_, _, err = notifier.Sizes.Fullest(ctx)
	do(t, "find the fullest stream", err)
	i, err := notifier.Inventory.takeInventory(ctx)
	do(t, "take an inventory", err)
	do(t, "keep it", notifier.Inventory.saveInventory(ctx, i))
	m, err := notifier.ages.marks(ctx)
	do(t, "read how far the streams are", err)
	do(t, "keep that", notifier.ages.keepMarks(ctx, m))
	_, err = notifier.Examiner.Examine(ctx)
	do(t, "examine the store", err)
	_, err = notifier.Deliveries(ctx, 3)
	do(t, "list deliveries", err)
}

// makesRoomAsNotifier fills the stream of records: who may not change its settings shortens
// the histories one by one, and no watch loses its last record.
func makesRoomAsNotifier(ctx context.Context, t *testing.T, keeper, watcher, notifier *Bus) {
	const store, watches = 64 << 10, 4
	limit(t, keeper, streamOBS, store)
	before := infoOf(ctx, t, keeper, streamOBS).Config.MaxMsgsPerSubject
	last := map[string]uint64{}
	for i := range 200 {
		tid := "full" + strconv.Itoa(i%watches)
		eventually(ctx, t, "a record to be taken", func() error {
			seq, err := watcher.Append(ctx, change(tid, stock.Restocked), last[tid])
			if errors.Is(err, ErrFull) {
				return errors.Join(err, notifier.Journal.room.make(ctx)) // as it does each minute
			}
			if err == nil {
				last[tid] = seq
			}
			return err
		})
	}
	for tid, want := range last {
		eventually(ctx, t, "the last record of "+tid, func() error { // a server that lags may answer
			if _, seq, err := watcher.Last(ctx, tid); seq != want || err != nil {
				return fmt.Errorf("record %d, %w, want %d", seq, err, want)
			}
			return nil
		})
	}
	if got := infoOf(ctx, t, keeper, streamOBS).Config.MaxMsgsPerSubject; got != before {
		t.Errorf("the stream keeps %d records per watch, want %d as before", got, before)
	}
}

// stranger is a user and what must not be his to do.
type stranger struct {
	name      string
	file      func(*natstest.Cluster) string
	ask       map[string]string // by what it would be, a request of JetStream and its body
	write     []string
	subscribe []string
}

// A consumer that delivers elsewhere, and settings that copy a stream.
const (
	pushed    = `{"stream_name":"KV_leases","config":{"name":"x","deliver_subject":"$KV.people.key.vapid","ack_policy":"none","deliver_policy":"all","replay_policy":"instant"}}`
	sourced   = `{"name":"COPY","subjects":["copy"],"retention":"limits","storage":"memory","discard":"old","max_consumers":-1,"max_msgs":-1,"max_bytes":-1,"max_age":0,"num_replicas":1,"sources":[{"name":"KV_people"}]}`
	republish = `{"name":"OUT","subjects":["out.>"],"retention":"workqueue","storage":"file","discard":"new","max_consumers":-1,"max_msgs":-1,"max_bytes":-1,"max_age":0,"num_replicas":3,"republish":{"src":">","dest":"status.0"}}`
)

func forbidden() []stranger {
	streams := map[string]string{
		"copy the bucket people into a stream": "STREAM.CREATE.COPY " + sourced,
		"make OUT with sources":                "STREAM.CREATE.OUT " + sourced,
		"give OBS sources":                     "STREAM.UPDATE.OBS " + sourced,
		"have OUT republished":                 "STREAM.UPDATE.OUT " + republish,
		"have the bucket people republished":   "STREAM.UPDATE.KV_people " + republish,
		"delete a stream":                      "STREAM.DELETE.SENT ",
		"empty the outbox":                     "STREAM.PURGE.OUT ",
		"empty the proofs":                     "STREAM.PURGE.SENT ",
		"empty the bucket people":              "STREAM.PURGE.KV_people ",
		"copy a stream out":                    `STREAM.SNAPSHOT.OBS {"deliver_subject":"status.0","no_consumers":true}`,
		"bring a copy back":                    `STREAM.RESTORE.COPY {"config":{"name":"COPY"},"state":{}}`,
	}
	watch := map[string]string{
		"read key.vapid":                     "DIRECT.GET.KV_people.$KV.people.key.vapid ",
		"read all facts":                     `DIRECT.GET.KV_people {"seq":1,"next_by_subj":"$KV.people.>","batch":10}`,
		"read a fact by the leader":          `STREAM.MSG.GET.KV_people {"last_by_subj":"$KV.people.key.vapid"}`,
		"list the keys of people":            `STREAM.INFO.KV_people {"subjects_filter":">"}`,
		"look at the outbox":                 "STREAM.INFO.OUT ",
		"read a letter":                      `STREAM.MSG.GET.OUT {"seq":1}`,
		"follow people":                      "CONSUMER.CREATE.KV_people.x " + pushed,
		"have leases delivered into people":  "CONSUMER.CREATE.KV_leases.x " + pushed,
		"have records delivered elsewhere":   "CONSUMER.CREATE.OBS.x " + pushed,
		"the same of old":                    "CONSUMER.CREATE.OBS " + pushed,
		"the same with a name":               "CONSUMER.DURABLE.CREATE.OBS.x " + pushed,
		"the same of one key":                "CONSUMER.CREATE.KV_learned.x.$KV.learned.host.a " + pushed,
		"remove the router":                  "CONSUMER.DELETE.OBS.router ",
		"take the router's records":          "CONSUMER.MSG.NEXT.OBS.router ",
		"remove a record":                    `STREAM.MSG.DELETE.OBS {"seq":1}`,
		"empty the records":                  "STREAM.PURGE.OBS ",
		"remove a letter":                    `STREAM.MSG.DELETE.OUT {"seq":1}`,
		"change the settings of its leases":  "STREAM.UPDATE.KV_leases " + republish,
		"ask for what is in the account":     "STREAM.LIST ",
		"move the leader of the records":     "STREAM.LEADER.STEPDOWN.OBS ",
		"put the router's consumer to sleep": `CONSUMER.PAUSE.OBS.router {"pause_until":"2100-01-01T00:00:00Z"}`,
	}
	maps.Copy(watch, streams)
	return []stranger{
		{
			name: "watcher", file: func(c *natstest.Cluster) string { return c.Watcher }, ask: watch,
			write: []string{
				"out.phone.1.user.e", "sent.phone.1.user.e", "dead.phone.1.user.e", "$KV.people.key.vapid", "$KV.people.session.a",
				"$KV.products.a", "$KV.learned.forget.a", "$KV.learned.marks", "$KV.leases.router", "look.1", "$JS.ACK.OBS.router.1.1.1.1.1",
			},
			subscribe: []string{">", "_INBOX.>", "_INBOX_NOTIFIER.>", "_INBOX_KEEPER.>", "$KV.people.>", "out.>", "$JS.API.>", "status.*"},
		},
		{
			name: "notifier", file: func(c *natstest.Cluster) string { return c.Notifier }, ask: streams,
			write:     []string{"obs.a", "$KV.leases.shard.1", "$KV.leases.member.w1", "status.1"},
			subscribe: []string{">", "_INBOX.>", "_INBOX_WATCHER.>", "_INBOX_KEEPER.>", "obs.>", "look.*", "$JS.API.>"},
		},
		{
			name: "reader", file: func(c *natstest.Cluster) string { return c.Reader }, ask: streams,
			write:     []string{"obs.a", "out.phone.1.user.e", "$KV.people.key.vapid", "$KV.products.a", "$KV.leases.router", "hints", "look.1"},
			subscribe: []string{">", "_INBOX_WATCHER.>", "_INBOX_NOTIFIER.>", "_INBOX_KEEPER.>", "obs.>", "$KV.people.>", "out.>", "status.*"},
		},
	}
}

// refusedWithin is how long a request may stay without the answer that it must not get.
const refusedWithin = 3 * time.Second

func (s stranger) triesAll(ctx context.Context, t *testing.T, c *natstest.Cluster) {
	nc, err := nats.Connect(c.URL, append(c.Options(t, s.file(c)), nats.PermissionErrOnSubscribe(true))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	ctx, cancel := context.WithTimeout(ctx, refusedWithin)
	defer cancel()
	var tries sync.WaitGroup
	ask := func(what, subject, body string) {
		tries.Go(func() {
			if m, err := nc.RequestWithContext(ctx, subject, []byte(body)); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("a %s may %s (%s): answer %v, error %v, want none", s.name, what, subject, m, err)
			}
		})
	}
	for what, request := range s.ask {
		subject, body, _ := strings.Cut(request, " ")
		ask(what, "$JS.API."+subject, body)
	}
	for _, subject := range s.write { // a stream would acknowledge it
		ask("write", subject, "{}")
	}
	tries.Wait()
	for _, subject := range s.subscribe {
		sub, err := nc.SubscribeSync(subject)
		if err == nil {
			_, err = sub.NextMsg(refusedWithin)
		}
		if !errors.Is(err, nats.ErrPermissionViolation) {
			t.Errorf("a %s subscribes to %s: %v, want %v", s.name, subject, err, nats.ErrPermissionViolation)
		}
	}
}
