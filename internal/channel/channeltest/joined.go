package channeltest

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/sainyuka/sainyuka/internal/channel"
)

// joined tests a channel.Joiner's promise: the longest body of several alerts that
// fits is shown to its last line, with every hostile text in it, beside a long link,
// an image and buttons.
func (c Contract) joined(t *testing.T) {
	j, ok := c.New("http://127.0.0.1/", http.DefaultClient).(channel.Joiner)
	if !ok {
		return
	}
	lines := append([]string{"【再入荷】Nintendo Switch 2 ¥49,980（楽天市場）\nitem.rakuten.co.jp/shop/item/?a=1&b=2", strings.Repeat("字", 80)}, hostileTexts...)
	for _, only := range append([]string{""}, lines...) {
		body, n := "first", 0
		for next := body; j.Fits(next); n++ {
			body = next
			line := lines[n%len(lines)]
			if only != "" {
				line = only
			}
			next = fmt.Sprintf("%s\n%d %s", body, n, line)
		}
		if n < 2 {
			t.Errorf("no second line %q fits, want room for a few", only)
			continue
		}
		m := Messages(t)["usual"]
		m.Body, m.Actions, m.URL = body, Buttons(), "https://item.rakuten.co.jp/"+strings.Repeat("a", 450)
		m.Title += strings.Repeat("題", 50)
		got, err := c.show(t, m)
		if err != nil {
			t.Errorf("%d lines of %q that fit: Send = %v, want it taken", n, only, err)
			continue
		}
		last := body[strings.LastIndexByte(body, '\n')+1:]
		if !strings.Contains(got.Text, strings.TrimSpace(last)) {
			t.Errorf("%d lines of %q that fit: shown\n%s\nwant the last line %q in it", n, only, got.Text, last)
		}
	}
}
