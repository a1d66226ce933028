package crashlab

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/sainyuka/sainyuka/internal/natstest"
)

// clusterLab is a cluster of three stock nats-servers, as deploy/nats has them, with
// watchers and notifiers around it, all as processes.
type clusterLab struct {
	*lab
	cluster *natstest.Cluster
	conn    *nats.Conn // the lab's own
	members []*member
}

// member is a watcher or a notifier, which is killed and started again.
type member struct {
	program, name, dir string
	*instance
}

func newClusterLab(l *lab, watchers, notifiers int) *clusterLab {
	l.Helper()
	f := &clusterLab{lab: l, cluster: natstest.NewCluster(l).Start()}
	c := f.cluster
	l.nats = fmt.Sprintf("[nats]\nurl = %q\nreplicas = 3\nca_file = %q\ncert_file = %q\nkey_file = %q\ncredentials_file = %q\nwatcher_credentials_file = %q\n",
		c.URL, c.CAFile, c.CertFile, c.KeyFile, c.Notifier, c.Watcher)
	f.setUp()
	conn, err := nats.Connect(c.URL, append(c.Options(l, c.Keeper), nats.MaxReconnects(-1), nats.RetryOnFailedConnect(true), nats.ReconnectWait(250*time.Millisecond))...)
	if err != nil {
		l.Fatalf("connect to the cluster: %v", err)
	}
	l.Cleanup(conn.Close)
	f.conn = conn
	for i := range watchers {
		f.members = append(f.members, &member{program: "watcher", name: fmt.Sprint("watcher-", i), dir: l.TempDir()})
	}
	for i := range notifiers {
		f.members = append(f.members, &member{program: "notifier", name: fmt.Sprint("notifier-", i), dir: l.TempDir()})
	}
	for _, s := range f.members {
		f.launch(s)
	}
	return f
}

// setUp makes the streams, as docs/cluster.md says.
func (f *clusterLab) setUp() {
	f.Helper()
	programs, err := f.build()
	if err != nil {
		f.Fatalf("build the programs: %v", err)
	}
	config := filepath.Join(f.TempDir(), "config.toml")
	if err := os.WriteFile(config, []byte(f.config("http://127.0.0.1:1")), 0o600); err != nil {
		f.Fatal(err)
	}
	said, err := exec.Command(filepath.Join(programs, "sainyuka"), "setup", "-config", config, "-credentials", f.cluster.Keeper).CombinedOutput()
	if err != nil {
		f.Fatalf("sainyuka setup: %v: %s", err, said)
	}
}

// launch starts a member anew, in the folder of the last one.
func (f *clusterLab) launch(s *member) { s.instance = f.begin(s.name, s.program, "-data-dir", s.dir) }

// of returns the members of one kind.
func (f *clusterLab) of(program string) (list []*member) {
	for _, s := range f.members {
		if s.program == program {
			list = append(list, s)
		}
	}
	return list
}

// settle waits until all processes are ready and every page is looked at.
func (f *clusterLab) settle() {
	f.Helper()
	for _, s := range f.members {
		url := s.address(f) + "/readyz"
		eventually(f, s.name+" to be ready", func() bool {
			s.alive(f)
			resp, err := http.Get(url)
			if err != nil {
				return false
			}
			resp.Body.Close()
			return resp.StatusCode == http.StatusOK
		})
	}
	f.looked(2, anybody)
}

// audit reads the records that are new.
func (f *clusterLab) audit() {
	f.Helper()
	f.records = append(f.records, readRecords(f, f.conn, f.lastRecord())...)
}

// leader returns the server that leads the stream of records.
func (f *clusterLab) leader() (n *natstest.Node, name string) {
	f.Helper()
	js, err := jetstream.New(f.conn)
	if err != nil {
		f.Fatal(err)
	}
	eventually(f, "a leader of the stream of records", func() bool {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		s, err := js.Stream(ctx, "OBS")
		if err != nil || s.CachedInfo().Cluster == nil {
			return false
		}
		name = s.CachedInfo().Cluster.Leader
		return name != ""
	})
	for i, node := range f.cluster.Nodes {
		if name == fmt.Sprint("n", i+1) {
			return node, name
		}
	}
	f.Fatalf("the leader is %q, which is none of the servers", name)
	return nil, ""
}

// killLeader kills the server that leads the stream of records and starts it again a while
// later. What was seen while nobody took records waits in the memory of watchers, and is lost
// when they are killed too: nobody is until it is recorded.
func (f *clusterLab) killLeader() {
	f.Helper()
	node, name := f.leader()
	f.step("kill of the leader " + name)
	node.Kill()
	f.kills = append(f.kills, kill{name, time.Now()})
	f.between(0, 8*time.Second)
	node.Start()
	f.settle()
	f.recorded(name)
}

// recorded waits until every change that was seen is recorded; what never is, is for the oracle to tell.
func (f *clusterLab) recorded(killed string) {
	f.Helper()
	since := time.Now()
	for time.Since(since) < patience {
		h := f.history()
		f.audit()
		h.records = f.records
		if len(h.judge().lost) == 0 {
			break
		}
		f.between(100*time.Millisecond, 200*time.Millisecond)
	}
	f.Logf("all that was seen was recorded %s after %s was there again", time.Since(since).Round(10*time.Millisecond), killed)
}

// killMember kills a member and starts it again a while later.
func (f *clusterLab) killMember(s *member) {
	f.Helper()
	f.step("kill of " + s.by)
	s.killNow()
	f.between(0, time.Second)
	f.launch(s)
}

// end lets the clusterLab come to rest and asks the oracle.
func (f *clusterLab) end(stop func()) {
	f.Helper()
	stop()
	f.step("the shops change nothing any more")
	f.looked(2, anybody)
	f.audit()
	f.told()
	f.step("all are told")
	for _, s := range f.members {
		if took := s.terminate(f); took > 10*time.Second {
			f.Errorf("%s took %s to stop, want at most 10s", s.name, took)
		}
	}
	f.audit()
	f.verdict()
}
