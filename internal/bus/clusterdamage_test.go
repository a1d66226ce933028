package bus

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nats-io/nats.go"

	"github.com/sainyuka/sainyuka/internal/natstest"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// readsBesideADamagedCopy damages one server's copy of the records, so that it cannot be
// opened, and comes in by that server: it says that there is no leader, for ever and before
// the leader answers, so that another is asked.
func readsBesideADamagedCopy(ctx context.Context, t *testing.T, b *Bus, c *natstest.Cluster) {
	want := mustAppend(t, b, change("damaged", stock.Baseline), 0)
	leader := infoOf(ctx, t, b, streamOBS).Cluster.Leader // n1, n2 or n3
	var n *natstest.Node
	for _, other := range c.Nodes {
		if filepath.Base(other.Dir) != leader {
			n = other
		}
	}
	var blocks []string
	eventually(ctx, t, "a block of "+n.Dir, func() (err error) { // a young copy is still in memory
		blocks, err = filepath.Glob(filepath.Join(n.Dir, "jetstream", "SAINYUKA", "streams", streamOBS, "msgs", "*.blk"))
		if err == nil && len(blocks) == 0 {
			err = errors.New("there is none")
		}
		return err
	})
	n.Kill()
	for _, block := range blocks {
		if err := os.WriteFile(block, []byte("cmp\x01\x40"+strings.Repeat("\x05", 64)), 0o600); err != nil { // compressed, by the first bytes
			t.Fatal(err)
		}
	}
	if err := os.Remove(filepath.Join(filepath.Dir(blocks[0]), "index.db")); err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	n.Start()
	log := &lines{}
	nc, err := nats.Connect(n.URL, append(ClientOptions(slog.New(slog.NewTextHandler(log, nil))), c.Options(t, c.Watcher)...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	watcher, err := Open(ctx, Options{ID: "w2", Watcher: true, Replicas: 3, Conn: nc, Logger: slog.New(slog.NewTextHandler(log, nil))})
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	if nc.ConnectedUrl() != n.URL {
		t.Errorf("connected to %s, want the server with the damaged copy, %s", nc.ConnectedUrl(), n.URL)
	}
	eventually(ctx, t, "the last record", func() error {
		_, _, err := watcher.Last(ctx, "damaged")
		return err
	})
	for range 20 {
		if _, seq, err := watcher.Last(ctx, "damaged"); seq != want || err != nil {
			t.Fatalf("the last record is %d, %v, want %d", seq, err, want)
		}
	}
}
