package app

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sainyuka/sainyuka/internal/channel/mqtt/mqtttest"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// A restock at a shop is an alert and a state at a real broker; the button of the
// device mutes the product; a reload that removes the channel ends its devices.
func TestHome(t *testing.T) {
	broker := mqtttest.Start(t)
	l := mqtttest.Listen(t, broker, "sainyuka/#")
	channel := fmt.Sprintf("[[channel]]\nid = \"home\"\ntype = \"mqtt\"\nurl = %q\nusername = %q\npassword = %q\n", broker.URL, mqtttest.User, mqtttest.Password)
	b := newBox(t, Watch|Notify, "[[channel]]\nid = \"screen\"", channel+"[[channel]]\nid = \"screen\"")
	b.run(t)
	b.ready(t)
	has := func(topic, text string) func(mqtttest.Message) bool {
		return func(m mqtttest.Message) bool { return m.Topic == topic && strings.Contains(m.Payload, text) }
	}
	l.Until(t, has("sainyuka/vane/state", `"availability":"out_of_stock"`))
	b.set(itemURL, stock.InStock)
	for wanted := map[string]string{"sainyuka/vane/state": `"availability":"in_stock"`, "sainyuka/vane/alert": `"event_type":"restocked"`, "sainyuka/alerts": `"kind":"restocked"`}; len(wanted) > 0; {
		m := l.Next(t)
		if text, ok := wanted[m.Topic]; ok && strings.Contains(m.Payload, text) {
			delete(wanted, m.Topic)
		}
	}
	l.Publish(t, "sainyuka/vane/mute", "PRESS", false)
	l.Until(t, has("sainyuka/vane/state", `"muted":true`))

	b.edit(t, channel, "")
	if err := b.Reload(); err != nil {
		t.Fatalf("Reload without the channel = %v", err)
	}
	l.Until(t, has("sainyuka/status", "offline"))
	if err := b.end(t); err != nil {
		t.Errorf("Run = %v, want nil", err)
	}
}
