package cli

import (
	"bytes"
	"context"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sainyuka/sainyuka/internal/config"
)

// initBy runs init as a person would, who answers with the given lines; nil answers:
// without a terminal.
func initBy(t *testing.T, answers []string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	env := Env{Program: "sainyuka", Version: "v1", Stdout: &out, Stderr: &errs}
	if answers != nil {
		env.Stdin = strings.NewReader(strings.Join(answers, "\n") + "\n")
	}
	code = Main(t.Context(), env, Tools(), append([]string{"init"}, args...))
	return code, out.String(), errs.String()
}

func TestInitByFlags(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	code, stdout, stderr := initBy(t, nil, "-dir", dir, "-language", "ja", "-channel", "log", "-url", "https://shop.example/item", "-no-start")
	if code != exitOK || !strings.Contains(stdout, "テスト通知を送りました") || stderr != "" {
		t.Fatalf("init: exit %d, %q, %q, want 0 and a test alert", code, stdout, stderr)
	}
	path := filepath.Join(dir, "config.toml")
	cfg, err := config.Load(path)
	if err != nil {
		t.Fatalf("what init wrote has mistakes: %v", err)
	}
	if cfg.Language != "ja" || len(cfg.Products) != 1 || cfg.Products[0].Watches[0].URL != "https://shop.example/item" || cfg.Channels[0].Type != "log" {
		t.Errorf("configuration = %+v, want Japanese, the page and the channel", cfg)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("config.toml has mode %v (%v), want 0600: it may hold tokens", info.Mode().Perm(), err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	code, _, stderr = initBy(t, nil, "-dir", dir, "-channel", "log", "-no-start")
	after, err := os.ReadFile(path)
	if code != exitUsage || !strings.Contains(stderr, "is there already") || err != nil || !bytes.Equal(before, after) {
		t.Errorf("init over a configuration: exit %d, %q, want 2 and the old one untouched (%v)", code, stderr, err)
	}
}

// A person is asked for what is missing; the topic is made up, and shown as a code.
func TestInitAsks(t *testing.T) {
	posted := make(chan string, 1)
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		posted <- r.URL.Path
		_, _ = io.WriteString(w, `{"id":"x"}`)
	}))
	defer service.Close()
	dir := t.TempDir()
	code, stdout, stderr := initBy(t, []string{"en", "ntfy", service.URL + "/topic", ""}, "-dir", dir, "-no-start")
	if code != exitOK || !strings.Contains(stdout, "Subscribe to this topic") || !strings.Contains(stdout, "█") {
		t.Fatalf("init: exit %d, %q, %q, want 0, the topic and a code", code, stdout, stderr)
	}
	if got := <-posted; got != "/" {
		t.Errorf("the test alert went to %q, want the service", got)
	}
	cfg, err := config.Load(filepath.Join(dir, "config.toml"))
	if err != nil || cfg.Language != "en" || cfg.Channels[0].URL != service.URL+"/topic" || len(cfg.Products) != 0 {
		t.Errorf("configuration = %+v, %v, want English, the topic and no product", cfg, err)
	}
}

// A mistake is told as check-config tells it, and leaves nothing behind.
func TestInitRefuses(t *testing.T) {
	for _, tt := range []struct {
		args []string
		says string
	}{
		{[]string{"-channel", "pager"}, `-channel "pager": must be one of`},
		{[]string{"-language", "fr", "-channel", "log"}, `-language "fr"`},
		{[]string{"-channel", "line"}, "channel[0].token: is missing"},
		{[]string{"-channel", "log", "-url", "shop.example"}, "product[0].watch[0].url"},
		{[]string{"-channel", "log", "-set", "colour=red"}, "colour: unknown key"},
		{[]string{"-set", "x"}, "must be KEY=VALUE"},
	} {
		dir := t.TempDir()
		code, _, stderr := initBy(t, nil, append(tt.args, "-dir", dir, "-no-start")...)
		if code != exitUsage || !strings.Contains(stderr, tt.says) {
			t.Errorf("init %v: exit %d, %q, want 2 and %q", tt.args, code, stderr, tt.says)
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("init %v left %v behind (%v), want nothing", tt.args, left, err)
		}
	}
}

// Every question has its text in both languages, and no text is left over.
func TestInitWords(t *testing.T) {
	wanted := []string{"language", "channel", "url", "topic", "written", "sent", "failed", "subscribe", "next"}
	for kind, questions := range channelQuestions {
		for _, q := range questions {
			wanted = append(wanted, kind+"."+q.key)
		}
	}
	got := slices.Sorted(maps.Keys(initWords))
	slices.Sort(wanted)
	if !slices.Equal(got, wanted) {
		t.Errorf("texts of init are %v, want %v", got, wanted)
	}
	for key, words := range initWords {
		if words[0] == "" || words[1] == "" {
			t.Errorf("%s: texts %q, want both", key, words)
		}
	}
}

// A configuration of every type of channel that init asks for can be read, so that
// no type's key was forgotten.
func TestInitKnowsEveryType(t *testing.T) {
	given := map[string][]string{
		"line": {"token=t", "to=U0123456789abcdef0123456789abcdef"}, "telegram": {"token=123456:AAAA-bbbb_CCCCddddEEEE", "chat_id=-42"},
		"pushover": {"token=aaaaaaaaaabbbbbbbbbbcccccccccc", "user=ddddddddddeeeeeeeeeeffffffffff"}, "gotify": {"url=http://127.0.0.1:1/", "token=t"},
		"discord": {"url=http://127.0.0.1:1/api/webhooks/1/a"}, "slack": {"url=http://127.0.0.1:1/services/T/B/a"}, "apprise": {"url=http://127.0.0.1:1/notify/a"},
		"webhook": {"url=http://127.0.0.1:1/"}, "email": {"host=127.0.0.1", "port=1", "tls=none", "from=a@example.org", "to=b@example.org"},
		"ntfy": {"url=http://127.0.0.1:1/topic"}, "mqtt": {"url=mqtt://127.0.0.1:1"},
	}
	if asked, known := slices.Sorted(maps.Keys(channelQuestions)), slices.Sorted(slices.Values(config.ChannelTypes())); !slices.Equal(asked, known) {
		t.Errorf("init asks for channels of the types %q, want all of %q", asked, known)
	}
	for kind := range channelQuestions {
		for i, text := range initWords["channel"] {
			if !strings.Contains(text, kind) {
				t.Errorf("question %d for a channel is %q, want %s in it", i, text, kind)
			}
		}
		if kind == "email" {
			continue // its port is a number, which -set cannot say
		}
		args := []string{"-dir", t.TempDir(), "-channel", kind, "-no-start"}
		for _, kv := range given[kind] {
			args = append(args, "-set", kv)
		}
		if code, _, stderr := initBy(t, nil, args...); code != exitOK {
			t.Errorf("init -channel %s: exit %d, %q, want 0 although the service is away", kind, code, stderr)
		}
	}
}

// Without -no-start it goes on as `run` does.
func TestInitStarts(t *testing.T) {
	var stderr bytes.Buffer
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	code := Main(ctx, Env{Program: "watcher", Stdout: io.Discard, Stderr: &stderr}, Tools(), []string{"init", "-dir", t.TempDir(), "-channel", "log"})
	if code != exitUsage || !strings.Contains(stderr.String(), "does not bring its own NATS server") {
		t.Errorf("init of a program without an engine: exit %d, %q, want 2 and how to start", code, &stderr)
	}
}
