package natstest

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
)

// The commands of docs/cluster.md, word by word but for the names of machines, make
// certificates and users by which three servers run, and everybody comes in who shall.
func TestTheGuideToAClusterHolds(t *testing.T) {
	dir := t.TempDir()
	tools := t.TempDir()
	if said, err := exec.Command("go", "build", "-o", filepath.Join(tools, "nk"), "github.com/nats-io/nkeys/nk").CombinedOutput(); err != nil {
		t.Fatalf("build nk: %v: %s", err, said)
	}
	guide, err := os.ReadFile(filepath.Join(deployDir(t), "..", "..", "docs", "cluster.md"))
	if err != nil {
		t.Fatal(err)
	}
	run := 0
	for _, block := range regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(string(guide), -1) {
		script := block[1]
		if !strings.Contains(script, "openssl") && !strings.Contains(script, "nk -gen") {
			continue // needs the nats command or sainyuka itself
		}
		run++
		cmd := exec.Command("sh", "-eu", "-c", strings.ReplaceAll(script, "DNS:%s.example", "DNS:%s.example,IP:127.0.0.1"))
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "PATH="+tools+string(os.PathListSeparator)+os.Getenv("PATH"))
		if said, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("commands of docs/cluster.md: %v\n%s\n%s", err, script, said)
		}
	}
	if run != 2 {
		t.Fatalf("docs/cluster.md has %d blocks of commands for certificates and users, want 2", run)
	}
	c := fromGuide(t, dir)
	for _, file := range []string{c.Watcher, c.Notifier, c.Keeper, c.Reader, c.System} {
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %o, want 600", filepath.Base(file), info.Mode().Perm())
		}
	}
	c.Start()
	for user, account := range map[string]string{c.Watcher: "WATCHERS", c.Notifier: "SAINYUKA", c.Keeper: "SAINYUKA"} {
		nc := c.comeIn(t, user)
		if m, err := nc.Request("$SYS.REQ.USER.INFO", nil, patience); err != nil || !strings.Contains(string(m.Data), `"account":"`+account+`"`) {
			t.Errorf("%s asks who it is: %v, %v, want a user of %s", filepath.Base(user), m, err, account)
		}
	}
	c.comeIn(t, c.Reader)
	nc := c.comeIn(t, c.System)
	answers, err := nc.SubscribeSync(nc.NewInbox())
	if err != nil {
		t.Fatal(err)
	}
	for deadline, known := time.Now().Add(patience), map[string]bool{}; len(known) < nodes; { // what `nats server report jetstream` asks
		if err := nc.PublishRequest("$SYS.REQ.SERVER.PING.JSZ", answers.Subject, []byte("{}")); err != nil {
			t.Fatal(err)
		}
		for m, err := answers.NextMsg(time.Second); err == nil; m, err = answers.NextMsg(time.Second) {
			if name := regexp.MustCompile(`"name":"(n\d)"`).FindSubmatch(m.Data); name != nil {
				known[string(name[1])] = true
			}
		}
		if time.Now().After(deadline) {
			t.Fatalf("servers that say how they are: %v, want %d", known, nodes)
		}
	}
	if _, err := nc.Request("$SYS.REQ.SERVER.n1.RELOAD", nil, time.Second); err == nil {
		t.Error("the user system may have a server reload, want it only to look")
	}
}

// fromGuide is a cluster with the files that the guide makes.
func fromGuide(t *testing.T, dir string) *Cluster {
	t.Helper()
	c := NewCluster(t)
	in := func(name string) string { return filepath.Join(dir, name) }
	c.CAFile, c.CertFile, c.KeyFile = in("ca.pem"), in("client.pem"), in("client.key")
	c.Watcher, c.Notifier, c.Keeper, c.Reader, c.System = in("watcher.nk"), in("notifier.nk"), in("keeper.nk"), in("reader.nk"), in("system.nk")
	users, err := os.ReadFile(in("users.env"))
	if err != nil {
		t.Fatal(err)
	}
	for i, n := range c.Nodes { // of two values the last one counts
		name := "n" + string(rune('1'+i))
		n.env = append(n.env, strings.Fields(string(users))...)
		n.env = append(n.env, "TLS_CA="+c.CAFile, "TLS_CERT="+in(name+".pem"), "TLS_KEY="+in(name+".key"))
	}
	return c
}

func (c *Cluster) comeIn(t *testing.T, user string) *nats.Conn {
	t.Helper()
	var nc *nats.Conn
	var err error
	for deadline := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		if nc, err = nats.Connect(c.URL, c.Options(t, user)...); err == nil {
			t.Cleanup(nc.Close)
			return nc
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s does not come in: %v", filepath.Base(user), err)
		}
	}
}
