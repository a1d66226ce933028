package alerttext

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// eventType is the CloudEvents type of an alert.
const eventType = "sainyuka.alert.v1"

// event is CloudEvents 1.0 in its JSON format. Its id and source are the same on
// every retry, so that a receiver can tell a repeat.
type event struct {
	SpecVersion     string      `json:"specversion"`
	ID              string      `json:"id"`
	Source          string      `json:"source"`
	Type            string      `json:"type"`
	Time            time.Time   `json:"time"`
	DataContentType string      `json:"datacontenttype"`
	Data            stock.Alert `json:"data"`
}

func marshalEvent(l stock.Letter) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false) // it is not put into a page, and shops' titles are full of "&"
	err := enc.Encode(event{
		SpecVersion: "1.0", ID: l.ID(), Source: "/sainyuka/" + l.Epoch, Type: eventType,
		Time: l.Alert.ObservedAt, DataContentType: "application/json", Data: published(l.Alert),
	})
	if err != nil {
		return nil, fmt.Errorf("write event of letter %s: %w", l.ID(), err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// published returns a as programs of users read it: of what was known before, the
// availability and the price. The record keeps all that limits judge.
func published(a stock.Alert) stock.Alert {
	if p := a.Previous; p != nil {
		a.Previous = &stock.Previous{Availability: p.Availability, Price: p.Price}
	}
	return a
}
