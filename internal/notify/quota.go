package notify

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

const prefixQuota = "quota" // quota.<channel>.<month>

// quota is what a channel has sent in a month, and until when its service takes
// no more.
type quota struct {
	Sent  int       `json:"sent,omitempty"` // counted where monthly_limit is set
	Until time.Time `json:"until,omitzero"` // zero: it takes more
}

// quotas counts the messages of each channel, and knows which may send no more.
type quotas struct {
	facts *facts
}

func quotaKey(channel string, now time.Time) string {
	return prefixQuota + "." + channel + "." + now.Format("2006-01")
}

// spent returns until when a channel sends no more, by its service's word or by the
// user's own limit; zero when it does.
func (q *quotas) spent(channel string, b *book) time.Time {
	if until := q.exhausted(channel, b); !until.IsZero() {
		return until
	}
	return q.limited(channel, b)
}

// exhausted returns until when a channel's service takes no more, by its own word;
// zero when it does.
func (q *quotas) exhausted(channel string, b *book) time.Time {
	now := clock.Wall().In(b.Location)
	if until := q.facts.mirror.quota(quotaKey(channel, now)).Until; until.After(now) {
		return until
	}
	return time.Time{}
}

// limited returns until when the user's monthly limit of a channel is reached, zero
// when it is not.
func (q *quotas) limited(channel string, b *book) time.Time {
	now, limit := clock.Wall().In(b.Location), b.Limits[channel]
	if limit > 0 && q.facts.mirror.quota(quotaKey(channel, now)).Sent >= limit {
		return nextMonth(now)
	}
	return time.Time{}
}

// lift forgets that a channel's quota is exhausted: a message was accepted, or
// a person says so.
func (q *quotas) lift(ctx context.Context, channel string, b *book) error {
	if q.exhausted(channel, b).IsZero() {
		return nil
	}
	return q.change(ctx, quotaKey(channel, clock.Wall().In(b.Location)), func(now *quota) { now.Until = time.Time{} })
}

// exhaust notes that a service takes no more: for as long as it said, else until
// its next day or month.
func (q *quotas) exhaust(ctx context.Context, t Target, b *book, rest time.Duration) error {
	now := clock.Wall().In(b.Location)
	until := nextMonth(now)
	switch {
	case rest > 0:
		until = now.Add(rest)
	case t.Type == "ntfy": // 42908: of a day
		until = now.UTC().Truncate(24 * time.Hour).Add(24 * time.Hour)
	}
	return q.change(ctx, quotaKey(t.ID, now), func(now *quota) { now.Until = until })
}

// spend counts a message of a channel whose month has a limit.
func (q *quotas) spend(ctx context.Context, channel string, b *book) error {
	if b.Limits[channel] == 0 {
		return nil
	}
	return q.change(ctx, quotaKey(channel, clock.Wall().In(b.Location)), func(now *quota) { now.Sent++ })
}

// change updates a counter that other processes update too.
func (q *quotas) change(ctx context.Context, key string, change func(*quota)) error {
	if !q.facts.kept() {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
	defer cancel()
	for {
		var next quota
		rev, err := q.facts.read(ctx, key, &next) // what cannot be read is counted anew
		if err != nil {
			return fmt.Errorf("read %s: %w", key, err)
		}
		change(&next)
		_, err = q.facts.put(ctx, key, next, rev)
		if err == nil {
			return nil
		}
		if !errors.Is(err, stock.ErrConflict) {
			return fmt.Errorf("write %s: %w", key, err)
		}
	}
}

// list is Notifier.Quotas.
func (q *quotas) list(b *book) []stock.Quota {
	now := clock.Wall().In(b.Location)
	var list []stock.Quota
	for _, id := range b.channels() {
		has := q.facts.mirror.quota(quotaKey(id, now))
		if until := q.spent(id, b); b.Limits[id] > 0 || !until.IsZero() {
			list = append(list, stock.Quota{Channel: id, Sent: has.Sent, Limit: b.Limits[id], Until: until})
		}
	}
	return list
}

func nextMonth(now time.Time) time.Time {
	return time.Date(now.Year(), now.Month()+1, 1, 0, 0, 0, 0, now.Location())
}

// ofMonth reports whether a key's month is not over.
func ofMonth(key string, now time.Time) bool {
	return key[strings.LastIndexByte(key, '.')+1:] >= now.UTC().AddDate(0, 0, -1).Format("2006-01")
}
