package natsd

import (
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

const (
	// spaceToRestart is what must be free before a restart is worth a try: a
	// few blocks of each stream. With less the engine would latch again at once.
	spaceToRestart = 16 * mib
	// longestPause is between two restarts that did not help.
	longestPause = 10 * time.Minute
)

// watch looks after the engine until Stop. After the first failed write (a full
// disk, mostly) the engine refuses all others without a word, also when there
// is space again: publishes just time out. Only its health check tells, and
// only a restart helps.
func (s *Server) watch() {
	defer close(s.watched)
	tick := time.NewTicker(max(s.opts.HealthEvery/ticks, time.Millisecond))
	defer tick.Stop()
	w := watchdog{pause: s.opts.HealthEvery}
	for {
		select {
		case <-s.quit:
			return
		case now := <-tick.C:
			if more := s.adjustReserve(); w.due() || more {
				s.check(&w, now)
				s.widen()
			}
		}
	}
}

// watchdog is what one check tells the next.
type watchdog struct {
	ticks int           // since the last look
	sick  int           // looks in a row that found the engine sick
	told  string        // the cause that was logged last
	pause time.Duration // to the restart after the next
	next  time.Time     // no restart before
}

// ticks is how many there are in HealthEvery. The disk is looked at in each.
const ticks = 10

// due reports whether this tick is one to look at the engine. A healthy one needs it once
// in HealthEvery, a sick one in each: people wait for it.
func (w *watchdog) due() bool {
	w.ticks++
	return w.sick > 0 || w.ticks >= ticks
}

// enough looks in a row must find the engine sick: a stream that is just being
// made looks for a moment like one that could not be recovered.
const enough = 2

// check looks once, and restarts the engine when that may help.
func (s *Server) check(w *watchdog, now time.Time) {
	w.ticks = 0
	err := s.look(w)
	if err == nil {
		return
	}
	s.gauge.Set(0)
	free, ferr := s.probe.free(s.opts.Dir)
	if cause := err.Error(); cause != w.told {
		w.told = cause
		s.log.Error("embedded engine cannot store anything: it is restarted as soon as its disk has space",
			"err", errors.Join(err, ferr), "dir", s.opts.Dir, "free_bytes", free)
	}
	if ferr != nil || free < spaceToRestart || now.Before(w.next) {
		return
	}
	if w.pause > s.opts.HealthEvery { // a restart did not help: a quota may be used up while the disk has room
		s.giveReserve(free)
	}
	w.next, w.pause = now.Add(w.pause), min(2*w.pause, longestPause)
	s.log.Warn("restarting the embedded engine", "free_bytes", free)
	if err := s.Restart(); err != nil && !errors.Is(err, errStopped) {
		s.log.Error("restart the embedded engine", "err", err)
	}
}

// look returns why the engine is sick, once that is certain.
func (s *Server) look(w *watchdog) error {
	s.mu.Lock()
	engine, err := s.engine, s.health
	s.mu.Unlock()
	switch {
	case errors.Is(err, errRestarting) || errors.Is(err, errStopped):
		return nil // somebody is at it
	case engine == nil: // a restart that failed
		return err
	}
	err = s.probe.health(engine)
	if err == nil {
		if w.told != "" {
			s.log.Info("embedded engine is healthy again")
		}
		s.gauge.Set(1)
		*w = watchdog{pause: s.opts.HealthEvery}
	} else if w.sick++; w.sick < enough {
		return nil
	}
	s.note(engine, err)
	return err
}

// note records the health of an engine, unless it was replaced meanwhile.
func (s *Server) note(engine *server.Server, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.engine == engine {
		s.health = err
	}
}

// engineHealth asks the engine whether it can work. Its JetStream may say that
// it is enabled, and its account information be fine, while no stream can be
// written: this is the only check that sees it.
func engineHealth(engine *server.Server) error {
	h := engine.Healthz(nil)
	if h.Error == "" && h.StatusCode < 300 {
		return nil
	}
	return fmt.Errorf("engine is %s (%d): %s", h.Status, h.StatusCode, h.Error)
}
