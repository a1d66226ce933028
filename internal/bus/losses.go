package bus

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

const (
	// readWhole is up to how many messages a stream is read whole at a start, on an
	// engine in this process. Of a longer one the last message of each subject is.
	readWhole = 20_000
)

// Losses returns what was missing when the store was opened and the owner was not told
// of yet, and when that was.
func (st *Stocktaking) Losses() ([]stock.Loss, time.Time) {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.found == nil {
		return nil, time.Time{}
	}
	return slices.Clone(st.found.Losses), st.found.At
}

// LossesTold notes that the owner was told.
func (st *Stocktaking) LossesTold(ctx context.Context) {
	st.mu.Lock()
	st.found = nil
	st.mu.Unlock()
	st.TakeInventory(ctx)
}

// missing is what a start finds missing.
type missing struct {
	losses  []stock.Loss
	letters []place // those that were lost
}

// findMissing compares the store with the last inventory, and reads it where that takes
// no time.
func (st *Stocktaking) findMissing(ctx context.Context) (m missing, err error) {
	last, ok, err := st.loadInventory(ctx)
	if err != nil {
		return m, fmt.Errorf("read the inventory: %w", err)
	}
	if st.found = last.Found; !ok {
		return m, nil
	}
	lost := map[stock.LossKind]int{}
	for name, kind := range map[string]stock.LossKind{
		streamOBS: stock.LostRecords, streamSENT: stock.LostProofs, streamDEAD: stock.LostDead, kvPrefix + bucketLearned: stock.LostLearned,
	} {
		n, err := st.missingIn(ctx, name, last)
		if err != nil {
			return m, err
		}
		lost[kind] = n
	}
	if m.letters, err = st.missingLetters(ctx, last.Letters); err != nil {
		return m, err
	}
	lost[stock.LostLetters] = len(m.letters)
	names := map[stock.LossKind][]string{}
	for bucket, keys := range last.Keys {
		gone, err := st.missingKeys(ctx, bucket, keys, last)
		if err != nil {
			return m, err
		}
		for _, key := range gone {
			kind, name := ofKey(bucket, key)
			lost[kind]++
			names[kind] = append(names[kind], name)
		}
	}
	for _, kind := range stock.LossKinds() {
		if lost[kind] > 0 {
			m.losses = append(m.losses, stock.Loss{Kind: kind, Count: lost[kind], Names: names[kind][:min(len(names[kind]), 5)]})
		}
	}
	return m, nil
}

// missingIn counts the messages that are gone from a stream without having been taken or
// deleted.
func (st *Stocktaking) missingIn(ctx context.Context, name string, last inventory) (int, error) {
	s, err := st.lookUp(ctx, name)
	if err != nil {
		return 0, fmt.Errorf("look at stream %s: %w", name, err)
	}
	state, had := s.CachedInfo().State, last.Stores[name]
	n := 0
	switch {
	case state.LastSeq < had.Last && state.LastSeq == 0:
		n = int(had.Messages)
	case state.LastSeq < had.Last:
		n = int(had.Last - state.LastSeq)
	case name == streamOBS && had.Messages > state.Msgs, state.LastSeq == had.Last && had.Messages > state.Msgs && !had.expired(s.CachedInfo().Config.MaxAge):
		n = int(had.Messages - state.Msgs)
	}
	if state.Lost != nil {
		n = max(n, len(state.Lost.Msgs))
	}
	if !st.alone || state.Msgs == 0 { // others write, or nothing is there
		return n, nil
	}
	policy, want := jetstream.DeliverAllPolicy, state.Msgs
	if want > readWhole {
		policy, want = jetstream.DeliverLastPerSubjectPolicy, state.NumSubjects
	}
	read, err := st.readable(ctx, s, ">", policy)
	if err != nil {
		return n, fmt.Errorf("read stream %s: %w", name, err)
	}
	if got := uint64(read.messages); got < want {
		n = max(n, int(want-got))
	}
	return n, nil
}

// expired reports whether messages may have gone by themselves because they were old.
func (c count) expired(life time.Duration) bool { return life > 0 && clock.Wall().Sub(c.First) >= life }

// reading is what could be read of a stream.
type reading struct {
	messages int
	subjects map[string]int
}

// readable reads what is in a stream under a subject. Messages that the server
// counts and cannot read are left out.
func (l *link) readable(ctx context.Context, s jetstream.Stream, subject string, policy jetstream.DeliverPolicy) (r reading, err error) {
	r.subjects = map[string]int{}
	err = l.scanReadable(ctx, s, subject, policy, func(m jetstream.Msg) {
		r.messages++
		r.subjects[m.Subject()]++
	})
	return r, err
}

// scanReadable hands over what is in a stream under a subject, as far as the server
// can read it.
func (l *link) scanReadable(ctx context.Context, s jetstream.Stream, subject string, policy jetstream.DeliverPolicy, each func(jetstream.Msg)) error {
	ctx, cancel := context.WithTimeout(ctx, scanTimeout)
	defer cancel()
	cons, err := reader(ctx, s, jetstream.ConsumerConfig{FilterSubject: subject, DeliverPolicy: policy})
	if err != nil {
		return err
	}
	defer l.drop(s, cons)
	for left := cons.CachedInfo().NumPending; left > 0; {
		batch, err := cons.Fetch(int(min(left, scanBatch)), jetstream.FetchMaxWait(callTimeout))
		if err != nil {
			return err
		}
		got := uint64(0)
		for m := range batch.Messages() {
			got++
			each(m)
		}
		if got == 0 && !unheard(ctx, batch.Error()) {
			return nil // what the server counts besides cannot be read
		}
		info, err := cons.Info(ctx)
		if err != nil {
			return err
		}
		left = info.NumPending
	}
	return nil
}

// missingLetters returns the letters that waited at the last inventory and are gone
// without having been sent or given up.
func (st *Stocktaking) missingLetters(ctx context.Context, waited []string) (lost []place, err error) {
	for _, subject := range waited {
		p, ok := placeOfSubject(subject)
		if !ok {
			continue
		}
		there := false
		for stream, in := range st.letters.places() {
			cctx, cancel := call(ctx)
			_, err := stream.GetLastMsgForSubject(cctx, p.in(in))
			cancel()
			if err == nil {
				there = true
			} else if !errors.Is(err, jetstream.ErrMsgNotFound) && in != "out" {
				st.log.Warn("a letter cannot be looked for", "subject", p.in(in), "err", err)
			}
		}
		if !there {
			lost = append(lost, p)
		}
	}
	return lost, nil
}

// missingKeys returns the keys of a bucket that were there and were not deleted. What
// is deleted leaves a marker for markerLife; after a longer time only as many count as
// lost as nobody can have deleted.
func (st *Stocktaking) missingKeys(ctx context.Context, bucket string, keys []string, last inventory) (gone []string, err error) {
	if len(keys) == 0 {
		return nil, nil
	}
	s, err := st.lookUp(ctx, kvPrefix+bucket)
	if err != nil {
		return nil, fmt.Errorf("look at bucket %s: %w", bucket, err)
	}
	prefix := "$KV." + bucket + "."
	read, err := st.readable(ctx, s, prefix+">", jetstream.DeliverLastPerSubjectPolicy)
	if err != nil {
		return nil, fmt.Errorf("read bucket %s: %w", bucket, err)
	}
	for _, key := range keys {
		if read.subjects[prefix+key] == 0 {
			gone = append(gone, key)
		}
	}
	if clock.Wall().Sub(last.At) >= markerLife {
		now, then := s.CachedInfo().State.LastSeq, last.Stores[kvPrefix+bucket].Last
		gone = gone[min(int(now-min(now, then)), len(gone)):]
	}
	return gone, nil
}

// ofKey says what is lost with a key, and the name that its owner knows it by.
func ofKey(bucket, key string) (kind stock.LossKind, name string) {
	if bucket == bucketProducts {
		return stock.LostProducts, key
	}
	words := strings.SplitN(key, ".", 3)
	if len(words) > 1 {
		name = words[1]
	}
	switch words[0] {
	case "sub":
		return stock.LostBrowsers, name
	case "mute":
		return stock.LostMutes, name
	case "key":
		return stock.LostKeys, name
	}
	return stock.LostFacts, ""
}

// recoverMissing repairs what is missing, as far as possible: letters are made
// again from the records of the last day, of which SENT tells what was sent; those of
// which there is no record, or one that is too old, become dead letters.
func (st *Stocktaking) recoverMissing(ctx context.Context, m missing) error {
	if len(m.losses) == 0 {
		return nil
	}
	rebuilt, buried := 0, 0
	for _, p := range m.letters {
		again, err := st.makesAgain(ctx, p)
		if err != nil {
			return fmt.Errorf("look for the record of letter %s: %w", p.in("out"), err)
		}
		if again {
			rebuilt++
			continue
		}
		if err := st.letters.Bury(ctx, stock.DeadLetter{Letter: p.letter(), Reason: stock.Because(stock.ReasonStoreDamaged)}); err != nil {
			return err
		}
		buried++
	}
	if rebuilt > 0 {
		obs, err := st.lookUp(ctx, streamOBS)
		if err != nil {
			return err
		}
		if err := routerDurable().again(ctx, obs); err != nil {
			return err
		}
	}
	for i := range m.losses {
		if m.losses[i].Kind == stock.LostLetters {
			m.losses[i].Rebuilt, m.losses[i].Buried = rebuilt, buried
		}
		st.log.Error("the store was damaged: something is missing, see `sainyuka doctor`", "kind", m.losses[i].Kind, "count", m.losses[i].Count)
	}
	st.mu.Lock()
	st.found = &found{At: clock.Wall().UTC(), Losses: m.losses}
	st.mu.Unlock()
	return nil
}

// makesAgain reports whether the router will make a letter again from its record.
func (st *Stocktaking) makesAgain(ctx context.Context, p place) (bool, error) {
	seq, ok := number(p.event)
	if !ok || strings.HasPrefix(p.event, "d") {
		return false, nil
	}
	ctx, cancel := call(ctx)
	defer cancel()
	m, err := st.journal.obs.GetMsg(ctx, seq)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	c, err := decodeChange(m.Data)
	if err != nil {
		return false, nil
	}
	return clock.Wall().Sub(m.Time) < c.Kind.Info().Life, nil
}
