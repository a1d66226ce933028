package notify

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sainyuka/sainyuka/internal/alerttext"
	"github.com/sainyuka/sainyuka/internal/stock"
)

func TestLastSlot(t *testing.T) {
	daily, weekly := stock.DigestPlan{At: 8 * time.Hour}, stock.DigestPlan{Weekly: true, Day: time.Saturday, At: 7*time.Hour + 30*time.Minute}
	for _, tt := range []struct {
		plan      stock.DigestPlan
		now, want string
	}{
		{daily, "2026-11-23 08:00", "2026-11-23 08:00"},
		{daily, "2026-11-23 07:59", "2026-11-22 08:00"},
		{daily, "2026-12-01 00:00", "2026-11-30 08:00"},
		{weekly, "2026-11-28 07:29", "2026-11-21 07:30"},
		{weekly, "2026-11-28 07:30", "2026-11-28 07:30"},
		{weekly, "2026-12-03 12:00", "2026-11-28 07:30"},
	} {
		now, err := time.ParseInLocation("2006-01-02 15:04", tt.now, tokyo)
		if err != nil {
			t.Fatal(err)
		}
		if got := tt.plan.Last(tokyo, now).Format("2006-01-02 15:04"); got != tt.want {
			t.Errorf("at %s the last time of %+v was %s, want %s", tt.now, tt.plan, got, tt.want)
		}
	}
}

// The digest goes once at its time, whoever was down when, and tells what
// happened since the one before.
func TestDigest(t *testing.T) {
	atNoon(t, func(t *testing.T, now time.Time) { // midnight in UTC
		p, s, people := switch2(), newStore(), newPeople()
		still := stock.Product{ID: "still", Name: "Old thing", NotifyAll: true, Watches: []stock.Watch{{ID: "old", URL: "https://shop.example/old"}}}
		r := rulesFor(still, p)
		r.Digest, r.Location = stock.DigestPlan{At: 8 * time.Hour, Channels: []string{"mail"}}, time.UTC
		long := soldOut(still, now.Add(-31*24*time.Hour))
		long.Since = long.ObservedAt
		s.add(1, long)

		n := New(Options{Store: s, People: people, Rules: r})
		end := runningTimers(t, n)
		time.Sleep(9 * time.Hour)
		if got := s.ids(); !slices.Equal(got, []string{"digest-20000101-0800_mail_rm"}) {
			t.Fatalf("after the first time the outbox has %v, want the digest for mail", got)
		}
		end()
		at := now.Add(10 * time.Hour)
		s.add(2, soldOut(p, at))
		s.add(3, restock(p, at.Add(time.Hour)))
		s.add(4, soldOut(p, at.Add(90*time.Minute)))
		s.add(5, restock(p, at.Add(30*time.Hour))) // after the next time
		time.Sleep(24 * time.Hour)                 // it was down at 8 o'clock
		s.fail["Enqueue"] = 1
		n = New(Options{Store: s, People: people, Rules: r})
		end = runningTimers(t, n)
		time.Sleep(5 * time.Minute)
		end()
		got := s.letters()
		if len(got) != 2 {
			t.Fatalf("a day later the outbox has %v, want one digest more", s.ids())
		}
		d := got[1].Alert.Digest
		day := time.Date(2000, 1, 1, 8, 0, 0, 0, time.UTC)
		want := &stock.Digest{From: day, To: day.Add(24 * time.Hour), Products: []stock.ProductDigest{
			{ID: "switch2", Name: "Nintendo Switch 2", Group: "now", Source: "rakuten", Host: "item.rakuten.co.jp", Price: stock.Yen(49980), Restocks: 1, InStock: 1800, Watches: 3},
			{ID: "still", Name: "Old thing", Group: "no", OutSince: long.Since, Stale: true, Watches: 1},
		}}
		if diff := cmp.Diff(want, d); diff != "" {
			t.Errorf("the digest (-want +got):\n%s", diff)
		}
	})
}

func TestStaleOutIsTheDigestsWhenThereIsOne(t *testing.T) {
	for _, digest := range []bool{false, true} {
		atNoon(t, func(t *testing.T, now time.Time) {
			p, s := switch2(), newStore()
			r := rulesFor(p)
			if digest {
				r.Digest.Channels = []string{"mail"}
			}
			c := soldOut(p, now)
			c.Kind = stock.StaleOut
			route(t, New(Options{Store: s, Rules: r}), s.add(5, c))
			if got := len(s.ids()) == 0; got != digest {
				t.Errorf("with a digest %v, a stale_out made the letters %v", digest, s.ids())
			}
		})
	}
}

func TestDigestText(t *testing.T) {
	d := &stock.Digest{From: noon.Add(-24 * time.Hour), To: noon, More: 7, Products: []stock.ProductDigest{
		{ID: "switch2", Name: "Nintendo Switch 2", Group: "now", Source: "rakuten", Host: "item.rakuten.co.jp", Price: stock.Yen(49980), Restocks: 3, InStock: 2520, Watches: 3},
		{ID: "ps5", Group: "later", Host: "shop.example", Price: stock.Yen(79980), LastIn: noon.Add(-5 * time.Hour), Watches: 2},
		{ID: "old", Name: "風見鶏", Group: "no", OutSince: noon.Add(-40 * 24 * time.Hour), LastIn: noon.Add(-40 * 24 * time.Hour), Stale: true, Watches: 1},
		{ID: "odd", Name: "https://evil.example/", Group: "unknown", Troubled: 2, Watches: 2},
	}}
	for _, language := range []string{"ja", "en"} {
		m, err := alerttext.Render(stock.Letter{Event: "digest-1", Alert: stock.Alert{Kind: stock.Summary, Digest: d, ObservedAt: noon.Add(-time.Hour)}}, alerttext.View{Language: language, Location: tokyo, Now: noon})
		if err != nil {
			t.Fatal(err)
		}
		got := m.Title + "\n\n" + m.Body + "\n"
		file := "testdata/digest." + language + ".txt"
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil || got != string(want) {
			t.Errorf("%s, %v: got\n%s\nwant\n%s", file, err, got, want)
		}
		if strings.Contains(got, "://") || m.Late || m.URL != "" {
			t.Errorf("the digest has a link, or is late: %q, %v\n%s", m.URL, m.Late, got)
		}
	}
}
