package natsd

import (
	"crypto/rand"
	"os"
	"path/filepath"
	"testing"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/sainyuka/sainyuka/internal/clock"
)

// disk is one with so much room, of which a reserve takes its part.
type disk struct {
	dir  string
	room int64
}

func (d *disk) free(string) (int64, error) { return d.room - newReserve(d.dir, 0).held(), nil }

func reserveOn(t *testing.T, room int64) (*Server, *disk) {
	t.Helper()
	d := &disk{t.TempDir(), room}
	o := testOptions(t, d.dir)
	o.Reserve, o.HealthEvery = 24*mib, 1<<62 // the test makes the ticks
	s, err := start(o, probes{health: engineHealth, free: d.free})
	if err != nil {
		t.Fatalf("start: %v", err)
	}
	t.Cleanup(s.Stop)
	return s, d
}

func (s *Server) tick(times int) {
	for range times {
		s.adjustReserve()
	}
}

func TestTheReserveGrowsAndIsGivenUpOnce(t *testing.T) {
	s, d := reserveOn(t, 1<<30)
	s.tick(3)
	if got := s.reserve.held(); got != 4*reserveStep {
		t.Errorf("after the start and three ticks %d bytes are kept, want %d: the engine's writes must not wait for all of it", got, 4*reserveStep)
	}
	s.tick(10)
	if got := s.reserve.held(); got != 24*mib {
		t.Errorf("%d bytes are kept, want %d", got, 24*mib)
	}
	if s.DiskFull() || s.Percent() > 50 {
		t.Errorf("with room: DiskFull %t, %d %%", s.DiskFull(), s.Percent())
	}
	room := s.room.Swap(&allowance{disk: 1})
	if s.Percent() != 99 {
		t.Errorf("a store that has more than its part of a disk with room: %d %%, want 99", s.Percent())
	}
	s.room.Store(room)
	if got := usedSpace(d.dir); got >= 24*mib {
		t.Errorf("%d bytes count as the engine's, the reserve among them", got)
	}

	d.room = 24*mib + spaceToRestart - 1
	if s.DiskFull() {
		t.Error("DiskFull before the reserve was given up")
	}
	if !s.adjustReserve() {
		t.Error("the reserve was not given up on a full disk")
	}
	if s.adjustReserve() {
		t.Error("the reserve was given up twice")
	}
	s.reserve.next = clock.Instant{} // as if time had passed
	s.tick(3)
	if got := s.reserve.held(); got != 0 {
		t.Errorf("the reserve took %d bytes of its own room", got)
	}
	if !s.DiskFull() || s.Percent() != 100 {
		t.Errorf("without room but the reserve's: DiskFull %t, %d %%, want true and 100", s.DiskFull(), s.Percent())
	}

	d.room = 1 << 30
	s.tick(10)
	if got := s.reserve.held(); got != 24*mib || s.DiskFull() {
		t.Errorf("with room again %d bytes are kept, DiskFull %t", got, s.DiskFull())
	}
}

func TestASmallDiskHasNoReserve(t *testing.T) {
	s, _ := reserveOn(t, 100*mib)
	s.tick(3)
	if s.DiskFull() || s.Percent() > 50 {
		t.Errorf("a disk with 100 MiB free: DiskFull %t, %d %%, want false and little", s.DiskFull(), s.Percent())
	}
	if got := s.reserve.held(); got != 0 {
		t.Errorf("%d of 100 MiB are kept: the store needs them", got)
	}
}

func TestTheLeastReserveHasRoomForMoreThanARestart(t *testing.T) {
	s, d := reserveOn(t, fullBelow)
	s.tick(10)
	d.room = s.reserve.held() // nothing is left beside it
	if d.room < reserveStep || !s.adjustReserve() {
		t.Fatalf("a reserve of %d bytes was not given up on a full disk", d.room)
	}
	if free, _ := d.free(""); free < spaceToRestart+reserveStep {
		t.Errorf("%d bytes are free after the least reserve was given up, a restart takes %d", free, spaceToRestart)
	}
}

// A process that ended on a full disk, by a kill or for an upgrade, starts again in the room
// of the reserve and stores in it, and uses the disk again once that has room.
func TestAStartInTheRoomOfTheReserve(t *testing.T) {
	t.Run("with a small store", func(t *testing.T) { startInTheRoomOfTheReserve(t, 1) })
	t.Run("with a large store", func(t *testing.T) { startInTheRoomOfTheReserve(t, 400) })
}

// startInTheRoomOfTheReserve has a store of so many MiB, of which a tenth is left by compression.
func startInTheRoomOfTheReserve(t *testing.T, stored int) {
	d := &disk{t.TempDir(), 1 << 30}
	begin := func() *Server {
		t.Helper()
		s, err := start(Options{Dir: d.dir, Sync: "1m", Reserve: 64 * mib, HealthEvery: 1 << 62}, probes{health: engineHealth, free: d.free})
		if err != nil {
			t.Fatalf("start: %v", err)
		}
		t.Cleanup(s.Stop)
		return s
	}
	ctx := within(t)
	s := begin()
	s.tick(20)
	_, js := mustConnect(t, s)
	c := jetstream.StreamConfig{Name: "S", Subjects: []string{"s.>"}, Compression: jetstream.S2Compression}
	if _, err := js.CreateStream(ctx, c); err != nil {
		t.Fatalf("create stream: %v", err)
	}
	for range stored {
		body := make([]byte, 1<<20)
		_, _ = rand.Read(body[:100<<10])
		if _, err := js.Publish(ctx, "s.a", body); err != nil {
			t.Fatal(err)
		}
	}
	s.Stop()

	d.room = s.reserve.held() + spaceToRestart - 1
	for range 2 { // the second one finds nothing that it could give up
		s = begin()
		if held := s.reserve.held(); held != 0 || !s.DiskFull() {
			t.Errorf("after a start on a full disk %d bytes are kept and DiskFull is %t, want none and true", held, s.DiskFull())
		}
		s.Stop()
	}
	s = begin()
	tight := s.room.Load().disk
	_, js = mustConnect(t, s)
	publish(ctx, t, js, "s.a")
	s.widen()
	if got := s.room.Load().disk; got != tight {
		t.Errorf("on the full disk the engine may keep %d bytes and then %d", tight, got)
	}

	d.room = 2 << 30
	s.widen()
	if got := s.room.Load(); got.full || got.disk < 1<<30 {
		t.Errorf("with 2 GiB the engine may keep %+v", *got)
	}
	publish(ctx, t, js, "s.a")
}

// A reserve that cannot be written, by a quota for example, holds no room that others need.
func TestAReserveThatCannotBeWritten(t *testing.T) {
	dir := t.TempDir()
	r := newReserve(dir, 24*mib)
	if err := os.Mkdir(filepath.Join(dir, reserveName), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := r.grow(1 << 30); err == nil {
		t.Error("no error")
	}
	if err := os.RemoveAll(r.path); err != nil {
		t.Fatal(err)
	}
	if err := r.grow(1 << 30); err != nil || r.held() != 0 {
		t.Errorf("tried again at once: %v, %d bytes", err, r.held())
	}
}
