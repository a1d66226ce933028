package e2e

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/natstest"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// leaseTTL is how long a lease lives. A watcher that cannot renew its own stops
// some seconds before that.
const leaseTTL = 30 * time.Second

// TestFromABoxToACluster moves a box to three stock nats-servers that run from
// the files of deploy/nats, with TLS and users, and lives there.
func TestFromABoxToACluster(t *testing.T) {
	s, c := newSink(t), newTown(t)
	rung, waiting := c.shop("rung"), c.shop("waiting")
	shape := settings{town: c, sink: s, shops: []shop{rung, waiting}}
	box, file := shape.write(t), filepath.Join(t.TempDir(), "box.zip")
	p := start(t, "sainyuka", "run", "-config", box)
	first := rungAndWaiting(t, s, rung, waiting, &p.stderr)
	if code := p.terminate(t); code != 0 {
		t.Fatalf("the box ended with code %d", code)
	}
	tool(t, "backup", "-config", box, "-to", file)

	cluster := natstest.NewCluster(t)
	shape.nats = cluster.URL
	shape.login = fmt.Sprintf("credentials_file = %q\nwatcher_credentials_file = %q\nca_file = %q\ncert_file = %q\nkey_file = %q\nreplicas = 3\n",
		cluster.Notifier, cluster.Watcher, cluster.CAFile, cluster.CertFile, cluster.KeyFile)
	config := shape.write(t)
	cluster.Start()
	if said := refused(t, "restore", "-config", config, "-from", file); !strings.Contains(strings.ToLower(said), "permissions violation") {
		t.Errorf("restore as a notifier says %q, want that it may not", said)
	}
	tool(t, "restore", "-config", config, "-from", file, "-credentials", cluster.Keeper)
	notifier := start(t, "notifier", "-config", config, "-data-dir", t.TempDir())
	watcher := start(t, "watcher", "-config", config, "-data-dir", t.TempDir())
	goesOn(t, s, rung, waiting, first)

	t.Run("dead letters", func(t *testing.T) { deadLettersOfACluster(t, s, config, waiting) })
	t.Run("backup", func(t *testing.T) {
		tool(t, "backup", "-config", config, "-to", file, "-credentials", cluster.Keeper)
	})
	for name, p := range map[string]*process{"notifier": notifier, "watcher": watcher} {
		if log := p.stderr.String(); strings.Contains(strings.ToLower(log), "permissions violation") {
			t.Errorf("deploy/nats/accounts.conf forbids what a %s needs:\n%s", name, log)
		}
	}
	t.Run("without NATS", func(t *testing.T) { stopsWithoutNATS(t, cluster, rung) })
}

// deadLettersOfACluster lists, redrives and discards without a daemon to ask.
func deadLettersOfACluster(t *testing.T, s *sink, config string, p shop) {
	list := func() []string {
		return strings.Fields(tool(t, "dead", "list", "-config", config)) // ID CHANNEL PRODUCT KIND AGE TRIES REASON
	}
	for _, verb := range []string{"redrive", "discard"} {
		p.stockUp(stock.OutOfStock)
		looks(t, []shop{p}, 2)
		s.answer.Store(http.StatusRequestEntityTooLarge)
		before := len(s.of(p.id))
		p.stockUp(stock.InStock)
		var fields []string
		eventually(t, "a line of `dead list`", func() bool { fields = list(); return len(fields) > 0 })
		if len(fields) < 7 || fields[1] != "hook" || fields[2] != p.id || fields[3] != "restocked" || fields[5] != "1" {
			t.Fatalf("dead list prints %q, want ID hook %s restocked AGE 1 REASON", fields, p.id)
		}
		s.answer.Store(http.StatusOK)
		tool(t, "dead", verb, fields[0], "-config", config)
		if verb == "redrive" {
			events := s.wait(t, p.id, before+1)
			if got := events[before].ID; got != fields[0] {
				t.Errorf("the redriven alert has id %s, want %s", got, fields[0])
			}
		}
		eventually(t, "an empty list", func() bool { return len(list()) == 0 })
	}
	if said := refused(t, "dead", "redrive", "1_hook_nobody", "-config", config); !strings.Contains(said, "1_hook_nobody") {
		t.Errorf("redrive of a letter that is not there says %q, want its id", said)
	}
}

// stopsWithoutNATS takes all servers away. By the end of its lease nobody may ask
// a shop any more: another watcher may have it then, which this one cannot know.
func stopsWithoutNATS(t *testing.T, cluster *natstest.Cluster, p shop) {
	looks(t, []shop{p}, 1)
	for _, n := range cluster.Nodes {
		n.Kill()
	}
	gone := time.Now()
	last := func() time.Time {
		var at time.Time
		for _, r := range p.town.Requests("") {
			if r.At.After(at) {
				at = r.At
			}
		}
		return at
	}
	eventually(t, "ten seconds without a look", func() bool { return time.Since(last()) > 10*time.Second })
	if late := last().Sub(gone); late > leaseTTL {
		t.Errorf("a shop was asked %s after NATS was lost, want nothing after the %s of a lease", late, leaseTTL)
	}
	for _, n := range cluster.Nodes {
		n.Start()
	}
	looks(t, []shop{p}, 2)
}
