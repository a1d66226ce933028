// Package log writes alerts to a stream, usually standard output: for people a
// block of text, for programs one line of CloudEvents JSON. It tells nobody by
// itself; it is for trying things out and for pipes.
package log

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/sainyuka/sainyuka/internal/channel"
)

type sender struct {
	mu   sync.Mutex
	w    io.Writer
	json bool
}

// New returns the channel. format is "text" or "json"; "" is "text".
func New(w io.Writer, format string) channel.Channel {
	return &sender{w: w, json: format == "json"}
}

// Send writes m in one Write, so that alerts and other lines on the same stream
// do not tear each other.
func (c *sender) Send(ctx context.Context, m channel.Message) (channel.Receipt, error) {
	if err := ctx.Err(); err != nil {
		return channel.Receipt{}, &channel.SendError{Class: channel.Transient, Err: err}
	}
	out := string(m.Event) + "\n"
	if !c.json {
		out = block(m)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, err := c.w.Write([]byte(out)); err != nil {
		return channel.Receipt{}, &channel.SendError{Class: channel.Transient, Err: fmt.Errorf("write alert: %w", err)}
	}
	return channel.Receipt{}, nil
}

// block is the title, the body indented under it, and the link.
func block(m channel.Message) string {
	var b strings.Builder
	b.WriteString(m.Title + "\n")
	for line := range strings.Lines(m.Body) {
		b.WriteString("  " + strings.TrimSuffix(line, "\n") + "\n")
	}
	if m.URL != "" {
		b.WriteString("  " + m.URL + "\n")
	}
	return b.String()
}
