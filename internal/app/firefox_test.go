package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"
)

// firefox is a real browser of this test's own, steered by WebDriver BiDi.
// It notes what its console complained of and which hosts its pages asked.
type firefox struct {
	conn  *websocket.Conn
	page  string // the tab
	last  int
	wrong []string
	asked []string
}

// preferences let Firefox push over an open connection to a service of the test,
// show notifications without a desktop, and tell nobody of itself.
func preferences(push string) map[string]any {
	return map[string]any{
		"dom.push.retryBaseInterval":                            100, // milliseconds
		"dom.push.serverURL":                                    push,
		"dom.push.testing.allowInsecureServerURL":               true,
		"dom.push.enabled":                                      true,
		"dom.push.connection.enabled":                           true,
		"dom.push.testing.ignorePermission":                     true,
		"permissions.default.desktop-notification":              1,
		"focusmanager.testmode":                                 true,  // its window has the focus, though nobody sees it
		"alerts.useSystemBackend":                               false, // there is no desktop to show them
		"network.proxy.type":                                    0,
		"app.update.enabled":                                    false,
		"app.normandy.enabled":                                  false,
		"browser.safebrowsing.malware.enabled":                  false,
		"browser.safebrowsing.phishing.enabled":                 false,
		"browser.safebrowsing.downloads.enabled":                false,
		"browser.shell.checkDefaultBrowser":                     false,
		"browser.startup.homepage_override.mstone":              "ignore",
		"browser.region.update.enabled":                         false,
		"captivedetect.canonicalURL":                            "",
		"network.captive-portal-service.enabled":                false,
		"network.connectivity-service.enabled":                  false,
		"datareporting.policy.dataSubmissionEnabled":            false,
		"toolkit.telemetry.enabled":                             false,
		"toolkit.telemetry.server":                              "",
		"extensions.update.enabled":                             false,
		"extensions.getAddons.cache.enabled":                    false,
		"services.settings.server":                              "data:,#remote-settings-dummy/v1",
		"browser.newtabpage.activity-stream.feeds.asrouterfeed": false,
		"intl.accept_languages":                                 "ja",
	}
}

// startFirefox starts the browser. Where there is none a developer's test is
// skipped; what must pass everywhere, see .ci/run, has one installed.
func startFirefox(t *testing.T, push string, more ...map[string]any) *firefox {
	t.Helper()
	path, err := exec.LookPath("firefox-esr")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("firefox: %v; install Debian's package firefox-esr", err)
		}
		t.Skip("no firefox-esr here: install Debian's package of that name to test the browser")
	}
	profile := t.TempDir()
	var prefs strings.Builder
	all := preferences(push)
	for _, m := range more {
		maps.Copy(all, m)
	}
	for key, value := range all {
		v, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&prefs, "user_pref(%q, %s);\n", key, v)
	}
	if err := os.WriteFile(filepath.Join(profile, "user.js"), []byte(prefs.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), browserLife)
	cmd := exec.CommandContext(ctx, path, "--headless", "--no-remote", "--remote-debugging-port", "0", "--profile", profile, "about:blank")
	cmd.Env = append(os.Environ(), "HOME="+profile, "MOZ_DISABLE_AUTO_SAFE_MODE=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // its children end with it
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second
	var says bytes.Buffer
	cmd.Stdout, cmd.Stderr = &says, &says
	if err := cmd.Start(); err != nil {
		cancel()
		t.Fatalf("start %s: %v", path, err)
	}
	done := make(chan struct{})
	go func() { defer close(done); _ = cmd.Wait() }()
	t.Cleanup(func() {
		cancel()
		<-done
		if t.Failed() {
			t.Logf("firefox said:\n%s", says.Bytes())
		}
	})
	f := &firefox{}
	f.connect(t, filepath.Join(profile, "WebDriverBiDiServer.json"), done)
	return f
}

// connect waits until the browser has written down where it listens, and begins a
// session.
func (f *firefox) connect(t *testing.T, file string, done <-chan struct{}) {
	t.Helper()
	var at struct {
		Host string `json:"ws_host"`
		Port int    `json:"ws_port"`
	}
	eventually(t, "firefox to listen", func() bool {
		select {
		case <-done:
			t.Fatal("firefox ended before it listened")
		default:
		}
		raw, err := os.ReadFile(file)
		return err == nil && json.Unmarshal(raw, &at) == nil && at.Port != 0
	})
	var err error
	f.conn, _, err = websocket.Dial(t.Context(), fmt.Sprintf("ws://%s:%d/session", at.Host, at.Port), nil)
	if err != nil {
		t.Fatalf("connect to firefox: %v", err)
	}
	f.conn.SetReadLimit(4 << 20)
	t.Cleanup(func() { _ = f.conn.CloseNow() })
	f.call(t, "session.new", map[string]any{"capabilities": map[string]any{}}, nil)
	// The tab that it has opened for itself never gets the focus.
	var tab struct{ Context string }
	f.call(t, "browsingContext.create", map[string]any{"type": "tab"}, &tab)
	f.page = tab.Context
	f.call(t, "browsingContext.setViewport", map[string]any{"context": f.page, "viewport": map[string]any{"width": 390, "height": 844}}, nil)
	// What the policy of a page refuses is told to the page alone.
	f.call(t, "script.addPreloadScript", map[string]any{"functionDeclaration": `() => addEventListener("securitypolicyviolation", (e) => console.error("refused by the policy: " + e.violatedDirective + " " + e.blockedURI))`}, nil)
	f.call(t, "session.subscribe", map[string]any{"events": []string{"log.entryAdded", "network.beforeRequestSent"}}, nil)
}

// call sends a command and reads its result.
func (f *firefox) call(t *testing.T, method string, params, result any) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	f.last++
	if err := wsjson.Write(ctx, f.conn, map[string]any{"id": f.last, "method": method, "params": params}); err != nil {
		t.Fatalf("%s: %v", method, err)
	}
	for {
		var answer struct {
			ID             int
			Type           string
			Error, Message string
			Result         json.RawMessage
			Params         struct {
				Level, Text string
				Request     struct{ URL string }
			}
		}
		if err := wsjson.Read(ctx, f.conn, &answer); err != nil {
			t.Fatalf("%s: %v", method, err)
		}
		switch {
		case answer.Type == "event":
			if p := answer.Params; p.Request.URL != "" {
				f.asked = append(f.asked, p.Request.URL)
			} else if p.Level == "error" {
				f.wrong = append(f.wrong, p.Text)
			}
			continue
		case answer.ID != f.last: // of a command that nobody waited for
			continue
		case answer.Type != "success" && strings.Contains(answer.Message, "destroyed before query"): // the page was left meanwhile
			return
		case answer.Type != "success":
			t.Fatalf("%s: %s: %s", method, answer.Error, answer.Message)
		case result == nil:
			return
		}
		if err := json.Unmarshal(answer.Result, result); err != nil {
			t.Fatalf("%s: read %s: %v", method, answer.Result, err)
		}
		return
	}
}

// open opens a page and waits until it is loaded.
func (f *firefox) open(t *testing.T, url string) {
	t.Helper()
	f.call(t, "browsingContext.navigate", map[string]any{"context": f.page, "url": url, "wait": "complete"}, nil)
	f.call(t, "browsingContext.activate", map[string]any{"context": f.page}, nil) // the focus may be in parts of the browser
}

// run evaluates the body of an async function in the page. It returns what that
// returns, which must be a text.
func (f *firefox) run(t *testing.T, body string) string {
	t.Helper()
	var got struct {
		Type             string
		Result           struct{ Type, Value string }
		ExceptionDetails struct{ Text string }
	}
	f.call(t, "script.evaluate", map[string]any{
		"expression": "(async () => {" + body + "})()", "awaitPromise": true, "userActivation": true,
		"target": map[string]any{"context": f.page},
	}, &got)
	if got.Type == "" { // the page was left meanwhile
		return ""
	}
	if got.Type != "success" || got.Result.Type != "string" {
		t.Fatalf("run %s: %s %s, want a text", body, got.ExceptionDetails.Text, got.Result.Type)
	}
	return got.Result.Value
}

func (f *firefox) tab(t *testing.T) {
	t.Helper()
	const key = "\ue004"
	f.call(t, "input.performActions", map[string]any{"context": f.page, "actions": []any{map[string]any{
		"type": "key", "id": "keyboard", "actions": []any{map[string]any{"type": "keyDown", "value": key}, map[string]any{"type": "keyUp", "value": key}},
	}}}, nil)
}

// heard asks something first: what came before the answer is read with it.
func (f *firefox) heard(t *testing.T) (wrong, asked []string) {
	f.call(t, "session.status", map[string]any{}, nil)
	return f.wrong, f.asked
}
