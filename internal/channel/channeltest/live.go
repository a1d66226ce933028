//go:build live

package channeltest

import (
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/clock"
)

// Env returns an environment variable that a live test cannot do without.
func Env(t *testing.T, name string) string {
	t.Helper()
	v := os.Getenv(name)
	if v == "" {
		t.Fatalf("the environment variable %s is not set: it says where the live test sends to", name)
	}
	return v
}

// Live sends every message that can come up to the real service. Whether they
// look right, a person has to see; here it is tested that they are taken.
func Live(t *testing.T, ch channel.Channel) {
	t.Helper()
	messages := Messages(t)
	buttons := messages["usual"]
	buttons.Actions = Buttons()
	messages["buttons"] = buttons
	run := strconv.FormatInt(clock.Wall().UnixNano(), 10)
	for name, m := range messages {
		// A service that knows a letter again delivers it no second time.
		m.Letter.Event = "dlive" + run + name
		r, err := ch.Send(t.Context(), m)
		if err != nil {
			t.Errorf("Send(%s) = %v, want it taken", name, err)
		}
		t.Logf("%s: the service's id is %q", name, r.ProviderID)
		replacer, ok := ch.(channel.Replacer)
		if !ok || err != nil {
			continue
		}
		m.Title = "(" + m.Title + ")"
		if _, err := replacer.Replace(t.Context(), r.ProviderID, m); err != nil {
			t.Errorf("Replace(%s) = %v, want it taken", name, err)
		}
	}
}
