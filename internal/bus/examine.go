package bus

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/nats-io/nats.go/jetstream"
)

// Examination is what a look at the whole store found.
type Examination struct {
	Streams []ExaminedStream
	Watches []string // ids of the watches that have records
	Waiting []string // channels for which letters wait
	Dead    int      // dead letters
}

// ExaminedStream is one stream of it.
type ExaminedStream struct {
	Name       string
	Messages   int
	Unreadable int      // that the server counts and cannot read
	Nonsense   []uint64 // sequences of messages that are not what stands in such a stream
}

// Examiner reads what the store holds, message by message.
type Examiner struct {
	*link

	obs, out, dead jetstream.Stream
}

// Examine reads the whole store and changes nothing. While others write to it a few
// messages more or less are no finding.
func (e *Examiner) Examine(ctx context.Context) (x Examination, err error) {
	for _, name := range inventoried() {
		s, err := e.lookUp(ctx, name)
		if err != nil {
			return x, fmt.Errorf("look at stream %s: %w", name, err)
		}
		found, err := e.examine(ctx, s, name)
		if err != nil {
			return x, fmt.Errorf("read stream %s: %w", name, err)
		}
		x.Streams = append(x.Streams, found)
	}
	lctx, cancel := context.WithTimeout(ctx, scanTimeout)
	defer cancel()
	for stream, add := range map[jetstream.Stream]func(subject string){
		e.obs: func(subject string) { x.Watches = append(x.Watches, strings.TrimPrefix(subject, "obs.")) },
		e.out: func(subject string) {
			if p, ok := placeOfSubject(subject); ok {
				x.Waiting = append(x.Waiting, p.channel)
			}
		},
		e.dead: func(string) { x.Dead++ },
	} {
		info, err := stream.Info(lctx, jetstream.WithSubjectFilter(">"))
		if err != nil {
			return x, fmt.Errorf("list subjects: %w", err)
		}
		for subject := range info.State.Subjects {
			add(subject)
		}
	}
	return x, nil
}

// examine reads one stream, message by message: a reader of a work queue would take its
// letters from those who deliver them.
func (e *Examiner) examine(ctx context.Context, s jetstream.Stream, name string) (x ExaminedStream, err error) {
	x.Name = name
	if name == streamOUT {
		return x, e.examineLetters(ctx, s, &x)
	}
	err = e.scanReadable(ctx, s, ">", jetstream.DeliverAllPolicy, func(m jetstream.Msg) {
		x.Messages++
		meta, err := m.Metadata()
		if err == nil && !sensible(name, m.Subject(), m.Data(), m.Headers().Get(jetstream.MarkerReasonHeader) != "" || m.Headers().Get("KV-Operation") != "") {
			x.Nonsense = append(x.Nonsense, meta.Sequence.Stream)
		}
	})
	if err != nil {
		return x, err
	}
	info, err := s.Info(ctx)
	if err != nil {
		return x, err
	}
	x.Unreadable = max(0, int(info.State.Msgs)-x.Messages)
	return x, nil
}

func (e *Examiner) examineLetters(ctx context.Context, s jetstream.Stream, x *ExaminedStream) error {
	lctx, cancel := context.WithTimeout(ctx, scanTimeout)
	defer cancel()
	info, err := s.Info(lctx, jetstream.WithSubjectFilter("out.>"))
	if err != nil {
		return err
	}
	for subject := range info.State.Subjects {
		cctx, cancel := call(ctx)
		m, err := s.GetLastMsgForSubject(cctx, subject)
		cancel()
		switch {
		case errors.Is(err, jetstream.ErrMsgNotFound): // sent meanwhile
		case err != nil:
			x.Unreadable++
		case !sensible(streamOUT, subject, m.Data, false):
			x.Nonsense = append(x.Nonsense, m.Sequence)
		default:
			x.Messages++
		}
	}
	return nil
}

// sensible reports whether a message is what stands in a stream.
func sensible(stream, subject string, body []byte, marker bool) bool {
	switch stream {
	case streamOBS:
		_, err := decodeChange(body)
		return err == nil
	case streamOUT:
		_, err := decodeLetter(body)
		return err == nil
	case streamDEAD:
		_, err := decodeDead(body, subject)
		return err == nil
	case streamSENT:
		_, ok := placeOfSubject(subject)
		return ok
	}
	return marker || strings.HasPrefix(subject, "$KV.")
}

// DiscardNonsense removes messages of a stream by their numbers: what Examine found to be
// nonsense. It returns how many are gone.
func (e *Examiner) DiscardNonsense(ctx context.Context, x ExaminedStream) (n int, err error) {
	s, err := e.lookUp(ctx, x.Name)
	if err != nil {
		return 0, fmt.Errorf("look at stream %s: %w", x.Name, err)
	}
	for _, seq := range x.Nonsense {
		cctx, cancel := call(ctx)
		err := s.DeleteMsg(cctx, seq)
		cancel()
		if err != nil && !errors.Is(err, jetstream.ErrMsgNotFound) {
			return n, fmt.Errorf("remove message %d of stream %s: %w", seq, x.Name, err)
		}
		n++
	}
	return n, nil
}
