package app

import (
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/sainyuka/sainyuka/internal/config"
)

// A type of channel that the configuration knows can be opened, and both manuals have
// it in a heading or in a table.
func TestEveryTypeOfChannelIsWhole(t *testing.T) {
	manuals := map[string]string{}
	for _, file := range []string{"../../docs/channels.md", "../../docs/ja/channels.md"} {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(b)) {
			if strings.HasPrefix(line, "### ") || strings.HasPrefix(line, "| ") {
				manuals[file] += strings.ToLower(line)
			}
		}
	}
	for _, name := range config.ChannelTypes() {
		if name != typeWebPush { // its recipients are in the store, and so it is opened with that
			clients := clients{&config.Config{}, map[string]*http.Client{}}
			if _, _, err := newChannel(config.Channel{ID: "x", Type: name}, clients, io.Discard); errors.Is(err, errNoSender) {
				t.Errorf("newChannel for type %q: %v, want a sender", name, err)
			}
		}
		for file, lines := range manuals {
			if !strings.Contains(lines, name) {
				t.Errorf("%s has type %q in no heading and no table", file, name)
			}
		}
	}
}
