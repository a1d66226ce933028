package bus

import (
	"context"
	"encoding/json"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/sainyuka/sainyuka/internal/natstest"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// oldStream is a stream with its records as an earlier version wrote them.
type oldStream struct {
	Stream  jetstream.StreamConfig
	Records []struct {
		Subject string
		Header  nats.Header
		Data    string
	}
}

// openOld opens the data of an earlier version with the code of now.
func openOld(t *testing.T, file string) *Bus {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var streams []oldStream
	if err := json.Unmarshal(text, &streams); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	nc := mustConnect(t, natstest.Server(t, t.TempDir()))
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range streams {
		if _, err := js.CreateStream(within(t), s.Stream); err != nil {
			t.Fatalf("create stream %s: %v", s.Stream.Name, err)
		}
		for _, r := range s.Records {
			if _, err := js.PublishMsg(within(t), &nats.Msg{Subject: r.Subject, Header: r.Header, Data: []byte(r.Data)}); err != nil {
				t.Fatalf("write %s: %v", r.Subject, err)
			}
		}
	}
	return mustOpen(t, nc)
}

// shown is the evidence of the restock in the words of the version that wrote it.
const shown = `availability InStock: "在庫あり"`

// The data of the version before reasons and evidence were typed opens with its
// states, history, outbox, markers, dead letters and facts intact.
func TestDataOfAnEarlierVersionOpens(t *testing.T) {
	b := openOld(t, "testdata/data-before-reasons.json")
	ctx := within(t)
	const tid = "aaaaaaaaaaaaaaaaaaaaaaaaaa"

	last, seq, err := b.Last(ctx, tid)
	if err != nil || seq != 3 || last.Kind != stock.Unread || last.Availability != stock.InStock || last.Price != stock.Yen(49980) {
		t.Fatalf("the state is %s %s %v at %d, %v; want unreadable, last in stock for 49980 yen, at 3", last.Kind, last.Availability, last.Price, seq, err)
	}
	if p := last.Problem; p == nil || p.Text != "blocked: HTTP status 403" {
		t.Errorf("its problem is %+v, want it blocked with status 403, in the words of its writer", p)
	}
	history, err := b.History(ctx, tid, 200)
	var kinds []stock.Kind
	for _, e := range history {
		kinds = append(kinds, e.Change.Kind)
	}
	if want := []stock.Kind{stock.Baseline, stock.Restocked, stock.Unread}; err != nil || !slices.Equal(kinds, want) {
		t.Fatalf("the history is %v, %v; want %v", kinds, err, want)
	}
	if e := history[1].Change.Evidence; len(e) != 2 || e[0].Sentence() != shown || e[0].Where != "$.sku[0].quantity" {
		t.Errorf("the evidence of the restock is %+v, want %s and where it stands", e, shown)
	}
	if p := history[1].Change.Previous; p == nil || p.Availability != stock.OutOfStock {
		t.Errorf("before the restock stands %+v, want out of stock", p)
	}

	if depth, _, err := b.Outbox(ctx, "phone"); err != nil || depth != 2 {
		t.Errorf("%d letters wait for the phone, %v; want 2", depth, err)
	}
	letter := oldLetter(t, b, "2")
	if a := letter.Alert; a.Kind != stock.Restocked || len(a.Evidence) != 2 || a.Evidence[0].Sentence() != shown || letter.Epoch != b.Epoch() {
		t.Errorf("a letter that waits is %+v, want the restock with its evidence, of epoch %s", letter, b.Epoch())
	}
	if news := oldLetter(t, b, "dn-abc").Alert.News; news == nil || news.Reason.Text != "blocked: HTTP status 403" || news.Unreadable != 2 {
		t.Errorf("the owner's news that waits is %+v, want a blocked host with 2 pages", news)
	}
	letter.Recipient = "rm"
	if receipt, sent, err := b.Sent(ctx, letter); err != nil || !sent || receipt.ProviderID != "id-1" {
		t.Errorf("the marker of a letter that was sent: %+v, %v, %v; want id-1", receipt, sent, err)
	}
	dead, err := b.Dead(ctx)
	if err != nil || len(dead) != 1 || dead[0].Tries != 3 || dead[0].Letter.Recipient != "rd" {
		t.Errorf("the dead letters are %+v, %v; want the one to rd after 3 tries", dead, err)
	}
	oldFacts(ctx, t, b)
}

// oldLetter hands out the letters of the phone until that of an event came.
func oldLetter(t *testing.T, b *Bus, event string) stock.Letter {
	t.Helper()
	got := make(chan stock.Letter, 8)
	end := during(t, func(ctx context.Context) error {
		return b.Deliver(ctx, "phone", time.Minute, func(_ context.Context, l stock.Letter, _ int) time.Duration {
			got <- l
			return time.Millisecond
		})
	})
	defer end()
	for {
		select {
		case l := <-got:
			if l.Event == event {
				return l
			}
		case <-within(t).Done():
			t.Fatalf("the letter of event %s was not handed out", event)
		}
	}
}

// oldFacts holds the facts about people against what they say.
func oldFacts(ctx context.Context, t *testing.T, b *Bus) {
	t.Helper()
	var mute stock.Mute
	var off stock.Disabled
	var held stock.Letter
	for key, v := range map[string]any{"mute.switch2": &mute, "off.phone.rd": &off, "held.phone.rp.7": &held} {
		f, err := b.People.Fact(ctx, key)
		if err != nil || f.Rev == 0 {
			t.Fatalf("fact %s: revision %d, %v; want it", key, f.Rev, err)
		}
		if err := json.Unmarshal(f.Value, v); err != nil {
			t.Fatalf("fact %s: %v", key, err)
		}
	}
	if mute.By != "button" || !off.Gone || off.Text == "" || held.Alert.Kind != stock.Restocked || held.Alert.Evidence[0].Sentence() != shown {
		t.Errorf("the facts are %+v, %+v, %+v; want the mute by a button, the recipient that is gone, the letter with its evidence", mute, off, held)
	}
}
