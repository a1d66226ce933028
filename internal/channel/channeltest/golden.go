package channeltest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// Golden compares the requests of some messages with the files of the channel's
// testdata folder, each to be read by a person. UPDATE_GOLDEN=1 writes them.
func Golden(t *testing.T, c Contract) {
	t.Helper()
	for name, m := range goldenMessages() {
		var got string
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
			if err != nil {
				t.Errorf("%s: read request: %v", name, err)
			}
			got += written(r, body)
			_, _ = io.WriteString(w, c.Accept)
		}))
		_, err := c.New(s.URL, s.Client()).Send(t.Context(), m)
		s.Close()
		if err != nil {
			t.Errorf("%s: Send = %v, want it taken", name, err)
			continue
		}
		compare(t, filepath.Join("testdata", name+".txt"), got)
	}
}

func compare(t *testing.T, file, got string) {
	t.Helper()
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Errorf("%v (UPDATE_GOLDEN=1 go test writes it)", err)
		return
	}
	if got != string(want) {
		t.Errorf("%s:\ngot:\n%s\nwant:\n%s", file, got, want)
	}
}

// written is a request as a person reads it: JSON indented, a form line by line.
func written(r *http.Request, body []byte) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n", r.Method, r.URL)
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		if name == "Accept-Encoding" || name == "Content-Length" || name == "User-Agent" {
			continue
		}
		fmt.Fprintf(&b, "%s: %s\n", name, r.Header.Get(name))
	}
	b.WriteByte('\n')
	var indented bytes.Buffer
	form, err := url.ParseQuery(string(body))
	switch {
	case json.Indent(&indented, body, "", "  ") == nil:
		b.Write(indented.Bytes())
	case err == nil:
		for _, key := range slices.Sorted(maps.Keys(form)) {
			fmt.Fprintf(&b, "%s=%s\n", key, form.Get(key))
		}
	default:
		b.Write(body)
	}
	return b.String()
}

// goldenMessages are written by hand: how they read is the notifier's matter, and
// how a channel sends them the channel's.
func goldenMessages() map[string]channel.Message {
	at := time.Date(2026, 10, 3, 12, 0, 0, 0, time.UTC)
	letter := func(kind stock.Kind) stock.Letter {
		return stock.Letter{
			Event: "4711", Channel: "phone", Recipient: stock.ShortHash("test"), Epoch: "k7", MadeAt: at, NotAfter: at.Add(time.Hour),
			Alert: stock.Alert{Kind: kind, Product: stock.ProductRef{ID: "switch2", Name: "Nintendo Switch 2"}, ObservedAt: at},
		}
	}
	const page = "https://item.rakuten.co.jp/shop/item/?a=1&b=2"
	restocked := channel.Message{
		Letter: letter(stock.Restocked), Title: "【再入荷】Nintendo Switch 2 ¥49,980（楽天市場）",
		Body: "在庫あり・残り2点\n¥49,980（税込）・送料無料・1,499ポイント\n販売: A&B_商店 <公式>", URL: page, Open: "商品ページを開く",
		Image: "https://image.rakuten.co.jp/shop/1.jpg", Priority: 5, Actions: Buttons(),
	}
	plain := restocked
	plain.Plain = true
	return map[string]channel.Message{
		"restocked.ja": restocked, "restocked_plain.ja": plain,
		"price_drop.en": {
			Letter: letter(stock.PriceDrop), Title: "Price drop: Nintendo Switch 2 ¥44,980 (Rakuten Ichiba)",
			Body: "In stock\n¥44,980 incl. tax\nDown ¥5,000 from ¥49,980 (-10%)", URL: page, Open: "Open product page", Priority: 4,
		},
		"unreadable.en": {
			Letter: letter(stock.Unread), Title: "Cannot be read: Nintendo Switch 2 (Rakuten Ichiba)",
			Body: "No good look since 09:00: blocked", Priority: 4, Silent: true,
		},
	}
}
