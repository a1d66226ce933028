package bench

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

// marks are what the table of a name stands between in the file that is written.
func marks(name string) (begin, end string) {
	return "<!-- bench: " + name + " -->", "<!-- bench: end of " + name + " -->"
}

// Tables returns the names of all tables.
func Tables() []string { return []string{"looks", "memory", "peaks", "load"} }

// Measure measures one of them.
func Measure(ctx context.Context, name string, o Options) (table string, err error) {
	if name == "looks" {
		rows, err := Run(ctx, o)
		if err != nil {
			return "", err
		}
		return lookTable(rows), nil
	}
	dir, err := os.MkdirTemp("", "sainyuka-bench-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	program, err := build(ctx, dir)
	if err != nil {
		return "", err
	}
	of := map[string]func(context.Context, string, Options) (string, error){"memory": memoryTable, "peaks": peakTable, "load": loadTable}
	return of[name](ctx, program, o)
}

// lookTable returns the rows as Markdown.
func lookTable(rows []Row) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Go %s, %s/%s, one thread, a page of %d KB in gzip.\n\n", strings.TrimPrefix(runtime.Version(), "go"), runtime.GOOS, runtime.GOARCH, pageSize/1000)
	b.WriteString("| what | divided by | CPU | ratio | aim | KiB allocated | allocations |\n|---|---|--:|--:|--:|--:|--:|\n")
	for _, r := range rows {
		fmt.Fprintf(&b, "| %s | %s, %s | %s | %s | %s | %d | %d |\n", r.What, r.Over, short(r.By), short(r.CPU), ratio(r.Ratio()), strconv.FormatFloat(r.Aim, 'f', -1, 64), r.Bytes>>10, r.Allocs)
	}
	if !slices.ContainsFunc(rows, func(r Row) bool { return r.Over == urlwatchName }) {
		b.WriteString("\nurlwatch is not measured: it was not installed.\n")
	}
	return b.String()
}

func ratio(x float64) string {
	if x < 1 {
		return fmt.Sprintf("%.2f", x)
	}
	return fmt.Sprintf("%.1f", x)
}

func short(d time.Duration) string {
	if d < time.Millisecond {
		return fmt.Sprintf("%d µs", d.Microseconds())
	}
	return fmt.Sprintf("%.2f ms", float64(d)/float64(time.Millisecond))
}

// WriteTable puts a table between its marks in a file.
func WriteTable(file, name, table string) error {
	beginMark, endMark := marks(name)
	raw, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	before, rest, ok := strings.Cut(string(raw), beginMark)
	_, after, closed := strings.Cut(rest, endMark)
	if !ok || !closed {
		return fmt.Errorf("%s: the marks %s and %s are not there", file, beginMark, endMark)
	}
	return os.WriteFile(file, []byte(before+beginMark+"\n"+table+endMark+after), 0o644)
}
