package sim

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"time"
)

// Seen is a line of a replay log: one window of one watch as a watcher saw it,
// by the last look before each turn and the first one after it. A line without
// times only says that the watch is there.
//
//	{"watch":"4xq...","host":"item.rakuten.co.jp","product":"switch2",
//	 "last_out":"2026-04-01T10:00:03+09:00","first_in":"2026-04-01T10:01:12+09:00",
//	 "last_in":"2026-04-01T10:05:12+09:00","first_out":"2026-04-01T10:07:12+09:00"}
type Seen struct {
	Watch    string    `json:"watch"`
	Host     string    `json:"host"`
	Product  string    `json:"product,omitempty"`
	LastOut  time.Time `json:"last_out,omitzero"`
	FirstIn  time.Time `json:"first_in,omitzero"`
	LastIn   time.Time `json:"last_in,omitzero"`
	FirstOut time.Time `json:"first_out,omitzero"`
}

const (
	maxReplayLine = 64 << 10
	maxReplay     = 2_000_000 // lines
	maxReplayDays = 400
	// leastCycle is the shortest round of a host: a log of three watches is not
	// asked for every six seconds.
	leastCycle = 60.0
)

// ReadReplay reads a replay log, a JSON object per line.
func ReadReplay(r io.Reader) ([]Seen, error) {
	var list []Seen
	s := bufio.NewScanner(r)
	s.Buffer(nil, maxReplayLine)
	for n := 1; s.Scan(); n++ {
		if len(s.Bytes()) == 0 {
			continue
		}
		var x Seen
		if err := json.Unmarshal(s.Bytes(), &x); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		if err := x.check(); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		if len(list) == maxReplay {
			return nil, fmt.Errorf("more than %d lines", maxReplay)
		}
		list = append(list, x)
	}
	if err := s.Err(); err != nil {
		return nil, fmt.Errorf("read the log: %w", err)
	}
	if !slices.ContainsFunc(list, Seen.timed) {
		return nil, errors.New("the log has no window")
	}
	return list, nil
}

func (x Seen) timed() bool { return !x.FirstIn.IsZero() }

func (x Seen) check() error {
	if x.Watch == "" || x.Host == "" {
		return errors.New("a watch and a host must be named")
	}
	if !x.timed() && x.LastOut.IsZero() && x.LastIn.IsZero() && x.FirstOut.IsZero() {
		return nil
	}
	times := []time.Time{x.LastOut, x.FirstIn, x.LastIn, x.FirstOut}
	for i, t := range times {
		if t.IsZero() {
			return errors.New("a window needs last_out, first_in, last_in and first_out")
		}
		if i > 0 && t.Before(times[i-1]) {
			return errors.New("last_out, first_in, last_in and first_out are not in order")
		}
	}
	return nil
}

// Replay runs the policies that need no truth in the windows of a log. Where a
// turn was between two looks, it is taken to have been in the middle.
func Replay(log []Seen) ([]Row, error) {
	t, err := worldOf(log)
	if err != nil {
		return nil, err
	}
	return runAll("replay", 0, t, []Policy{Uniform, Ours}), nil
}

func worldOf(log []Seen) (*truth, error) {
	first, last := time.Time{}, time.Time{}
	for _, x := range log {
		if !x.timed() {
			continue
		}
		if first.IsZero() || x.LastOut.Before(first) {
			first = x.LastOut
		}
		if x.FirstOut.After(last) {
			last = x.FirstOut
		}
	}
	local := first.In(midnight.Location())
	start := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, midnight.Location())
	t := &truth{days: math.Ceil(last.Sub(start).Hours() / 24)}
	if t.days > maxReplayDays {
		return nil, fmt.Errorf("the log spans %.0f days, at most %d can be replayed", t.days, maxReplayDays)
	}
	t.judged = min(week, t.days*day/3)
	hosts, targets := make(map[string]int), make(map[[2]string]int)
	for _, x := range log {
		i, ok := hosts[x.Host]
		if !ok {
			i = len(t.hosts)
			hosts[x.Host] = i
			t.hosts = append(t.hosts, shop{})
		}
		s := &t.hosts[i]
		key := [2]string{x.Host, x.Watch}
		j, ok := targets[key]
		if !ok {
			j = len(s.targets)
			targets[key] = j
			s.targets = append(s.targets, item{product: x.Product})
		}
		if x.timed() {
			s.targets[j].windows = append(s.targets[j].windows, window{
				open: middle(x.LastOut, x.FirstIn).Sub(start).Seconds(), close: middle(x.LastIn, x.FirstOut).Sub(start).Seconds(),
			})
		}
	}
	for i := range t.hosts {
		s := &t.hosts[i]
		s.step = slot * math.Ceil(max(slot, leastCycle/float64(len(s.targets)))/slot)
		for j := range s.targets {
			s.targets[j].windows = tidy(s.targets[j].windows)
		}
	}
	return t, nil
}

func middle(a, b time.Time) time.Time { return a.Add(b.Sub(a) / 2) }
