package bus

import (
	"context"
	"errors"
	"strconv"
	"testing"

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
	requests := []string{"$JS.API.DIRECT.GET.KV_leases.$KV.leases.shard.9", "$JS.API.STREAM.INFO.OBS", "$KV.leases.member.w9", "obs.forged"}
	ask := func(user, subject string) {
		t.Helper()
		nc, err := nats.Connect(c.URL, c.Options(t, user)...)
		if err != nil {
			t.Fatal(err)
		}
		defer nc.Close()
		for i, request := range requests {
			if err := nc.PublishRequest(request, subject+strconv.Itoa(i), []byte("{}")); err != nil {
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
		"out.phone.1.user.": streamOUT, "sent.phone.1.user.": streamSENT, "dead.phone.1.user.": streamDEAD,
		"$KV.people.session.": "KV_people", "$KV.products.": "KV_products", "$KV.learned.forget.": "KV_learned",
		"$KV.leases.read.": "KV_leases", "obs.by.answer.": streamOBS,
	}
	for subject := range closed {
		ask(c.Watcher, subject+"forged")
	}
	// The keeper may write there: that each stream takes each answer to him, who asked later,
	// shows that it would take those to the watcher, and that they had time.
	for subject := range closed {
		ask(c.Keeper, subject+"answered")
	}
	for subject, stream := range closed {
		for i, request := range requests {
			eventually(ctx, t, "the answer to the keeper's "+request, func() error { return last(stream, subject+"answered"+strconv.Itoa(i)) })
		}
	}
	for subject, stream := range closed {
		for i, request := range requests {
			forged := subject + "forged" + strconv.Itoa(i)
			if err := last(stream, forged); !errors.Is(err, jetstream.ErrMsgNotFound) {
				t.Errorf("a watcher has the server answer %s to %s: reading it gives %v, want %v", request, forged, err, jetstream.ErrMsgNotFound)
			}
		}
	}
}
