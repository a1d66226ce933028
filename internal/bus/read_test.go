package bus

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// farStream has one reader on another server of the cluster, of which ours does not
// know yet when the first pulls go out.
type farStream struct {
	jetstream.Stream
	reader *farReader
}

func (s farStream) CreateConsumer(context.Context, jetstream.ConsumerConfig) (jetstream.Consumer, error) {
	return s.reader, nil
}
func (s farStream) DeleteConsumer(context.Context, string) error { return nil }

type farReader struct {
	jetstream.Consumer
	unheard int  // pulls
	gone    bool // it was dropped with its server
	pulls   int
	given   bool
}

func (r *farReader) CachedInfo() *jetstream.ConsumerInfo {
	if r.given {
		return &jetstream.ConsumerInfo{}
	}
	return &jetstream.ConsumerInfo{NumPending: 1}
}

func (r *farReader) Info(context.Context) (*jetstream.ConsumerInfo, error) {
	if r.gone {
		return nil, jetstream.ErrConsumerNotFound
	}
	return r.CachedInfo(), nil
}

func (r *farReader) Fetch(int, ...jetstream.FetchOpt) (jetstream.MessageBatch, error) {
	r.pulls++
	if r.gone || r.pulls <= r.unheard {
		return batch{err: nats.ErrNoResponders}, nil
	}
	r.given = true
	return batch{messages: []jetstream.Msg{message{}}}, nil
}

type batch struct {
	messages []jetstream.Msg
	err      error
}

func (b batch) Error() error { return b.err }

func (b batch) Messages() <-chan jetstream.Msg {
	c := make(chan jetstream.Msg, len(b.messages))
	for _, m := range b.messages {
		c <- m
	}
	close(c)
	return c
}

type message struct{ jetstream.Msg }

func (message) Metadata() (*jetstream.MsgMetadata, error) {
	return &jetstream.MsgMetadata{Sequence: jetstream.SequencePair{Consumer: 1, Stream: 1}}, nil
}

// A reader that lives on another server is not known everywhere at once: a list that
// is asked for meanwhile is whole, and no error.
func TestAReaderThatOurServerDoesNotKnowYet(t *testing.T) {
	for _, scan := range []struct {
		name string
		do   func(*Bus, context.Context, jetstream.Stream, func(jetstream.Msg)) error
	}{
		{"scan", func(b *Bus, ctx context.Context, s jetstream.Stream, each func(jetstream.Msg)) error {
			return b.scan(ctx, s, "dead.>", jetstream.DeliverAllPolicy, each)
		}},
		{"scanReadable", func(b *Bus, ctx context.Context, s jetstream.Stream, each func(jetstream.Msg)) error {
			return b.scanReadable(ctx, s, "dead.>", jetstream.DeliverAllPolicy, each)
		}},
	} {
		t.Run(scan.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r, got := &farReader{unheard: 3}, 0
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				err := scan.do(&Bus{}, ctx, farStream{reader: r}, func(jetstream.Msg) { got++ })
				if err != nil || got != 1 {
					t.Errorf("after 3 pulls that nobody heard: %d messages, error %v, want 1 and none", got, err)
				}
				err = scan.do(&Bus{}, ctx, farStream{reader: &farReader{gone: true}}, func(jetstream.Msg) {})
				if !errors.Is(err, jetstream.ErrConsumerNotFound) {
					t.Errorf("a reader that is gone: error %v, want %v", err, jetstream.ErrConsumerNotFound)
				}
			})
		})
	}
}
