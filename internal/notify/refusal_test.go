package notify

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/stock"
)

var refusals = []channel.Class{channel.BadRecipient, channel.BadCredential, channel.Unrecognised}

// A refusal ends no channel: it is tried again within 30 s, then at most 2 minutes
// apart, and takes alerts again as soon as it does.
func TestARefusalIsTriedAgain(t *testing.T) {
	for _, class := range refusals {
		for _, times := range []int{1, 4, 12} {
			script := slices.Repeat([]func(context.Context, channel.Message) error{fails(class, 0)}, times)
			play(t, func(t *testing.T, s *scene) {
				s.deliver(t)
				if got := s.buried(t); got != "" || s.channel.sends() != times+1 {
					t.Fatalf("%v %d times: %d sends, dead letter %q; want %d and none", class, times, s.channel.sends(), got, times+1)
				}
				if gap := s.channel.at[1].Sub(s.channel.at[0]); gap > 30*time.Second {
					t.Errorf("%v: second attempt after %v, want it within 30 s", class, gap)
				}
				for i, at := range s.channel.at[1:] {
					if gap := at.Sub(s.channel.at[i]); gap > 2*time.Minute || gap < time.Second {
						t.Errorf("%v: wait %d = %v, want 1 s to 2 minutes", class, i+1, gap)
					}
				}
				if d := s.Disabled(); len(d) != 0 {
					t.Errorf("%v: after it was accepted %+v is refused, want nobody", class, d)
				}
			}, append(script, succeeds)...)
		}
	}
}

// Many letters to a channel that refuses cost no more attempts than one.
func TestARefusingChannelIsNotHammered(t *testing.T) {
	for _, class := range refusals {
		play(t, func(t *testing.T, s *scene) {
			var all sync.WaitGroup
			for i := range 20 {
				l := s.letter
				l.Event = fmt.Sprint(i)
				all.Go(func() {
					for n := 1; ; n++ {
						retry := s.Deliver(t.Context(), l, n)
						if retry == 0 {
							return
						}
						time.Sleep(retry)
					}
				})
			}
			all.Wait()
			if got := s.channel.sends(); got > 60 {
				t.Errorf("%v: %d attempts in an hour for 20 letters, want at most 60", class, got)
			}
			if got := s.count(outcomeExpired); got != 20 || len(s.store.dead) != 20 {
				t.Errorf("%v: %v counted as expired, %d dead letters; want 20 and 20", class, got, len(s.store.dead))
			}
		}, fails(class, 0))
	}
}

// The mark of a recipient that is gone ends with a change of the settings, as do a
// refusal and an exhausted quota; and a restart tries once.
func TestChangedSettingsClearTheMark(t *testing.T) {
	for _, class := range []channel.Class{channel.RecipientGone, channel.BadCredential, channel.QuotaExhausted} {
		mirrorScene(t, func(t *testing.T, s *scene, people *fakePeople) {
			s.deliver(t)
			s.next("10")
			s.deliver(t)
			if got := s.channel.sends(); got != 1 {
				t.Fatalf("%v: %d attempts for two letters with a fall-back channel, want 1", class, got)
			}
			r := s.book.Load().Rules
			r.Targets = slices.Clone(r.Targets)
			r.Targets[0].Settings = "another token"
			s.Set(r)
			if d, q := s.Disabled(), s.Quotas(); len(d) != 0 || slices.ContainsFunc(q, func(q stock.Quota) bool { return !q.Until.IsZero() }) {
				t.Errorf("%v: after its token was changed %+v are refused and the quotas %+v, want none", class, d, q)
			}
			s.next("11")
			s.deliver(t)
			if got := s.channel.sends(); got != 2 {
				t.Errorf("%v: %d attempts, want another with the new token", class, got)
			}
		}, fails(class, 0), succeeds)
	}
}

// A recipient that was gone before a restart is tried once after it.
func TestAGoneRecipientIsTriedOnceAfterARestart(t *testing.T) {
	mirrorScene(t, func(t *testing.T, s *scene, people *fakePeople) {
		s.deliver(t)
		time.Sleep(time.Minute)
		again := New(Options{Store: s.store, People: people, Rules: s.book.Load().Rules, Epoch: "ep"})
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- again.Follow(ctx) }()
		synctest.Wait()
		for _, event := range []string{"10", "11", "12"} {
			s.next(event)
			if wait := again.Deliver(t.Context(), s.letter, 1); wait != 0 {
				t.Errorf("Deliver = %v, want it dealt with", wait)
			}
		}
		if got := s.channel.sends(); got != 2 {
			t.Errorf("%d attempts, want one before the restart and one after it", got)
		}
		stop()
		<-ended
	}, fails(channel.RecipientGone, 0))
}

// A quota that was raised is noticed within minutes, by whatever is accepted.
func TestARaisedQuotaIsNoticed(t *testing.T) {
	for name, lift := range map[string]func(t *testing.T, s *scene){
		"the next probe": func(_ *testing.T, s *scene) { time.Sleep(quotaProbe) },
		"a test alert": func(t *testing.T, s *scene) {
			if _, _, err := s.Test(t.Context(), "phone", false); err != nil {
				t.Errorf("Test = %v", err)
			}
		},
		"enable": func(t *testing.T, s *scene) {
			if _, err := s.Enable(t.Context(), "phone"); err != nil {
				t.Errorf("Enable = %v", err)
			}
		},
		"a redriven letter": func(t *testing.T, s *scene) {
			s.next("8")
			s.letter.Redriven = true
			s.deliver(t)
			s.letter.Redriven = false
		},
	} {
		mirrorScene(t, func(t *testing.T, s *scene, _ *fakePeople) {
			s.deliver(t)
			lift(t, s)
			s.next("10")
			s.deliver(t)
			if _, sent := s.store.sent["10_phone_rp"]; !sent {
				t.Errorf("after %s the letter was not sent to the phone; outbox %q", name, s.store.ids())
			}
			if until := s.quotas.exhausted("phone", s.book.Load()); !until.IsZero() {
				t.Errorf("after %s the quota is exhausted until %v, want it lifted", name, until)
			}
		}, fails(channel.QuotaExhausted, 0), succeeds)
	}
}

// Ten minutes with one channel that answers 404 once, 429 with a day, 401 until its
// token is changed, and 200 with a login page for a while: every alert arrives
// within its life, and the owner hears of it by the dashboard and the log at least.
func TestTenMinutesOfOddAnswers(t *testing.T) {
	atNoon(t, func(t *testing.T, now time.Time) {
		phone := &fakeChannel{script: []func(context.Context, channel.Message) error{oddAnswers(now)}}
		r := rulesFor(switch2())
		r.Owner, r.Targets = []string{"phone"}, []Target{{ID: "phone", Type: "fake", Recipient: "rp", Channel: phone, Settings: "old token"}}
		s, people := newStore(), newPeople()
		n := New(Options{Store: s, People: people, Rules: r, Epoch: "ep"})
		end := minding(t, n)
		ctx, cancel := context.WithCancel(t.Context())
		var all sync.WaitGroup
		for i := range 20 {
			l := phoneLetter()
			l.Event = fmt.Sprint(100 + i)
			all.Go(func() {
				time.Sleep(time.Duration(i) * 30 * time.Second)
				l.MadeAt, l.NotAfter = time.Now(), time.Now().Add(time.Hour)
				for tries := 1; ; tries++ {
					wait := n.Deliver(ctx, l, tries)
					if wait == 0 {
						return
					}
					time.Sleep(wait)
				}
			})
		}
		time.Sleep(6 * time.Minute)
		if all := n.Troubles(); len(all) != 1 || all[0].Cause != stock.CauseRefused {
			t.Errorf("while the token is wrong the troubles are %+v, want the phone's refusal", all)
		}
		if got := testutil.ToFloat64(n.metrics.trouble.WithLabelValues("phone")); got != 1 {
			t.Errorf("channel_in_trouble = %v, want 1", got)
		}
		mended := r
		mended.Targets = slices.Clone(r.Targets)
		mended.Targets[0].Settings = "new token"
		n.Set(mended)
		all.Wait()
		if took := time.Since(now); took > 15*time.Minute {
			t.Errorf("the last alert arrived after %v, want 15 minutes at most", took)
		}
		for i := range 20 {
			id := fmt.Sprintf("%d_phone_rp", 100+i)
			if _, ok := s.sent[id]; !ok {
				t.Errorf("alert %s was not delivered", id)
			}
		}
		if len(s.dead) != 0 || len(n.Disabled()) != 0 || len(n.Troubles()) != 0 {
			t.Errorf("dead letters %+v, refused %+v, troubles %+v; want none", s.dead, n.Disabled(), n.Troubles())
		}
		cancel()
		end()
	})
}

// oddAnswers is a service that answers 404 once, then 429 with a day in its second
// minute, 401 from the fourth to the sixth, and 200 with a login page in the eighth.
func oddAnswers(began time.Time) func(context.Context, channel.Message) error {
	var first sync.Once
	return func(ctx context.Context, m channel.Message) error {
		class, after := channel.Class(255), time.Duration(0)
		first.Do(func() { class = channel.BadRecipient })
		switch minute := int(time.Since(began) / time.Minute); {
		case minute == 1:
			class, after = channel.RateLimited, 24*time.Hour
		case minute >= 3 && minute < 6:
			class = channel.BadCredential
		case minute == 7:
			class = channel.Unrecognised
		}
		if class == 255 {
			return nil
		}
		return fails(class, after)(ctx, m)
	}
}

// After 15 minutes of rate limiting the owner hears of it as of any failure.
func TestLastingRateLimitsAreTold(t *testing.T) {
	atNoon(t, func(t *testing.T, now time.Time) {
		r := rulesFor(switch2())
		phone := &fakeChannel{script: []func(context.Context, channel.Message) error{fails(channel.RateLimited, 24*time.Hour)}}
		r.Targets[0].Channel = phone
		s := newStore()
		n := New(Options{Store: s, People: newPeople(), Rules: r})
		end := minding(t, n)
		for l, until := phoneLetter(), now.Add(17*time.Minute); time.Now().Before(until); {
			time.Sleep(n.Deliver(t.Context(), l, 1))
		}
		time.Sleep(time.Minute)
		wantTold(t, s, "after 17 minutes", "channel_down mail")
		if reason := s.letters()[0].Alert.News.Reason; !strings.Contains(reason.Text, "too many requests") {
			t.Errorf("the reason is %q, want too many requests", reason)
		}
		end()
	})
}
