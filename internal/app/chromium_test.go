package app

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"
)

// chromium is a real browser of this test's own, steered by the DevTools protocol. It
// notes what its console complained of and which hosts it asked.
type chromium struct {
	conn *websocket.Conn

	mu      sync.Mutex
	last    int
	waiting map[int]chan json.RawMessage
	wrong   []string
	asked   []string
}

func startChromium(t *testing.T) *chromium {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("chromium: %v; install Debian's package chromium", err)
		}
		t.Skip("no chromium here: install Debian's package of that name to test the browser")
	}
	profile := t.TempDir()
	ctx, cancel := context.WithTimeout(context.Background(), browserLife)
	cmd := exec.CommandContext(ctx, path, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
		"--remote-debugging-port=0", "--window-size=390,844", "--user-data-dir="+profile, "about:blank")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // its children end with it
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second
	if err := cmd.Start(); err != nil {
		cancel()
		t.Fatalf("start %s: %v", path, err)
	}
	done := make(chan struct{})
	go func() { defer close(done); _ = cmd.Wait() }()
	t.Cleanup(func() { cancel(); <-done })
	c := &chromium{waiting: map[int]chan json.RawMessage{}}
	c.connect(t, filepath.Join(profile, "DevToolsActivePort"))
	for _, domain := range []string{"Page", "Runtime", "Log", "Network"} {
		c.call(t, domain+".enable", map[string]any{})
	}
	return c
}

// connect finds the tab that is open and speaks to it.
func (c *chromium) connect(t *testing.T, file string) {
	t.Helper()
	var port string
	eventually(t, "chromium to listen", func() bool {
		raw, err := os.ReadFile(file)
		port, _, _ = strings.Cut(string(raw), "\n")
		return err == nil && port != ""
	})
	var tabs []struct {
		Type string `json:"type"`
		URL  string `json:"webSocketDebuggerUrl"`
	}
	eventually(t, "a tab of chromium", func() bool {
		answer, err := http.Get("http://127.0.0.1:" + port + "/json/list")
		if err != nil {
			return false
		}
		defer answer.Body.Close()
		tabs = nil
		return json.NewDecoder(answer.Body).Decode(&tabs) == nil && len(tabs) > 0 && tabs[0].Type == "page"
	})
	var err error
	if c.conn, _, err = websocket.Dial(t.Context(), tabs[0].URL, nil); err != nil {
		t.Fatalf("connect to chromium: %v", err)
	}
	c.conn.SetReadLimit(16 << 20)
	t.Cleanup(func() { _ = c.conn.CloseNow() })
	go c.read(context.WithoutCancel(t.Context()))
}

// read takes what the browser says until it leaves.
func (c *chromium) read(ctx context.Context) {
	for {
		var said struct {
			ID     int
			Method string
			Params struct {
				ExceptionDetails struct{ Text string }
				Entry            struct{ Level, Text, URL string }
				Request          struct{ URL string }
			}
			Result json.RawMessage
		}
		if err := wsjson.Read(ctx, c.conn, &said); err != nil {
			return
		}
		c.mu.Lock()
		switch p := said.Params; {
		case said.ID != 0:
			if w := c.waiting[said.ID]; w != nil {
				w <- said.Result
				delete(c.waiting, said.ID)
			}
		case said.Method == "Runtime.exceptionThrown":
			c.wrong = append(c.wrong, p.ExceptionDetails.Text)
		case said.Method == "Log.entryAdded" && p.Entry.Level == "error":
			c.wrong = append(c.wrong, p.Entry.Text+" "+p.Entry.URL)
		case said.Method == "Network.requestWillBeSent":
			c.asked = append(c.asked, p.Request.URL)
		}
		c.mu.Unlock()
	}
}

// call sends a command and returns its result.
func (c *chromium) call(t *testing.T, method string, params any) json.RawMessage {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	answer := make(chan json.RawMessage, 1)
	c.mu.Lock()
	c.last++
	id := c.last
	c.waiting[id] = answer
	c.mu.Unlock()
	if err := wsjson.Write(ctx, c.conn, map[string]any{"id": id, "method": method, "params": params}); err != nil {
		t.Fatalf("%s: %v", method, err)
	}
	select {
	case result := <-answer:
		return result
	case <-ctx.Done():
		t.Fatalf("%s: no answer", method)
		return nil
	}
}

// open opens a page and waits until it is loaded.
func (c *chromium) open(t *testing.T, url string) {
	t.Helper()
	c.call(t, "Page.navigate", map[string]any{"url": url})
	eventually(t, "the page "+url, func() bool {
		return c.run(t, "return String(location.href === "+fmt.Sprintf("%q", url)+" && document.readyState === 'complete')") == "true"
	})
}

// run evaluates the body of an async function in the page. It returns what that
// returns, which must be a text; none when the page was left meanwhile.
func (c *chromium) run(t *testing.T, body string) string {
	t.Helper()
	var got struct {
		Result           struct{ Type, Value string }
		ExceptionDetails *struct {
			Text      string
			Exception struct{ Description string }
		}
	}
	raw := c.call(t, "Runtime.evaluate", map[string]any{"expression": "(async () => {" + body + "})()", "awaitPromise": true, "userGesture": true})
	if len(raw) == 0 { // an error of the protocol: what it ran in is gone
		return ""
	}
	if err := json.Unmarshal(raw, &got); err != nil || got.ExceptionDetails != nil || got.Result.Type != "string" {
		t.Fatalf("run %s: %s, want a text", body, raw)
	}
	return got.Result.Value
}

func (c *chromium) tab(t *testing.T) {
	t.Helper()
	for _, kind := range []string{"rawKeyDown", "keyUp"} {
		c.call(t, "Input.dispatchKeyEvent", map[string]any{"type": kind, "key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9})
	}
}

func (c *chromium) heard(*testing.T) (wrong, asked []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.wrong), slices.Clone(c.asked)
}

// scheme has pages see that the user prefers "light" or "dark".
func (c *chromium) scheme(t *testing.T, scheme string) {
	t.Helper()
	c.call(t, "Emulation.setEmulatedMedia", map[string]any{"features": []any{map[string]any{"name": "prefers-color-scheme", "value": scheme}}})
}
