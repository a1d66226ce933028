package e2e

import (
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// In an empty folder `run` begins with the defaults and says where the dashboard is.
// What is added there is still there after a kill, and the words are those of LANG.
func TestRunWithoutAConfiguration(t *testing.T) {
	if _, err := binaries(); err != nil { // before the folder changes
		t.Fatalf("build the programs: %v", err)
	}
	t.Chdir(t.TempDir())
	t.Setenv("LC_ALL", "ja_JP.UTF-8")
	p := start(t, "sainyuka", "run", "-listen", "127.0.0.1:0")
	begun(t, p)
	if said := p.stdout.String(); !strings.Contains(said, "ダッシュボード") {
		t.Errorf("run without a configuration says %q, want it in Japanese", said)
	}
	if said := tool(t, "add", "-name", "Red cup", "https://shop.example/cup"); !strings.Contains(said, "商品 red-cup: 追加しました") {
		t.Errorf("add says %q, want the new product's id", said)
	}
	p.kill()
	begun(t, start(t, "sainyuka", "run", "-listen", "127.0.0.1:0"))
	if said := tool(t, "export"); !strings.Contains(said, `https://shop.example/cup`) {
		t.Errorf("export after a kill says %q, want the product that was added", said)
	}
	if _, err := os.Stat("config.toml"); err == nil {
		t.Error("there is a config.toml, want none to be written")
	}
}

// begun waits until a daemon without a configuration has said where its dashboard is,
// and is ready.
func begun(t *testing.T, p *process) {
	t.Helper()
	address := regexp.MustCompile(`http://127\.0\.0\.1:\d+/`)
	eventually(t, "the dashboard's address", func() bool { return address.MatchString(p.stdout.String()) })
	page := address.FindString(p.stdout.String())
	eventually(t, "readiness", func() bool {
		resp, err := http.Get(page + "readyz")
		if err != nil {
			return false
		}
		resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
}

// A product that is added to a running daemon is watched, survives a kill right
// after, rings, and is quiet while it is paused.
func TestAddedProductsSurviveAKillAndRing(t *testing.T) {
	s, c := newSink(t), newTown(t)
	first, added := c.shop("first"), c.shop("added")
	config := settings{town: c, sink: s, shops: []shop{first}}.write(t)
	p := start(t, "sainyuka", "run", "-config", config)
	looks(t, []shop{first}, 1)
	if said := tool(t, "add", added.url, "-id", added.id, "-interval", "1s", "-config", config); !strings.Contains(said, "風見鶏モデル R") {
		t.Errorf("add says %q, want what the page says", said)
	}
	p.kill()
	p = start(t, "sainyuka", "run", "-config", config)
	looks(t, []shop{added}, 2)
	added.stockUp(stock.InStock)
	if e := s.wait(t, added.id, 1)[0]; e.Data.Kind != stock.Restocked {
		t.Errorf("the added product told %s, want restocked", e.Data.Kind)
	}
	if said := tool(t, "export", "-config", config); !strings.Contains(said, "風見鶏モデル R") {
		t.Errorf("export says %q, want the page's title as the name", said)
	}
	if said := refused(t, "add", added.url, "-config", config); !strings.Contains(said, "商品 "+added.id+" がもう "+added.url) {
		t.Errorf("the same address again says %q, want the product that has it", said)
	}
	tool(t, "pause", first.id, "-config", config)
	if code := p.terminate(t); code != 0 {
		t.Errorf("run ended with code %d, want 0", code)
	}
	before := first.asked()
	start(t, "sainyuka", "run", "-config", config)
	looks(t, []shop{added}, 3)
	if n := first.asked() - before; n > 0 {
		t.Errorf("a paused product of the file was asked %d times after a restart, want never", n)
	}
}
