package crashlab

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/natsd"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// readRecords reads the records after one sequence as they stand in the stream,
// with no code of the product in between.
func readRecords(t testing.TB, nc *nats.Conn, after uint64) []record {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatalf("read the records: %v", err)
	}
	stream, err := asked(ctx, func(ctx context.Context) (jetstream.Stream, error) { return js.Stream(ctx, "OBS") })
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		return nil // killed before it was made
	}
	if err != nil {
		t.Fatalf("read the records: %v", err)
	}
	info, err := asked(ctx, func(ctx context.Context) (*jetstream.StreamInfo, error) { return stream.Info(ctx) })
	if err != nil {
		t.Fatalf("read the records: %v", err)
	}
	if after > 0 && info.State.FirstSeq > after+1 {
		t.Fatalf("record %d was pushed out before it was read: read more often", after+1)
	}
	var out []record
	for seq := after + 1; seq <= info.State.LastSeq; seq++ {
		get := func(ctx context.Context) (*jetstream.RawStreamMsg, error) { return stream.GetMsg(ctx, seq) }
		m, err := asked(ctx, get)
		for errors.Is(err, jetstream.ErrMsgNotFound) && clock.Sleep(ctx, 50*time.Millisecond) { // the replica that answers is behind
			m, err = asked(ctx, get)
		}
		if err != nil {
			t.Fatalf("read record %d: %v", seq, err)
		}
		var c stock.Change
		if err := json.Unmarshal(m.Data, &c); err != nil {
			t.Fatalf("read record %d: %v", seq, err)
		}
		out = append(out, record{seq, c.Watch.URL, c.Kind, flipOf(c.Offer.Title)})
	}
	return out
}

// asked asks again, until ctx ends, what got no answer: the server that a request was on its way to may
// have been killed.
func asked[T any](ctx context.Context, ask func(context.Context) (T, error)) (T, error) {
	for {
		try, cancel := context.WithTimeout(ctx, 5*time.Second)
		answer, err := ask(try)
		cancel()
		if !errors.Is(err, context.DeadlineExceeded) || ctx.Err() != nil {
			return answer, err
		}
	}
}

func (l *lab) lastRecord() uint64 {
	if n := len(l.records); n > 0 {
		return l.records[n-1].seq
	}
	return 0
}

// auditFolder reads what stands in the folder of a box that does not run.
func (l *lab) auditFolder(dir string) {
	l.Helper()
	nc, done := l.openFolder(dir)
	defer done()
	l.records = append(l.records, readRecords(l, nc, l.lastRecord())...)
}

// openFolder starts an engine on the folder of a box that does not run.
func (l *lab) openFolder(dir string) (nc *nats.Conn, done func()) {
	l.Helper()
	engine, err := natsd.Start(natsd.Options{Dir: dir, Sync: "1m"})
	if err != nil {
		l.Fatalf("open the folder of a killed box: %v", err)
	}
	nc, err = engine.Connect(nats.Timeout(10 * time.Second))
	if err != nil {
		l.Fatalf("open the folder of a killed box: %v", err)
	}
	return nc, func() {
		nc.Close()
		engine.Stop()
	}
}

// judgedBy returns the limit by which the box last judged what always is in stock, ""
// when it has not yet.
func (l *lab) judgedBy(dir string) string {
	l.Helper()
	nc, done := l.openFolder(dir)
	defer done()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	js, err := jetstream.New(nc)
	if err != nil {
		l.Fatalf("read the limits: %v", err)
	}
	people, err := js.Stream(ctx, "KV_people")
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		return ""
	}
	if err != nil {
		l.Fatalf("read the limits: %v", err)
	}
	m, err := people.GetLastMsgForSubject(ctx, "$KV.people.judged."+stock.ShortHash(heldProduct)[:2])
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return ""
	}
	if err != nil {
		l.Fatalf("read the limits: %v", err)
	}
	var all map[string]struct {
		Max struct{ Amount string } `json:"max_price"`
	}
	if err := json.Unmarshal(m.Data, &all); err != nil {
		l.Fatalf("read the limits: %v", err)
	}
	return all[heldProduct].Max.Amount
}
