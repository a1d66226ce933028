package bus

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/nats-io/nats.go/jetstream"
)

const (
	epochKey  = "sainyuka_epoch"  // in the metadata of OBS
	epochsKey = "sainyuka_epochs" // the last ones and where they began: "A:1 B:101?", see span
	maxEpochs = 8
)

// span is one epoch: the records from a sequence to where the next one begins.
// The question mark marks an epoch in doubt: what was sent before it is not fully known.
type span struct {
	epoch string
	from  uint64
	doubt bool
}

// epochs are the epochs of OBS, oldest first; the last one is now. A new one
// begins when the stream was set back, since its next numbers were used once already.
// Records from before keep the epoch in which their alerts were sent.
type epochs []span

// readEpochs reads the metadata of OBS; nil when it names no epoch.
func readEpochs(meta map[string]string) epochs {
	now := meta[epochKey]
	if now == "" {
		return nil
	}
	var all epochs
	for word := range strings.FieldsSeq(meta[epochsKey]) {
		epoch, from, _ := strings.Cut(word, ":")
		from, doubt := strings.CutSuffix(from, "?")
		if n, err := strconv.ParseUint(from, 10, 64); err == nil {
			all = append(all, span{epoch, n, doubt})
		}
	}
	if len(all) == 0 || all[len(all)-1].epoch != now { // a stream that has had one epoch only, or another's hands
		return epochs{{epoch: now, from: 1}}
	}
	return all
}

// begin returns the epochs with a new one.
func (e epochs) begin(next span) epochs {
	all := append(e[:len(e):len(e)], next)
	return all[max(0, len(all)-maxEpochs):]
}

// metadata returns the metadata of a stream with these epochs in it.
func (e epochs) metadata(have map[string]string) map[string]string {
	meta := maps.Clone(have)
	if meta == nil {
		meta = make(map[string]string)
	}
	var words []string
	for _, s := range e {
		word := s.epoch + ":" + strconv.FormatUint(s.from, 10)
		if s.doubt {
			word += "?"
		}
		words = append(words, word)
	}
	meta[epochKey], meta[epochsKey] = e.now(), strings.Join(words, " ")
	return meta
}

func (e epochs) now() string {
	if len(e) == 0 {
		return ""
	}
	return e[len(e)-1].epoch
}

// of returns the epoch of an event that is the number of a record, or "d" and
// one, and whether it is in doubt what was sent of that epoch. For other events,
// and letters that name an earlier epoch themselves, it is the one that is given.
func (e epochs) of(event, given string) (epoch string, doubt bool) {
	seq, ok := number(event)
	if !ok || len(e) == 0 || given != e.now() {
		return given, false
	}
	for _, s := range slices.Backward(e) {
		if s.from <= seq {
			return s.epoch, doubt
		}
		doubt = doubt || s.doubt
	}
	return e[0].epoch, doubt // or one before it, of which nothing is known any more
}

// number returns the number of the record that an event is about.
func number(event string) (seq uint64, ok bool) {
	seq, err := strconv.ParseUint(strings.TrimPrefix(event, "d"), 10, 64)
	return seq, err == nil
}

// epochLog keeps the epochs in the metadata of OBS.
type epochLog struct {
	*link

	all epochs
}

func (l *epochLog) now() string { return l.all.now() }

// ensure reads the epochs, which the maker of the stream has put there. A
// stream that has none was made by hand or by a restore: it begins a new one.
func (l *epochLog) ensure(ctx context.Context, s jetstream.Stream, fresh string) error {
	info := s.CachedInfo()
	if l.all = readEpochs(info.Config.Metadata); l.all != nil {
		return nil
	}
	l.log.Warn("stream has no epoch: it begins a new one", "stream", info.Config.Name)
	return l.begin(ctx, span{epoch: fresh, from: 1})
}

// begin begins a new epoch. What stands in the metadata after that is what
// counts, no matter which process wrote it.
func (l *epochLog) begin(ctx context.Context, next span) error {
	s, err := l.lookUp(ctx, streamOBS)
	if err != nil {
		return err
	}
	c := s.CachedInfo().Config
	c.Metadata = l.all.begin(next).metadata(c.Metadata)
	if err := l.updateStream(ctx, c); err != nil {
		return err
	}
	if s, err = l.lookUp(ctx, streamOBS); err != nil {
		return err
	}
	if l.all = readEpochs(s.CachedInfo().Config.Metadata); l.all == nil {
		return fmt.Errorf("stream %s does not keep its epoch", streamOBS)
	}
	return nil
}
