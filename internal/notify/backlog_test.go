package notify

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// joiningChannel carries several alerts in a message of at most room bytes.
type joiningChannel struct {
	*fakeChannel
	room int
}

func (c joiningChannel) Fits(body string) bool { return len(body) <= c.room }

// bucket is a service that takes burst messages at once and then one each step.
func bucket(burst int, step time.Duration) func(context.Context, channel.Message) error {
	var mu sync.Mutex
	var full time.Time // when all of the burst may be sent again
	return func(context.Context, channel.Message) error {
		mu.Lock()
		defer mu.Unlock()
		if full.Before(time.Now()) {
			full = time.Now()
		}
		if time.Until(full) > time.Duration(burst-1)*step {
			return &channel.SendError{Class: channel.RateLimited, Status: 429, RetryAfter: step, Err: errDown}
		}
		full = full.Add(step)
		return nil
	}
}

// joining plays a scene whose channel joins alerts.
func joining(t *testing.T, room int, f func(t *testing.T, s *scene), script ...func(context.Context, channel.Message) error) {
	t.Helper()
	play(t, func(t *testing.T, s *scene) {
		r := s.book.Load().Rules
		r.Targets[0].Channel = joiningChannel{s.channel, room}
		s.Set(r)
		f(t, s)
	}, script...)
}

// numbered returns n letters that can be told from one another by their titles.
func (s *scene) numbered(n int) []stock.Letter {
	var all []stock.Letter
	for i := range n {
		l := s.letter
		l.Event = fmt.Sprint(100 + i)
		l.Alert.Product.Name = fmt.Sprintf("product %03d.", i)
		all = append(all, l)
	}
	return all
}

// deliverAll hands letters in as the bus does, eight at once, until all are dealt
// with, and returns how long that took.
func (s *scene) deliverAll(t *testing.T, letters []stock.Letter) time.Duration {
	t.Helper()
	began, slots := time.Now(), make(chan struct{}, 8)
	var all sync.WaitGroup
	for _, l := range letters {
		all.Go(func() {
			for tries := 1; ; tries++ {
				slots <- struct{}{}
				retry := s.Deliver(t.Context(), l, tries)
				<-slots
				if retry == 0 {
					return
				}
				time.Sleep(retry)
			}
		})
	}
	all.Wait()
	return time.Since(began)
}

// told counts in how many accepted messages each letter's product is named.
func (s *scene) told(accepted []channel.Message, letters []stock.Letter) map[string]int {
	n := map[string]int{}
	for _, l := range letters {
		for _, m := range accepted {
			if strings.Contains(m.Title+"\n"+m.Body, l.Alert.Product.Name) {
				n[l.Event]++
			}
		}
	}
	return n
}

// accepting notes the messages that a service accepts.
func accepting(accepted *[]channel.Message, answer func(context.Context, channel.Message) error) func(context.Context, channel.Message) error {
	return func(ctx context.Context, m channel.Message) error {
		err := answer(ctx, m)
		if err == nil {
			*accepted = append(*accepted, m)
		}
		return err
	}
}

// The last of 75 alerts does not wait for 74 steps of the service: what waits goes
// into few messages, each alert in one of them, and each is marked.
func TestRateLimitedAlertsShareMessages(t *testing.T) {
	for name, tt := range map[string]struct {
		room         int
		mostMessages int
		within       time.Duration
	}{
		"much fits":   {8000, 64, 20 * time.Second},
		"little fits": {1500, 68, 50 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			var accepted []channel.Message
			joining(t, tt.room, func(t *testing.T, s *scene) {
				letters := s.numbered(75)
				took := s.deliverAll(t, letters)
				for event, n := range s.told(accepted, letters) {
					if n != 1 {
						t.Errorf("the alert of event %s is in %d accepted messages, want 1", event, n)
					}
				}
				if len(s.store.sent) != 75 || len(s.store.dead) != 0 || s.count(outcomeSent) != 75 {
					t.Errorf("%d of 75 letters are marked sent, %d dead, %v counted; want all marked and counted", len(s.store.sent), len(s.store.dead), s.count(outcomeSent))
				}
				if len(accepted) > tt.mostMessages || took > tt.within {
					t.Errorf("75 alerts took %d messages and %v, want at most %d and %v", len(accepted), took, tt.mostMessages, tt.within)
				}
			}, accepting(&accepted, bucket(60, 5*time.Second)))
		})
	}
}

// A letter is marked sent only when the message that carries it was accepted.
func TestJoinedMessageThatIsRefusedMarksNothing(t *testing.T) {
	limited := fails(channel.RateLimited, 10*time.Second)
	joining(t, 8000, func(t *testing.T, s *scene) {
		letters := s.numbered(3)
		for _, l := range letters {
			s.Deliver(t.Context(), l, 1)
		}
		time.Sleep(11 * time.Second)
		if retry := s.Deliver(t.Context(), letters[0], 2); retry == 0 || len(s.store.sent) != 0 {
			t.Fatalf("a joined message refused: retry %v, %d marked; want a retry and none", retry, len(s.store.sent))
		}
		if got := s.channel.got[1].Title; !strings.HasSuffix(got, "（他2件）") {
			t.Fatalf("title of the second attempt = %q, want one of three alerts", got)
		}
		time.Sleep(11 * time.Second)
		s.store.fail["MarkSent"] = 6 // two letters by three tries
		if retry := s.Deliver(t.Context(), letters[1], 2); retry != 0 {
			t.Fatalf("a joined message accepted: retry %v, want it dealt with", retry)
		}
		for _, l := range letters {
			if retry := s.Deliver(t.Context(), l, 3); retry != 0 {
				t.Errorf("letter %s after its message: retry %v, want it dealt with", l.Event, retry)
			}
		}
		if s.channel.sends() != 3 || len(s.store.sent) != 3 {
			t.Errorf("%d attempts, %d marked; want 3 and 3", s.channel.sends(), len(s.store.sent))
		}
		for id, r := range s.store.sent {
			if r.ProviderID != "" {
				t.Errorf("marker of %s names the message %q, which an update would replace with all alerts in it; want none", id, r.ProviderID)
			}
		}
	}, limited, limited, succeeds)
}

// What cannot share a message is sent by itself: news and summaries, updates of
// earlier messages, what a person sent again, what has buttons to press, what may
// not ring or may where the other does not; and nothing is joined that is muted, dead
// by age, sent, or gone from this process's hands.
func TestWhatIsNotJoined(t *testing.T) {
	limited := fails(channel.RateLimited, 10*time.Second)
	for name, change := range map[string]func(s *scene, l *stock.Letter){
		"news":      func(_ *scene, l *stock.Letter) { l.Alert.News = &stock.News{} },
		"a summary": func(_ *scene, l *stock.Letter) { l.Alert.Digest = &stock.Digest{} },
		"an update": func(_ *scene, l *stock.Letter) { l.Replaces = "1" },
		"redriven":  func(_ *scene, l *stock.Letter) { l.Redriven = true },
		"escalates": func(_ *scene, l *stock.Letter) { l.Escalates = true },
		"silent":    func(_ *scene, l *stock.Letter) { l.Silent = true },
		"expired":   func(_ *scene, l *stock.Letter) { l.NotAfter = l.MadeAt.Add(11 * time.Second) },
		"sent": func(s *scene, l *stock.Letter) {
			time.AfterFunc(5*time.Second, func() { _ = s.store.MarkSent(context.Background(), *l, stock.Receipt{}) })
		},
	} {
		t.Run(name, func(t *testing.T) {
			joining(t, 8000, func(t *testing.T, s *scene) {
				letters := s.numbered(2)
				s.Deliver(t.Context(), letters[0], 1)
				change(s, &letters[1])
				s.Deliver(t.Context(), letters[1], 1)
				time.Sleep(12 * time.Second)
				s.Deliver(t.Context(), letters[0], 2)
				if got := s.channel.got[s.channel.sends()-1]; strings.Contains(got.Body, letters[1].Alert.Product.Name) {
					t.Errorf("the message carries the other letter too, want it alone:\n%s", got.Body)
				}
			}, limited, succeeds)
		})
	}
	joining(t, 8000, func(t *testing.T, s *scene) {
		letters := s.numbered(2)
		s.Deliver(t.Context(), letters[0], 1)
		s.Deliver(t.Context(), letters[1], 1)
		time.Sleep(11*time.Second + backlogSlack)
		s.Deliver(t.Context(), letters[0], 2)
		if got := s.channel.got[1].Body; strings.Contains(got, letters[1].Alert.Product.Name) {
			t.Errorf("a letter that did not come back in time is carried, want it left to whoever has it:\n%s", got)
		}
	}, limited, succeeds)
	play(t, func(t *testing.T, s *scene) { // a channel for programs
		letters := s.numbered(3)
		s.deliverAll(t, letters)
		if got := s.channel.sends(); got != 4 {
			t.Errorf("%d attempts on a channel that joins nothing, want one refused and 3", got)
		}
	}, limited, succeeds)
}
