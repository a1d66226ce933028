package bus

import (
	"context"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// Follow hands over the last record of every watch, in the order in which they
// were written, and then every new one, until ctx ends. It never skips one and
// never goes back, but for one case: when the stream itself was set back or
// replaced, it starts again from the last records. Records that cannot be read
// are left out, with a line in the log.
func (j *Journal) Follow(ctx context.Context, each func(stock.Entry)) error {
	f := follower{journal: j, each: each}
	return j.again(ctx, 250*time.Millisecond, "follow changes", f.read)
}

type follower struct {
	journal *Journal
	each    func(stock.Entry)
	last    uint64    // sequence of the last record handed over
	made    time.Time // when the stream that it stands in was made
}

// read goes on after the last record until something breaks.
func (f *follower) read(ctx context.Context) error {
	ctx, cancel := f.journal.untilReconnect(ctx)
	defer cancel()
	obs, err := f.journal.lookUp(ctx, streamOBS)
	if err != nil {
		return err
	}
	info := obs.CachedInfo()
	if !info.Created.Equal(f.made) || info.State.LastSeq < f.last {
		f.made, f.last = info.Created, 0
	}
	c := jetstream.ConsumerConfig{FilterSubject: "obs.>", DeliverPolicy: jetstream.DeliverLastPerSubjectPolicy}
	if f.last > 0 {
		c.DeliverPolicy, c.OptStartSeq = jetstream.DeliverByStartSequencePolicy, f.last+1
	}
	cons, err := reader(ctx, obs, c)
	if err != nil {
		return err
	}
	defer f.journal.drop(obs, cons)
	it, err := cons.Messages(jetstream.PullMaxMessages(scanBatch), jetstream.PullExpiry(10*time.Second),
		jetstream.PullHeartbeat(2*time.Second), jetstream.WithMessagesErrOnMissingHeartbeat(true))
	if err != nil {
		return err
	}
	defer it.Stop()
	for seq := uint64(0); ; {
		m, err := it.Next(jetstream.NextContext(ctx))
		if err != nil {
			return err
		}
		if seq, err = inOrder(m, seq); err != nil {
			return err
		}
		e, err := entryOf(m)
		if e.Seq > 0 {
			f.last = e.Seq
		}
		if err != nil {
			f.journal.log.Error("a record cannot be read and is left out", "seq", e.Seq, "err", err)
			continue
		}
		f.each(e)
	}
}
