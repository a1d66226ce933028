package crashlab

import (
	"context"
	"flag"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
)

var soak = flag.Duration("soak", 3*time.Second, "how `LONG` a box is soaked")

// A box at a hundred times the usual speed (a look a second at each page instead
// of one in a hundred seconds) holds no more goroutines and files at the end than
// at the beginning.
func TestBoxIsSoaked(t *testing.T) {
	t.Parallel()
	l := newLab(t, 40)
	box := l.begin("box", "sainyuka", "run", "-data-dir", t.TempDir())
	stop := l.flip(20)
	l.looked(3, anybody) // by then all connections are there
	began, before := time.Now(), l.shops.count()
	names := []string{"go_goroutines", "process_open_fds", "process_resident_memory_bytes"}
	samples := map[string][]float64{}
	for time.Since(began) < *soak {
		clock.Sleep(context.Background(), max(time.Second, *soak/200))
		for _, name := range names {
			samples[name] = append(samples[name], box.metric(t, name))
		}
	}
	stop()
	// In a few seconds connections still come; what leaks with every fourth request
	// shows all the same.
	slack := 10.0
	if *soak < time.Minute {
		slack += float64(l.shops.count()-before) / 4
	}
	for _, name := range names {
		list := samples[name]
		third := max(1, len(list)/3)
		first, last := median(list[:third]), median(list[len(list)-third:])
		t.Logf("%s: %d samples, median of the first third %.0f, of the last %.0f", name, len(list), first, last)
		if name != "process_resident_memory_bytes" && last > first*1.1+slack {
			t.Errorf("%s grew from %.0f to %.0f in %s", name, first, last, time.Since(began).Round(time.Second))
		}
	}
	t.Logf("%d requests, %d alerts in %s", l.shops.count(), len(l.receiver.heard()), time.Since(began).Round(time.Second))
	if took := box.terminate(t); took > 10*time.Second {
		t.Errorf("the box took %s to stop, want at most 10s", took)
	}
}

func median(list []float64) float64 {
	sorted := slices.Sorted(slices.Values(list))
	return sorted[len(sorted)/2]
}

// metric returns the value of a series without labels, -1 when there is none.
func (p *process) metric(t testing.TB, name string) float64 {
	t.Helper()
	for line := range strings.Lines(p.metrics(t)) {
		if value, ok := strings.CutPrefix(line, name+" "); ok {
			if v, err := strconv.ParseFloat(strings.TrimSpace(value), 64); err == nil {
				return v
			}
		}
	}
	return -1
}

// metrics is what the process shows, "" when it does not answer.
func (p *process) metrics(t testing.TB) string {
	t.Helper()
	resp, err := http.Get(p.address(t) + "/metrics")
	if err != nil {
		return ""
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return ""
	}
	return string(text)
}
