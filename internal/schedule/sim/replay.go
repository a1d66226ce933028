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

	"github.com/sainyuka/sainyuka/internal/stock"
)

const (
	maxReplayLine = 64 << 10
	maxReplay     = 2_000_000 // lines
	maxReplayDays = 400
	// leastCycle is the shortest round of a host: a log of three watches is not
	// asked for every six seconds.
	leastCycle = 60.0
)

// ReadReplay reads a replay log, a JSON object per line. A line without times only
// says that the watch is there.
func ReadReplay(r io.Reader) ([]stock.Window, error) {
	var list []stock.Window
	s := bufio.NewScanner(r)
	s.Buffer(nil, maxReplayLine)
	for n := 1; s.Scan(); n++ {
		if len(s.Bytes()) == 0 {
			continue
		}
		var x stock.Window
		if err := json.Unmarshal(s.Bytes(), &x); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		if err := x.Check(); err != nil {
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
	if !slices.ContainsFunc(list, stock.Window.Timed) {
		return nil, errors.New("the log has no window")
	}
	return list, nil
}

// Replay runs the policies that need no truth in the windows of a log. Where a
// turn was between two looks, it is taken to have been in the middle.
func Replay(log []stock.Window) ([]Row, error) {
	t, err := worldOf(log)
	if err != nil {
		return nil, err
	}
	return runAll("replay", 0, t, []Policy{Uniform, Ours}), nil
}

func worldOf(log []stock.Window) (*truth, error) {
	first, last := time.Time{}, time.Time{}
	for _, x := range log {
		if !x.Timed() {
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
		if x.Timed() {
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
