package natsd

import (
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
)

const (
	reserveName = "reserve"

	// DefaultReserve is room for some ten thousand changes and their alerts.
	DefaultReserve = 64 * mib
	// leastReserve is what a restart takes and half as much again, for what is written before
	// and after it. Less is not worth a file.
	leastReserve = spaceToRestart + spaceToRestart/2
	// reserveStep is what the reserve grows by at a time: no card is so slow that what
	// the engine writes would wait long for it.
	reserveStep = 4 * mib
	// reserveShare is the part of what is free that the reserve may have. Once it was
	// given up because less than spaceToRestart was free, it cannot grow in its own room:
	// a tenth of both is less than leastReserve.
	reserveShare = 10
	reserveRetry = 24 * time.Hour // after it could not be written
)

// reserve is a file that holds room on the disk for the time when it is full: then it is
// emptied, and the engine works on in its place. The empty file tells the next process too
// that the disk is full.
type reserve struct {
	path string
	most int64         // that it shall hold; 0: there is none
	next clock.Instant // it does not grow before
}

func newReserve(dir string, most int64) *reserve {
	return &reserve{path: filepath.Join(dir, reserveName), most: most}
}

// held is what it holds at the moment.
func (r *reserve) held() int64 {
	info, err := os.Stat(r.path)
	if err != nil {
		return 0
	}
	return info.Size()
}

// given reports whether it was given up and has not grown since.
func (r *reserve) given() bool {
	info, err := os.Stat(r.path)
	return err == nil && info.Size() == 0
}

// wanted is what it should hold while so much is free beside it: 0 when the disk has no room
// for a reserve.
func (r *reserve) wanted(free int64) int64 {
	size := min(r.most, (free+r.held())/reserveShare)
	if size < leastReserve {
		return 0
	}
	return size
}

// give empties the file and returns how much room that made.
func (r *reserve) give() (int64, error) {
	held := r.held()
	if held == 0 {
		return 0, nil
	}
	r.next = clock.After(longestPause)
	return held, os.Truncate(r.path, 0)
}

// grow adds a step to the file when the disk has room for it. A file that cannot be written
// is removed.
func (r *reserve) grow(free int64) error {
	left := r.wanted(free) - r.held()
	if left <= 0 || clock.Now().Before(r.next) {
		return nil
	}
	err := r.add(min(left, reserveStep))
	if err != nil { // most likely a quota
		err = errors.Join(err, os.Remove(r.path))
		r.next = clock.After(reserveRetry)
	}
	return err
}

// add writes what no file system can make smaller: a hole holds no room, nor do zeros
// where files are compressed.
func (r *reserve) add(n int64) (err error) {
	f, err := os.OpenFile(r.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	block := make([]byte, 256<<10)
	for ; n > 0; n -= int64(len(block)) {
		block = block[:min(n, int64(len(block)))]
		_, _ = rand.Read(block) // it never fails
		if _, err := f.Write(block); err != nil {
			return err
		}
	}
	return nil
}

// adjustReserve gives the reserve up when the disk is full, and reports whether it did. Else
// it lets it grow.
func (s *Server) adjustReserve() bool {
	if s.reserve.most == 0 {
		return false
	}
	free, err := s.probe.free(s.opts.Dir)
	switch {
	case err != nil:
		s.log.Debug("the free space is not known", "dir", s.opts.Dir, "err", err)
	case free < spaceToRestart:
		return s.giveReserve(free)
	case s.reserve.wanted(free) > 0:
		s.growReserve(free)
	}
	return false
}

// growReserve lets the reserve grow, unless the engine needs the disk to recover.
func (s *Server) growReserve(free int64) {
	if s.Healthy() != nil {
		return
	}
	if err := s.reserve.grow(free); err != nil {
		s.log.Warn("no room is kept for the time when the disk is full", "dir", s.opts.Dir, "err", err)
	}
}

// widen gives the engine that was started on a full disk what it may keep on one that has
// room again, which takes a restart.
func (s *Server) widen() {
	if !s.room.Load().full || s.Healthy() != nil {
		return
	}
	room, err := storeLimit(s.opts.Dir, s.probe.free)
	if err != nil || room.full {
		return
	}
	s.room.Store(&room)
	s.log.Info("the disk has room again: the embedded engine is restarted, to use it", "dir", s.opts.Dir, "max_bytes", room.disk)
	if err := s.Restart(); err != nil && !errors.Is(err, errStopped) {
		s.log.Error("restart the embedded engine", "err", err)
	}
}

// giveReserve gives the reserve up, if there is one.
func (s *Server) giveReserve(free int64) bool {
	made, err := s.reserve.give()
	switch {
	case err != nil:
		s.log.Error("the room that was kept for a full disk cannot be given up", "file", s.reserve.path, "err", err)
		return false
	case made == 0:
		return false
	}
	s.log.Error("the disk is full: the room that was kept for this is used from now on",
		"dir", s.opts.Dir, "free_bytes", free, "reserve_bytes", made)
	return true
}

// DiskFull reports that the disk has no room but what was kept for this, if that. A disk that
// never had room for a reserve is not full for that.
func (s *Server) DiskFull() bool {
	if s.reserve.most == 0 || s.reserve.held() > 0 {
		return false
	}
	free, err := s.probe.free(s.opts.Dir)
	return err == nil && (free < spaceToRestart || s.reserve.given() && s.reserve.wanted(free) == 0)
}
