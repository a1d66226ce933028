package watch

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/diff"
	"github.com/sainyuka/sainyuka/internal/stock"
	"github.com/sainyuka/sainyuka/internal/trust"
)

const (
	memoryVersion = 1
	saveEvery     = 5 * time.Minute
	saveRetry     = 30 * time.Second
	// worthSaving is the back-off from which a restart must not forget it.
	worthSaving = time.Minute
	// maxRemembered keeps a host's value far below the largest message of a bus.
	maxRemembered = 8000
)

// memory is what outlives the owner of a host, as JSON. Losing it costs little,
// so everything in it may be missing or wrong.
type memory struct {
	V    int    `json:"v"`
	Host string `json:"host"`
	// Left is when the owner stopped in good order: Watches is then complete.
	// Without it the owner may have looked at any page since.
	Left      time.Time             `json:"left,omitzero"`
	Asked     time.Time             `json:"asked,omitzero"`      // start of the last request
	NotBefore time.Time             `json:"not_before,omitzero"` // end of the back-off
	Rest      time.Duration         `json:"rest,omitempty"`      // what was left of the back-off at the time of writing
	Why       stock.Outcome         `json:"why,omitempty"`       // what it is for
	Watches   map[string]remembered `json:"watches,omitempty"`   // by tid
	// Doubts is set by versions that remember doubts: without it the records of the
	// host's watches may be of an older one.
	Doubts bool       `json:"doubts,omitempty"`
	Trust  trust.Host `json:"trust,omitzero"` // in what the host's pages say of availability
	// TrustReset is the last reset of the trust that was done.
	TrustReset time.Time `json:"trust_reset,omitzero"`
	Plan       []byte    `json:"plan,omitempty"` // what package schedule has Learned
}

// remembered is when a watch's page was looked at and last read, in Unix
// milliseconds, 0 for never, and what its looks left untold.
type remembered struct {
	Looked int64          `json:"looked,omitempty"`
	Good   int64          `json:"good,omitempty"`
	Untold *diff.Memory   `json:"untold,omitempty"`
	Last   *troubled      `json:"last,omitempty"`  // the last look, when it told nothing
	Shown  *shownListings `json:"shown,omitempty"` // of a search: what the last look found
	// Old is set while the watch's record may be of a version that knew no doubts.
	Old bool `json:"old,omitempty"`
}

// troubled is a look that told nothing, for dashboards that begin after it.
type troubled struct {
	Outcome stock.Outcome `json:"outcome"`
	stock.Reason
	Doubt  stock.Doubt `json:"doubt,omitempty"`
	Leans  stock.Lean  `json:"leans,omitempty"`
	Source string      `json:"source,omitempty"`
}

// maxTroubled bounds of how many watches of a host the last look is kept, and
// maxReason each text of its reason in bytes: see maxRemembered.
const (
	maxTroubled = 1000
	maxReason   = 100
)

// troubleOf returns what is kept of a look; nil when it told something.
func troubleOf(o stock.Observation) *troubled {
	if o.Class() == stock.LookTold {
		return nil
	}
	reason := o.Reason.Clip(func(s string) string { return stock.Clip(s, maxReason) })
	return &troubled{Outcome: o.Outcome, Reason: reason, Doubt: o.Doubt, Leans: o.Leans, Source: o.Source}
}

// sameTrouble reports whether two looks are the same to a dashboard that begins.
func sameTrouble(a, b *troubled) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Outcome == b.Outcome && a.Doubt == b.Doubt && a.Leans == b.Leans
}

// LastLooks returns the looks at a host's watches that told nothing and were the last
// ones, by what its owner left in the Memory: what a dashboard that begins shows until
// it hears of newer ones.
func LastLooks(raw []byte, host string) ([]stock.Look, error) {
	now := clock.Wall()
	m, err := recallMemory(raw, host, now)
	if err != nil {
		return nil, err
	}
	var looks []stock.Look
	for tid, r := range m.Watches {
		if r.Last == nil {
			continue
		}
		l := stock.Look{
			Watch: tid, At: moment(r.Looked, now), Outcome: r.Last.Outcome, Reason: r.Last.Reason,
			Doubt: r.Last.Doubt, Leans: r.Last.Leans, Source: r.Last.Source,
		}
		if r.Untold != nil {
			l.Clarity = r.Untold.Doubt
		}
		looks = append(looks, l)
	}
	return looks, nil
}

// LearnedTrust returns what was learned of a host's evidence, by what its owner left in
// the Memory. What a reset that the owner has not done yet will empty is left out.
func LearnedTrust(raw []byte, host string, reset time.Time) (stock.HostTrust, error) {
	m, err := recallMemory(raw, host, clock.Wall())
	if !reset.IsZero() && !reset.Equal(m.TrustReset) {
		m.Trust = trust.Host{}
	}
	return m.Trust.Shown(host), err
}

// recallMemory reads what encode wrote. Anything else is nothing remembered; the
// error says why.
func recallMemory(raw []byte, host string, now time.Time) (memory, error) {
	if len(raw) == 0 {
		return memory{}, nil
	}
	var m memory
	if err := json.Unmarshal(raw, &m); err != nil {
		return memory{}, fmt.Errorf("read the memory of host %s: %w", host, err)
	}
	if m.V != memoryVersion || m.Host != host {
		return memory{}, fmt.Errorf("read the memory of host %s: it is version %d of host %q", host, m.V, m.Host)
	}
	longest := longestRetryAfter
	if m.Rest > 0 {
		longest = min(m.Rest, longest)
	}
	if last := now.Add(longest); m.NotBefore.After(last) {
		m.NotBefore = last // it was no longer when it was written: the writer's clock or ours is wrong
	}
	return m, nil
}

func (m memory) encode() ([]byte, error) {
	m.V, m.Doubts = memoryVersion, true
	return json.Marshal(m)
}

// moment is a remembered time; what lies in the future counts as now.
func moment(ms int64, now time.Time) time.Time {
	if ms <= 0 {
		return time.Time{}
	}
	if t := time.UnixMilli(ms); t.Before(now) {
		return t
	}
	return now
}

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}
