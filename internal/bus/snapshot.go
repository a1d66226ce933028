package bus

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	// askTimeout is how long a server may take to begin. One who may not ask gets
	// no answer at all.
	askTimeout = 10 * time.Second
	// chunkTimeout is how long a server may take with a part of a copy.
	chunkTimeout = 30 * time.Second
	// restoreChunk is small because a server that writes through for each message
	// needs a moment for each part, and gives up on one that takes 5 s.
	restoreChunk = 8 << 10
	// finishTimeout is how long the server may take to put a stream to work.
	finishTimeout = 5 * time.Minute
)

// streamCopy says what a copy of a stream is of.
type streamCopy struct {
	Name   string          `json:"name"`
	Entry  string          `json:"entry"`  // in the archive
	Config json.RawMessage `json:"config"` // as the server says it
	State  json.RawMessage `json:"state"`
}

// snapshot writes a copy of a stream to w, without its consumers. It is what the
// stream held at one moment, but for messages that were removed meanwhile.
func snapshot(ctx context.Context, nc *nats.Conn, name string, w io.Writer) (streamCopy, error) {
	sub, err := nc.SubscribeSync(nc.NewInbox())
	if err != nil {
		return streamCopy{}, err
	}
	defer func() { _ = sub.Unsubscribe() }() // which also makes the server stop
	var answer struct {
		Config json.RawMessage `json:"config"`
		State  json.RawMessage `json:"state"`
	}
	ask := map[string]any{"deliver_subject": sub.Subject, "no_consumers": true}
	if err := askServer(ctx, nc, "$JS.API.STREAM.SNAPSHOT."+name, ask, &answer); err != nil {
		return streamCopy{}, err
	}
	for {
		m, err := nextChunk(ctx, sub)
		if err != nil {
			return streamCopy{}, err
		}
		if len(m.Data) == 0 { // the end, and how it went
			if status := m.Header.Get("Status"); status != "" && status != "204" {
				return streamCopy{}, fmt.Errorf("the server gave up: %s %s", status, m.Header.Get("Description"))
			}
			return streamCopy{Name: name, Config: answer.Config, State: answer.State}, nil
		}
		if _, err := w.Write(m.Data); err != nil {
			return streamCopy{}, err
		}
		if m.Reply == "" {
			continue
		}
		if err := m.Respond(nil); err != nil {
			return streamCopy{}, err
		}
	}
}

func nextChunk(ctx context.Context, sub *nats.Subscription) (*nats.Msg, error) {
	ctx, cancel := context.WithTimeout(ctx, chunkTimeout)
	defer cancel()
	m, err := sub.NextMsgWithContext(ctx)
	if err != nil {
		return nil, fmt.Errorf("wait for the next part: %w", err)
	}
	return m, nil
}

// restoreStream makes a stream from a copy.
func restoreStream(ctx context.Context, nc *nats.Conn, c streamCopy, r io.Reader) error {
	var answer struct {
		Subject string `json:"deliver_subject"`
	}
	ask := map[string]any{"config": c.Config, "state": c.State}
	if err := askServer(ctx, nc, "$JS.API.STREAM.RESTORE."+c.Name, ask, &answer); err != nil {
		return err
	}
	chunk := make([]byte, restoreChunk)
	for {
		n, err := io.ReadFull(r, chunk)
		if n > 0 {
			if err := sendChunk(ctx, nc, answer.Subject, chunk[:n], chunkTimeout); err != nil {
				return err
			}
		}
		switch {
		case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
			return sendChunk(ctx, nc, answer.Subject, nil, finishTimeout)
		case err != nil:
			return fmt.Errorf("read the copy: %w", err)
		}
	}
}

// sendChunk sends one part of a copy, or with no bytes its end, and waits for the
// server's word.
func sendChunk(ctx context.Context, nc *nats.Conn, subject string, chunk []byte, patience time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		m, err := nc.RequestWithContext(ctx, subject, chunk)
		if errors.Is(err, nats.ErrNoResponders) && pause(ctx, 100*time.Millisecond) {
			continue // our server has not heard yet that another one waits for the copy
		}
		if err != nil {
			return fmt.Errorf("send a part: %w", err)
		}
		return refusal(m.Data)
	}
}

// askServer asks JetStream for what the client library has no call for.
func askServer(ctx context.Context, nc *nats.Conn, subject string, ask, answer any) error {
	body, err := json.Marshal(ask)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	m, err := nc.RequestWithContext(ctx, subject, body)
	if err != nil { // a user who may not do it gets no answer, only a word on the connection
		return fmt.Errorf("ask %s: %w", subject, errors.Join(err, nc.LastError()))
	}
	if err := refusal(m.Data); err != nil {
		return fmt.Errorf("ask %s: %w", subject, err)
	}
	return json.Unmarshal(m.Data, answer)
}

// refusal returns the error in an answer of JetStream, if there is one.
func refusal(answer []byte) error {
	if len(bytes.TrimSpace(answer)) == 0 {
		return nil
	}
	var a struct {
		Error *jetstream.APIError `json:"error"`
	}
	if err := json.Unmarshal(answer, &a); err != nil {
		return fmt.Errorf("read the server's answer: %w", err)
	}
	if a.Error != nil {
		return sentinel(a.Error)
	}
	return nil
}
