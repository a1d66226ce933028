package natsd

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"github.com/sainyuka/sainyuka/internal/clock"
)

// LockedError says that another process has the data directory open. Two
// engines on one directory would both start without an error and destroy each
// other's files, so the lock comes before the engine.
type LockedError struct {
	Dir   string
	PID   int       // 0: not known
	Since time.Time // zero: not known
}

// Error says who holds the directory and what to do about it.
func (e *LockedError) Error() string {
	holder := "another process"
	if e.PID != 0 {
		holder = "process " + strconv.Itoa(e.PID)
	}
	if !e.Since.IsZero() {
		holder += ", running since " + e.Since.Format(time.RFC3339)
	}
	return fmt.Sprintf("data directory %s is in use by %s: stop that process first, or give this one another data_dir", e.Dir, holder)
}

// lockDir makes the directory if needed and takes its lock.
func lockDir(dir string) (*flock.Flock, error) {
	if dir == "" {
		return nil, fmt.Errorf("no data directory given")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make data directory: %w", err)
	}
	path := filepath.Join(dir, "LOCK")
	lock := flock.New(path, flock.SetFlag(os.O_CREATE|os.O_RDWR), flock.SetPermissions(0o600))
	got, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock data directory %s (is it writable?): %w", dir, err)
	}
	if !got {
		_ = lock.Close()
		pid, since := readHolder(path)
		return nil, &LockedError{Dir: dir, PID: pid, Since: since}
	}
	holder := fmt.Sprintf("%d %s\n", os.Getpid(), clock.Wall().UTC().Format(time.RFC3339))
	if err := os.WriteFile(path, []byte(holder), 0o600); err != nil {
		// A full disk must not keep the program from starting: it could not
		// even say so. The lock holds without the name of its holder.
		_ = os.Truncate(path, 0)
	}
	return lock, nil
}

// readHolder reads who wrote the lock file; what is not there or not readable
// is left at zero.
func readHolder(path string) (pid int, since time.Time) {
	b, err := os.ReadFile(path)
	if err != nil {
		return 0, time.Time{}
	}
	first, second, _ := strings.Cut(strings.TrimSpace(string(b)), " ")
	pid, err = strconv.Atoi(first)
	if err != nil {
		return 0, time.Time{}
	}
	since, err = time.Parse(time.RFC3339, second)
	if err != nil {
		return pid, time.Time{}
	}
	return pid, since
}
