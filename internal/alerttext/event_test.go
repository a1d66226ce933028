package alerttext

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/sainyuka/sainyuka/internal/guard"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// The event is a contract: programs of users read it.
func TestEventIsTheContract(t *testing.T) {
	l := stock.Letter{Event: "4711", Channel: "hook", Recipient: stock.ShortHash("x"), Epoch: "k7epoch", Alert: fullAlert(switch2())}
	l.Alert.Also, l.Alert.Marks = []stock.Kind{stock.LowStock}, []string{guard.MarkAboveList}
	checkEvent(t, l, "event.json")
	l.Event, l.Alert = "dweekly-20261003-0000", goldenNews()["weekly_trouble"]
	checkEvent(t, l, "event_news.json")
}

func checkEvent(t *testing.T, l stock.Letter, name string) {
	t.Helper()
	m, err := Render(l, View{Now: noon})
	if err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	if err := json.Indent(&got, m.Event, "", "  "); err != nil {
		t.Fatalf("event %s: %v", m.Event, err)
	}
	got.WriteByte('\n')
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("event:\n%s\nwant:\n%s", got.Bytes(), want)
	}
	if bytes.ContainsRune(m.Event, '\n') {
		t.Error("the event has more than one line")
	}
}

func TestEventIsTheSameOnEveryRetry(t *testing.T) {
	l := stock.Letter{Event: "1", Channel: "hook", Recipient: "r", Epoch: "e", Alert: fullAlert(switch2())}
	first, err1 := Render(l, View{Now: noon})
	again, err2 := Render(l, View{Now: noon.Add(lateAfter)})
	if err1 != nil || err2 != nil || !bytes.Equal(first.Event, again.Event) {
		t.Errorf("events differ (%v, %v):\n%s\n%s", err1, err2, first.Event, again.Event)
	}
}

// The record keeps all that limits judge of what was known before, the event only
// what the contract names.
func TestEventNamesOfBeforeAvailabilityAndPrice(t *testing.T) {
	n := int64(3)
	price, alert := stock.Yen(500), fullAlert(switch2())
	alert.Previous = &stock.Previous{
		Availability: stock.SoldOut, Price: stock.Yen(49980), Since: noon,
		Terms:   stock.Terms{SaleMode: stock.Lottery, Shipping: &price, Points: &n, Seller: "s", Condition: "new"},
		Clarity: &stock.Clarity{Unclear: 3, Reason: stock.Silent, Since: noon},
	}
	m, err := Render(stock.Letter{Event: "1", Channel: "hook", Recipient: "r", Epoch: "e", Alert: alert}, View{Now: noon})
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Data struct{ Previous json.RawMessage }
	}
	if err := json.Unmarshal(m.Event, &got); err != nil {
		t.Fatalf("read event %s: %v", m.Event, err)
	}
	const want = `{"availability":"SoldOut","price":{"amount":"49980","currency":"JPY"}}`
	if string(got.Data.Previous) != want {
		t.Errorf("previous in the event: %s, want %s", got.Data.Previous, want)
	}
	if alert.Previous.Clarity == nil || alert.Previous.Since.IsZero() {
		t.Errorf("the letter's previous lost what the event leaves out: %+v", alert.Previous)
	}
}
