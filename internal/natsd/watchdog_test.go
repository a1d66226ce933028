package natsd

import (
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

// sick is a world in which the engine's disk is full.
type sick struct {
	free     atomic.Int64
	cured    atomic.Bool // the engine reports that it is well
	looks    atomic.Int64
	restarts atomic.Int64
	last     atomic.Pointer[server.Server]
}

func (w *sick) probes() probes {
	return probes{
		health: func(engine *server.Server) error {
			w.looks.Add(1)
			if old := w.last.Swap(engine); old != nil && old != engine {
				w.restarts.Add(1)
			}
			if w.cured.Load() {
				return nil
			}
			return errors.New("write error: no space left on device")
		},
		free: func(string) (int64, error) { return w.free.Load(), nil },
	}
}

// until waits for something that the watchdog brings about.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.After(time.Minute)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("waited in vain: %s", what)
		}
	}
}

func TestTheWatchdogRestartsWhenThereIsSpaceAgain(t *testing.T) {
	var world sick
	reg := prometheus.NewRegistry()
	o := testOptions(t, t.TempDir())
	o.HealthEvery, o.Registerer = 5*time.Millisecond, reg
	s, err := start(o, world.probes())
	if err != nil {
		t.Fatalf("start: %v", err)
	}
	t.Cleanup(s.Stop)

	until(t, "some looks at a sick engine", func() bool { return world.looks.Load() > 5 })
	if n := world.restarts.Load(); n != 0 {
		t.Fatalf("%d restarts while the disk is full, want none", n)
	}
	if err := s.Healthy(); err == nil || err.Error() != "write error: no space left on device" {
		t.Errorf("Healthy with a full disk: %v", err)
	}
	if v := testutil.ToFloat64(s.gauge); v != 0 {
		t.Errorf("sainyuka_engine_healthy is %v with a full disk, want 0", v)
	}

	world.free.Store(spaceToRestart)
	until(t, "a restart", func() bool { return world.restarts.Load() > 0 })
	world.cured.Store(true)
	until(t, "health", func() bool { return s.Healthy() == nil && testutil.ToFloat64(s.gauge) == 1 })
	s.Stop()
	if n, err := testutil.GatherAndCount(reg); err != nil || n != 0 {
		t.Errorf("after Stop the registry has %d series, %v, want none", n, err)
	}
}

func TestRestartsThatDoNotHelpBecomeRare(t *testing.T) {
	var world sick
	world.free.Store(1 << 30)
	o := testOptions(t, t.TempDir())
	o.HealthEvery = time.Hour // the test makes the checks
	s, err := start(o, world.probes())
	if err != nil {
		t.Fatalf("start: %v", err)
	}
	t.Cleanup(s.Stop)

	w := watchdog{pause: 10 * time.Second}
	now := time.Now()
	for range 31 { // five minutes, a check each 10 s
		s.check(&w, now)
		now = now.Add(10 * time.Second)
	}
	// The second look is certain, so after 10, 20, 40, 80 and 160 s, and not
	// again before 320 s. A restart shows at the look after it.
	if n := world.restarts.Load(); n != 5 {
		t.Errorf("%d restarts in five minutes, want 5: after 10, 20, 40, 80, 160 s", n)
	}
}

func TestOneBadLookIsNotEnough(t *testing.T) {
	var world sick
	world.free.Store(1 << 30)
	o := testOptions(t, t.TempDir())
	o.HealthEvery = time.Hour // the test makes the checks
	s, err := start(o, world.probes())
	if err != nil {
		t.Fatalf("start: %v", err)
	}
	t.Cleanup(s.Stop)

	w := watchdog{pause: time.Second}
	for i := range 10 { // bad and good by turns
		world.cured.Store(i%2 == 1)
		s.check(&w, time.Now())
		if err := s.Healthy(); err != nil {
			t.Fatalf("after look %d: Healthy gives %v", i, err)
		}
	}
	if n := world.restarts.Load(); n != 0 {
		t.Errorf("%d restarts, want none", n)
	}
}
