package app

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"

	"github.com/gofrs/flock"
)

// SocketName is the control socket in data_dir.
const SocketName = "ctl.sock"

// dataDir is the folder that a process keeps small files in. Each role locks its
// own part of it, so that a watcher and a notifier can share one folder but two
// watchers cannot share one identity.
type dataDir struct {
	path  string
	locks []*flock.Flock
}

func openDataDir(path string, roles Roles) (*dataDir, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("make data_dir: %w", err)
	}
	d := &dataDir{path: path}
	for _, r := range []struct {
		role Roles
		name string
	}{{Watch, "watcher"}, {Notify, "notifier"}} {
		if !roles.has(r.role) {
			continue
		}
		if err := d.lock(r.name); err != nil {
			d.close()
			return nil, err
		}
	}
	return d, nil
}

func (d *dataDir) lock(name string) error {
	l := flock.New(filepath.Join(d.path, name+".lock"))
	ok, err := l.TryLock()
	if err != nil {
		return fmt.Errorf("lock %s: %w", l.Path(), err)
	}
	if !ok {
		return fmt.Errorf("another %s uses data_dir %s: stop it, or give this one its own with -data-dir", name, d.path)
	}
	d.locks = append(d.locks, l)
	return nil
}

func (d *dataDir) close() {
	for _, l := range d.locks {
		l.Unlock() //nolint:errcheck // the process ends, and the lock with it
	}
	d.locks = nil
}

// id returns the stable id that a role has in this folder, made at its first use.
// Whoever comes back under its old id takes its own leases again at once.
func (d *dataDir) id(role string) (string, error) {
	path := filepath.Join(d.path, role+".id")
	b, err := os.ReadFile(path)
	if id := strings.TrimSpace(string(b)); err == nil && validID(id) {
		return id, nil
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("read the %s's id: %w", role, err)
	}
	id := strings.ToLower(rand.Text()[:12])
	if err := os.WriteFile(path, []byte(id+"\n"), 0o600); err != nil {
		return "", fmt.Errorf("keep the %s's id: %w", role, err)
	}
	return id, nil
}

func validID(id string) bool {
	return id != "" && len(id) <= 32 && strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789") == ""
}

// maxSocketPath is what fits into a Unix socket's address on every system.
const maxSocketPath = 103

// listen opens the control socket, readable by its owner only. The role's lock is
// held, so a socket that is already there was left by a process that was killed.
func (d *dataDir) listen() (net.Listener, error) {
	path := filepath.Join(d.path, SocketName)
	if len(path) > maxSocketPath {
		return nil, fmt.Errorf("open the control socket: its path would have %d bytes, at most %d fit", len(path), maxSocketPath)
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("remove the old control socket: %w", err)
	}
	ln, err := net.Listen("unix", path)
	if err != nil {
		return nil, fmt.Errorf("open the control socket: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		ln.Close()
		return nil, fmt.Errorf("guard the control socket: %w", err)
	}
	return ln, nil
}
