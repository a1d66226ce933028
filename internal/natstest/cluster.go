package natstest

import (
	"cmp"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nkeys"
)

// Cluster is three stock nats-servers that run from the files of deploy/nats,
// with TLS and users as those files have them.
type Cluster struct {
	URL               string // all three, with commas between them
	CAFile            string // of everybody's certificates
	CertFile, KeyFile string // a client's
	Watcher, Notifier string // files with the seeds of the users for either role,
	Keeper            string // of the one who may make and copy streams,
	Reader            string // of the one who may only read records,
	System            string // and of the one who looks after the servers
	Nodes             []*Node
}

// Node is one server of a Cluster.
type Node struct {
	URL string
	Dir string // where it stores

	t   testing.TB
	env []string
	cmd *exec.Cmd // nil while it does not run
}

// nodes is how many servers a cluster has.
const nodes = 3

// NewCluster prepares a cluster and starts none of it.
func NewCluster(t testing.TB) *Cluster {
	t.Helper()
	dir := t.TempDir()
	ca := newAuthority(t, dir)
	c := &Cluster{CAFile: filepath.Join(dir, "ca.pem")}
	c.CertFile, c.KeyFile = ca.issue(t, "client")
	cert, key := ca.issue(t, "server")
	shared := []string{"TLS_CA=" + c.CAFile, "TLS_CERT=" + cert, "TLS_KEY=" + key}
	for name, file := range map[string]*string{"WATCHER_NKEY": &c.Watcher, "NOTIFIER_NKEY": &c.Notifier, "KEEPER_NKEY": &c.Keeper, "READER_NKEY": &c.Reader, "SYSTEM_NKEY": &c.System} {
		*file = filepath.Join(dir, name)
		shared = append(shared, name+"="+newUser(t, *file))
	}
	clients, routes := freePorts(t), freePorts(t)
	for i, port := range routes {
		shared = append(shared, fmt.Sprintf("ROUTE_%d=nats://127.0.0.1:%d", i+1, port))
	}
	var urls []string
	for i := range nodes {
		n := &Node{t: t, URL: fmt.Sprintf("tls://127.0.0.1:%d", clients[i]), Dir: filepath.Join(dir, fmt.Sprintf("n%d", i+1))}
		n.env = append(os.Environ(), shared...)
		n.env = append(n.env,
			fmt.Sprintf("NODE=n%d", i+1),
			"STORE_DIR="+n.Dir,
			fmt.Sprintf("CLIENT_LISTEN=127.0.0.1:%d", clients[i]),
			fmt.Sprintf("CLUSTER_LISTEN=127.0.0.1:%d", routes[i]),
		)
		c.Nodes = append(c.Nodes, n)
		urls = append(urls, n.URL)
		t.Cleanup(n.Kill)
	}
	c.URL = strings.Join(urls, ",")
	return c
}

// Start starts all servers.
func (c *Cluster) Start() *Cluster {
	for _, n := range c.Nodes {
		n.Start()
	}
	return c
}

// Options let a client in as one of the users, Watcher, Notifier, Keeper or Reader.
func (c *Cluster) Options(t testing.TB, user string) []nats.Option {
	t.Helper()
	login, err := nats.NkeyOptionFromSeed(user)
	if err != nil {
		t.Fatalf("read the seed of a user: %v", err)
	}
	inbox := map[string]string{c.Watcher: "_INBOX_WATCHER", c.Notifier: "_INBOX_NOTIFIER", c.Keeper: "_INBOX_KEEPER"}[user] // by accounts.conf
	return []nats.Option{nats.RootCAs(c.CAFile), nats.ClientCert(c.CertFile, c.KeyFile), login, nats.CustomInboxPrefix(cmp.Or(inbox, "_INBOX"))}
}

// Start starts the server, on what it stored before.
func (n *Node) Start() {
	n.t.Helper()
	bin, err := stockServer()
	if err != nil {
		n.t.Fatalf("build nats-server: %v", err)
	}
	n.cmd = exec.Command(bin, "-c", filepath.Join(deployDir(n.t), "nats.conf"))
	n.cmd.Env = n.env
	n.cmd.Stdout, n.cmd.Stderr = n.t.Output(), n.t.Output()
	if err := n.cmd.Start(); err != nil {
		n.t.Fatalf("start %s: %v", bin, err)
	}
}

// Kill ends the server as a power cut would. It may be started again.
func (n *Node) Kill() {
	if n.cmd == nil {
		return
	}
	_ = n.cmd.Process.Kill()
	_ = n.cmd.Wait()
	n.cmd = nil
}

// newUser writes the seed of a new user into a file and returns its public key.
func newUser(t testing.TB, file string) string {
	pair, err := nkeys.CreateUser()
	if err != nil {
		t.Fatalf("make a user: %v", err)
	}
	seed, err := pair.Seed()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, append(seed, '\n'), 0o600); err != nil {
		t.Fatal(err)
	}
	public, err := pair.PublicKey()
	if err != nil {
		t.Fatal(err)
	}
	return public
}

// freePorts finds a port for each server. Nothing keeps others from taking them
// before the server does.
func freePorts(t testing.TB) (ports []int) {
	for range nodes {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer ln.Close()
		ports = append(ports, ln.Addr().(*net.TCPAddr).Port)
	}
	return ports
}

// deployDir finds deploy/nats of this repository, from whatever package tests.
func deployDir(t testing.TB) string {
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(dir, "deploy", "nats")
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("deploy/nats not found: not in the repository")
		}
		dir = filepath.Dir(dir)
	}
}
