package alerttext

import (
	"strings"
	"testing"

	"github.com/sainyuka/sainyuka/internal/channel"
)

func TestJoinTakesWhatFits(t *testing.T) {
	m := channel.Message{Title: "first", Body: "in stock", URL: "https://shop.example/1", Priority: 3}
	others := []channel.Message{
		{Title: "second", URL: "https://shop.example/2", Priority: 5},
		{Title: "third", Priority: 2},
		{Title: "fourth", URL: "https://shop.example/4", Priority: 4},
	}
	all := "in stock\n\nAlerts that waited as well:\n- second\nhttps://shop.example/2\n- third\n- fourth\nhttps://shop.example/4"
	two := strings.TrimSuffix(all, "\n- fourth\nhttps://shop.example/4")
	for _, tt := range []struct {
		name     string
		room, n  int
		title    string
		body     string
		priority int
	}{
		{"all", len(all), 3, "first (+3 more)", all, 5},
		{"one byte too little for the last", len(all) - 1, 2, "first (+2 more)", two, 5},
		{"none", 40, 0, "first", "in stock", 3},
	} {
		got, n := Join(m, others, "en", func(body string) bool { return len(body) <= tt.room })
		if n != tt.n || got.Title != tt.title || got.Body != tt.body || got.Priority != tt.priority || got.URL != m.URL {
			t.Errorf("%s: Join = %d, %q, %q, priority %d, link %q; want %d, %q, %q, %d, %q",
				tt.name, n, got.Title, got.Body, got.Priority, got.URL, tt.n, tt.title, tt.body, tt.priority, m.URL)
		}
	}
	if got, _ := Join(m, others, "ja", func(string) bool { return true }); got.Title != "first（他3件）" || !strings.Contains(got.Body, "ほかに待っていたお知らせ:\n・second") {
		t.Errorf("Join in Japanese = %q, %q", got.Title, got.Body)
	}
}
