package wishlist

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// State is how the reading of a list goes. The zero ReadAt says that all of it was never read.
type State struct {
	List
	ReadAt  time.Time
	Trouble *Trouble // nil: the last reading went well, or there was none
}

// Trouble is why a list cannot be read.
type Trouble struct {
	URL     string        `json:"url"` // the list's address then
	Since   time.Time     `json:"since"`
	Outcome stock.Outcome `json:"outcome,omitempty"` // of the look; "" when it was not the page that failed
	stock.Reason
}

// States returns how the reading of each list goes, by whichever process reads them.
func (r *Reader) States(ctx context.Context) ([]State, error) {
	lists, _ := r.now()
	if len(lists) == 0 {
		return nil, nil
	}
	facts, err := r.o.Facts.Facts(ctx, factPrefix)
	if err != nil {
		return nil, fmt.Errorf("read how wish lists are: %w", err)
	}
	kept := map[string][]byte{}
	for _, kv := range facts {
		kept[kv.Key] = kv.Value
	}
	all := make([]State, len(lists))
	for i, l := range lists {
		all[i].List = l
		var m memory
		if value := kept[factKey(l)]; value == nil || json.Unmarshal(value, &m) != nil {
			continue
		}
		if m.Address == l.URL {
			all[i].ReadAt = m.Read
		}
		if m.Trouble != nil && m.Trouble.URL == l.URL {
			all[i].Trouble = m.Trouble
		}
	}
	return all, nil
}

// note writes down why a reading failed, or that it did not.
func (m *memory) note(l List, err error, failed unread) {
	if err == nil {
		m.Trouble = nil
		return
	}
	if m.Trouble == nil || m.Trouble.URL != l.URL {
		m.Trouble = &Trouble{URL: l.URL, Since: clock.Wall().UTC().Truncate(time.Second)}
	}
	m.Trouble.Outcome, m.Trouble.Reason = failed.outcome, failed.reason
}
