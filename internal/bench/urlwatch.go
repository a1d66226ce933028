package bench

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// urlwatchName is what urlwatch's look is called.
const urlwatchName = "urlwatch + one selector"

// urlwatchPages is how many pages the longer of two runs of urlwatch looks at.
const urlwatchPages = 50

// urlwatch is that program as it is installed here, with a folder for its files.
type urlwatch struct {
	program, dir string
}

// urlwatchLook is a look at a page by urlwatch with one css selector: what a run with many
// pages takes more than one with a single page, by page. So its start, a third of a second, is
// not counted. The looks before the first one that is measured fill its cache.
func urlwatchLook(ctx context.Context, program, dir, address string) (task, error) {
	u := urlwatch{program, dir}
	if err := os.WriteFile(u.config(), []byte("display: {new: true, error: true, unchanged: true}\n"), 0o600); err != nil {
		return task{}, err
	}
	for _, pages := range []int{1, urlwatchPages} {
		if err := u.list(address, pages); err != nil {
			return task{}, err
		}
	}
	return task{name: urlwatchName, other: func() (time.Duration, error) {
		one, err := u.run(ctx, 1)
		if err != nil {
			return 0, err
		}
		many, err := u.run(ctx, urlwatchPages)
		return (many - one) / (urlwatchPages - 1), err
	}}, nil
}

func (u urlwatch) file(kind string, pages int) string {
	return filepath.Join(u.dir, fmt.Sprintf("%s-%d", kind, pages))
}

// config is the file that has every page reported, so that none is left out unseen.
func (u urlwatch) config() string { return filepath.Join(u.dir, "config.yaml") }

// list writes the list of pages, each with an address of its own.
func (u urlwatch) list(address string, pages int) error {
	var b strings.Builder
	for i := range pages {
		fmt.Fprintf(&b, "---\nurl: %q\nfilter:\n  - css: '.buybox .price'\n", fmt.Sprintf("%s?page=%d", address, i))
	}
	return os.WriteFile(u.file("urls", pages), []byte(b.String()), 0o600)
}

// run has it look at all pages of a list and returns the CPU time that it took.
func (u urlwatch) run(ctx context.Context, pages int) (time.Duration, error) {
	cmd := exec.CommandContext(ctx, u.program, "--urls", u.file("urls", pages), "--cache", u.file("cache", pages), "--config", u.config())
	cmd.Env = append(os.Environ(), "HOME="+u.dir, "NO_PROXY=127.0.0.1", "no_proxy=127.0.0.1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("urlwatch, %d pages: %w: %s", pages, err, out)
	}
	if read := strings.Count(string(out), "NEW: ") + strings.Count(string(out), "CHANGED: "); read < pages {
		return 0, fmt.Errorf("urlwatch has read %d of %d pages: %s", read, pages, out)
	}
	return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), nil
}
