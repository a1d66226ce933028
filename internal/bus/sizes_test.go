package bus

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/sainyuka/sainyuka/internal/natstest"
	"github.com/sainyuka/sainyuka/internal/stock"
)

func TestAFullStreamIsToldAndKeepsQuietWatches(t *testing.T) {
	ctx := within(t)
	reg := prometheus.NewRegistry()
	var log bytes.Buffer
	b, err := Open(ctx, Options{
		Conn: natstest.Run(t), MemoryLeases: true, Registerer: reg,
		Logger: slog.New(slog.NewTextHandler(&log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	if n, err := testutil.GatherAndCount(reg, "sainyuka_stream_bytes", "sainyuka_stream_max_bytes", "sainyuka_history_max_records"); n != 8+4+1 || err != nil {
		t.Errorf("%d series, %v, want the bytes of 4 streams and 4 buckets, the limits of the streams, and the length of histories", n, err)
	}
	if problems, err := testutil.GatherAndLint(reg); len(problems) != 0 || err != nil {
		t.Errorf("metrics: %v, %v", problems, err)
	}
	c := b.Journal.obs.CachedInfo().Config
	c.MaxBytes = 64 << 10
	if err := b.updateStream(ctx, c); err != nil {
		t.Fatal(err)
	}

	full := change("quiet", stock.Baseline)
	mustAppend(t, b, full, 0)
	for i := 0; err == nil; i++ {
		_, err = b.Append(ctx, change(fmt.Sprintf("w%d", i), stock.Baseline), 0)
	}
	if !errors.Is(err, ErrFull) {
		t.Errorf("Append to a full stream: %v, want %v", err, ErrFull)
	}
	if _, seq, err := b.Last(ctx, "quiet"); seq != 1 || err != nil {
		t.Errorf("the quiet watch's record is at %d, %v: it must not be thrown away", seq, err)
	}
	for range 3 {
		b.Sizes.measure(ctx)
	}
	if n := strings.Count(log.String(), "nearly full"); n != 1 {
		t.Errorf("told %d times that the stream is nearly full, want once:\n%s", n, log.String())
	}
	if err := b.Journal.obs.Purge(ctx); err != nil {
		t.Fatal(err)
	}
	b.Sizes.measure(ctx)
	if !strings.Contains(log.String(), "has room again") {
		t.Errorf("not told that the stream has room again:\n%s", log.String())
	}
	if _, err := b.Append(ctx, change("new", stock.Baseline), 0); err != nil {
		t.Errorf("Append after a purge: %v", err)
	}
}
