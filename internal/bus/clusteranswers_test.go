package bus

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/sainyuka/sainyuka/internal/natstest"
)

// answersReachNoStream has the server answer requests of a watcher to subjects that he may not
// write: what he put into a lease himself would be a letter, a key, a session there.
func answersReachNoStream(ctx context.Context, t *testing.T, keeper, watcher *Bus, c *natstest.Cluster) {
	if _, err := watcher.Leases.CreateLease(ctx, "shard.9", "w1"); err != nil {
		t.Fatal(err)
	}
	const forged = "$JS.API.DIRECT.GET.KV_leases.$KV.leases.shard.9"
	answered := func(user, subject string) {
		t.Helper()
		nc, err := nats.Connect(c.URL, c.Options(t, user)...)
		if err != nil {
			t.Fatal(err)
		}
		defer nc.Close()
		for _, request := range []string{forged, "$JS.API.STREAM.INFO.OBS", "$KV.leases.member.w9", "obs.forged"} {
			if err := nc.PublishRequest(request, subject, []byte("{}")); err != nil {
				t.Fatal(err)
			}
		}
		if err := nc.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	last := func(stream, subject string) error {
		s, err := keeper.lookUp(ctx, stream)
		if err != nil {
			return err
		}
		_, err = s.GetLastMsgForSubject(ctx, subject)
		return err
	}
	closed := map[string]string{
		"out.phone.1.user.forged": streamOUT, "sent.phone.1.user.forged": streamSENT, "dead.phone.1.user.forged": streamDEAD,
		"$KV.people.session.forged": "KV_people", "$KV.products.forged": "KV_products", "$KV.learned.forget.forged": "KV_learned",
		"$KV.leases.read.forged": "KV_leases", "obs.forged.by.answer": streamOBS,
	}
	for subject := range closed {
		answered(c.Watcher, subject)
	}
	// Who may write there all the same has it answered, which shows that the others had time.
	answered(c.Keeper, "dead.phone.1.user.answered")
	eventually(ctx, t, "the answer to the keeper", func() error { return last(streamDEAD, "dead.phone.1.user.answered") })
	time.Sleep(time.Second)
	for subject, stream := range closed {
		if err := last(stream, subject); !errors.Is(err, jetstream.ErrMsgNotFound) {
			t.Errorf("a watcher has the server write %s: reading it gives %v, want %v", subject, err, jetstream.ErrMsgNotFound)
		}
	}
}
