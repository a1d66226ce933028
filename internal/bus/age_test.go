package bus

import (
	"archive/zip"
	"bytes"
	"context"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// put replaces single streams by what a copy holds of them, as somebody does who
// restores with other tools than ours.
func put(ctx context.Context, t testing.TB, nc *nats.Conn, copied []byte, names ...string) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(copied), int64(len(copied)))
	if err != nil {
		t.Fatal(err)
	}
	m, err := readManifest(z)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		c, _ := m.stream(name)
		f, err := z.Open(c.Entry)
		if err != nil {
			t.Fatal(err)
		}
		if err := mustJetStream(t, nc).DeleteStream(ctx, name); err != nil {
			t.Fatalf("remove stream %s: %v", name, err)
		}
		if err := restoreStream(ctx, nc, c, f); err != nil {
			t.Fatalf("restore stream %s: %v", name, err)
		}
	}
}

// routing makes a letter of every record, as a notifier does.
func routing(b *Bus) func(context.Context) error {
	return func(ctx context.Context) error {
		return b.Route(ctx, func(ctx context.Context, e stock.Entry) error {
			return b.Enqueue(ctx, ofEpoch(b, strconv.FormatUint(e.Seq, 10)))
		})
	}
}

// TestStreamsOfDifferentAges lives through a copy, more changes and alerts, and
// the restore of a part of the streams. Records of before are 1 (told before the
// copy), 2 (its letter waits at the copy and is sent after it) and 3 (not routed
// at the copy, told after it); after it come 4 (told) and 5 (its letter waits).
func TestStreamsOfDifferentAges(t *testing.T) {
	for _, tt := range []struct {
		name  string
		old   []string
		fresh bool     // a new epoch begins
		sent  []string // after it, with an epoch: old of before, new
		dead  []string
	}{
		{"none", nil, false, []string{"5 old", "6 old"}, nil},
		{"obs", []string{streamOBS}, true, []string{"4 new", "5 old"}, nil},
		{"obs and out", []string{streamOBS, streamOUT}, true, []string{"4 new"}, nil},
		{"obs and sent", []string{streamOBS, streamSENT}, true, []string{"4 new", "5 old"}, []string{"2 old", "3 old"}},
		{"out", []string{streamOUT}, true, []string{"5 old", "6 new"}, nil},
		{"out and sent", []string{streamOUT, streamSENT}, true, []string{"6 new"}, []string{"2 old", "3 old", "4 old", "5 old"}},
		{"sent", []string{streamSENT}, true, []string{"5 old", "6 new"}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ctx := within(t)
			b, engine := newBus(t)
			copied := liveThrough(ctx, t, b)
			put(ctx, t, b.nc, copied, tt.old...)

			r := mustOpen(t, mustConnect(t, engine))
			if fresh := r.Epoch() != b.Epoch(); fresh != tt.fresh {
				t.Errorf("a new epoch: %v, want %v", fresh, tt.fresh)
			}
			again := mustOpen(t, mustConnect(t, engine))
			if again.Epoch() != r.Epoch() {
				t.Errorf("opened again the epoch is %s, want %s: nothing has changed since", again.Epoch(), r.Epoch())
			}
			mustAppend(t, r, change("after", stock.Restocked), 0)
			age := map[string]string{b.Epoch(): "old", r.Epoch(): "new"}
			if !tt.fresh {
				age[b.Epoch()] = "old"
			}
			during(t, routing(r))
			letters, _ := taken(t, r)
			var sent []string
			for range tt.sent {
				l := next(ctx, t, "a letter after "+strconv.Itoa(len(sent)), letters)
				sent = append(sent, l.Event+" "+age[l.Epoch])
			}
			settled(ctx, t, r)
			empty(ctx, t, r, "phone")
			for len(letters) > 0 {
				l := <-letters
				sent = append(sent, l.Event+" "+age[l.Epoch])
			}
			slices.Sort(sent)
			if diff := cmp.Diff(tt.sent, sent); diff != "" {
				t.Errorf("letters sent (-want +got):\n%s", diff)
			}
			var dead []string
			all, err := r.Dead(ctx)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range all {
				dead = append(dead, d.Letter.Event+" "+age[d.Letter.Epoch])
			}
			if diff := cmp.Diff(tt.dead, dead); diff != "" {
				t.Errorf("dead letters (-want +got):\n%s", diff)
			}
		})
	}
}

// liveThrough is the history of TestStreamsOfDifferentAges; it returns the copy.
func liveThrough(ctx context.Context, t *testing.T, b *Bus) []byte {
	t.Helper()
	for _, w := range []string{"a", "b"} {
		mustAppend(t, b, change(w, stock.Restocked), 0)
	}
	endRoute := during(t, routing(b))
	settled(ctx, t, b)
	endRoute()
	mustSend(ctx, t, b, "1")
	mustAppend(t, b, change("c", stock.Restocked), 0)
	copied := mustBackup(t, b)

	mustSend(ctx, t, b, "2")
	mustAppend(t, b, change("d", stock.Restocked), 0)
	mustAppend(t, b, change("e", stock.Restocked), 0)
	endRoute = during(t, routing(b))
	settled(ctx, t, b)
	endRoute()
	mustSend(ctx, t, b, "3")
	mustSend(ctx, t, b, "4")
	b.ages.note(ctx) // as the router does now and then
	return copied
}

// settled waits until all records are routed.
func settled(ctx context.Context, t *testing.T, b *Bus) {
	t.Helper()
	info, err := b.Journal.obs.Info(ctx)
	if err != nil {
		t.Fatal(err)
	}
	settledAt(ctx, t, b, info.State.LastSeq)
}

// mustSend marks the letter of a record as sent and takes it from the outbox.
func mustSend(ctx context.Context, t *testing.T, b *Bus, event string) {
	t.Helper()
	l := ofEpoch(b, event)
	if err := b.MarkSent(ctx, l, stock.Receipt{SentAt: observed}); err != nil {
		t.Fatal(err)
	}
	p, err := placeOf(l)
	if err != nil {
		t.Fatal(err)
	}
	m, err := b.Letters.out.GetLastMsgForSubject(ctx, p.in("out"))
	if err != nil {
		t.Fatalf("letter %s is not in the outbox: %v", event, err)
	}
	if err := b.Letters.out.DeleteMsg(ctx, m.Sequence); err != nil {
		t.Fatal(err)
	}
}

func TestEpochs(t *testing.T) {
	one := readEpochs(map[string]string{epochKey: "A"})
	two := one.begin(span{"B", 101, true})
	three := readEpochs(two.begin(span{"C", 301, false}).metadata(map[string]string{"other": "x"}))
	for _, tt := range []struct {
		e           epochs
		event, want string
		doubt       bool
	}{
		{one, "5", "A", false},
		{two, "100", "A", true},
		{two, "101", "B", false},
		{two, "d100", "A", true},
		{two, "d101", "B", false},
		{three, "100", "A", true},
		{three, "101", "B", false},
		{three, "300", "B", false},
		{three, "301", "C", false},
		{three, "dweekly", "C", false},
		{three, "", "C", false},
	} {
		if got, doubt := tt.e.of(tt.event, tt.e.now()); got != tt.want || doubt != tt.doubt {
			t.Errorf("epoch of event %q in %v is %s, in doubt %v, want %s, %v", tt.event, tt.e, got, doubt, tt.want, tt.doubt)
		}
		if got, doubt := tt.e.of(tt.event, "another"); got != "another" || doubt {
			t.Errorf("epoch of event %q of another epoch is %s, want it left alone", tt.event, got)
		}
	}
	if got := three.metadata(map[string]string{"other": "x"}); got["other"] != "x" || got[epochKey] != "C" {
		t.Errorf("metadata: %v, want the epoch and what else there was", got)
	}
	many := one
	for i := range uint64(50) {
		many = many.begin(span{epoch: "E" + strconv.FormatUint(i, 10), from: 10 * i})
	}
	if len(many) != maxEpochs || many.now() != "E49" {
		t.Errorf("after 50 epochs %d are kept, the last is %s, want %d and E49", len(many), many.now(), maxEpochs)
	}
	for _, broken := range []string{"x", ":", "A", "B:x", "A:1 B:2", "A:1??"} {
		if got := readEpochs(map[string]string{epochKey: "A", epochsKey: broken}); len(got) != 1 || got.now() != "A" {
			t.Errorf("epochs %q of epoch A: %v, want A alone", broken, got)
		}
	}
}
