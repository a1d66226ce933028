package bench

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// peak is a first round: all hosts are due at once, each with a page of one kind.
type peak struct {
	what  string
	page  string
	hosts int
	aim   int // MB
}

func peaks() []peak {
	return []peak{
		{fmt.Sprintf("400 hosts, %d KB of Shift_JIS each", pageSize/1000), "sjis", 400, 150},
		{"256 hosts, 2 MB each", "two", 256, 200},
	}
}

// peakTable measures the most that the daemon has in memory in a first round.
func peakTable(ctx context.Context, program string, o Options) (string, error) {
	var b strings.Builder
	b.WriteString("The first round after a start, all pages in gzip.\n\n| pages | most resident | aim | first round |\n|---|--:|--:|--:|\n")
	for _, p := range peaks() {
		most, first, err := measurePeak(ctx, program, o.Shop, p)
		if err != nil {
			return "", fmt.Errorf("%s: %w", p.what, err)
		}
		fmt.Fprintf(&b, "| %s | %d MB | %d MB | %.0f s |\n", p.what, most>>20, p.aim, first.Seconds())
	}
	return b.String(), nil
}

func measurePeak(ctx context.Context, program string, shop []string, p peak) (most int64, first time.Duration, err error) {
	port, closing, err := openStreet(ctx, shop, p.hosts)
	if err != nil {
		return 0, 0, err
	}
	defer closing()
	d, err := startDaemon(ctx, program, watchesConfig(port, p.page, p.hosts, 1, time.Hour, ""))
	if err != nil {
		return 0, 0, err
	}
	defer d.stop()
	begun := stopwatch()
	if err := d.waitFor(ctx, p.hosts, 10*time.Minute); err != nil {
		return 0, 0, err
	}
	first = begun()
	u, err := d.resident()
	return u.peak, first, err
}
