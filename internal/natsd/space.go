package natsd

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
)

const (
	mib = 1 << 20

	// mostStore is plenty: a hundred thousand watches with a year of history.
	mostStore = 4 << 30
	// uncompressed is how many bytes the engine counts for one on the disk: its
	// limits are of bytes before compression, which saves more than this of the
	// records of changes (nine tenths), and less of other streams, which are small.
	uncompressed = 4
	// mostRatio is more than records of changes lose by compression (139 of 1,360 bytes are left).
	mostRatio = 12
	// leastStore is what the streams need to exist at all.
	leastStore = 64 * mib
	// fullBelow is where a disk has no room for a reserve.
	fullBelow = reserveShare * leastReserve
)

// allowance is what an engine may keep.
type allowance struct {
	disk   int64 // bytes on the disk
	engine int64 // bytes as the engine counts them
	full   bool  // it is that of a full disk: there may be a better one later
}

// storeLimit returns what the engine may keep in dir. The engine's own default, 75 % of
// what happens to be free, would let it fill the disk, which it survives badly; a limit
// reached is a clean error. On a full disk the engine may keep what it has stored there,
// which it was allowed once, and what is free besides.
func storeLimit(dir string, probe func(string) (int64, error)) (allowance, error) {
	free, err := probe(dir)
	if err != nil {
		return allowance{}, err
	}
	left := free + usedSpace(dir) + newReserve(dir, 0).held() // what we already hold counts as our own
	limit := min(mostStore, left/10*8)
	stored := usedSpace(filepath.Join(dir, "jetstream"))
	full := stored > 0 && free < fullBelow
	if limit < leastStore && (!full || free < spaceToRestart) {
		return allowance{}, &NoSpaceError{Dir: dir, Left: left / mib, Needed: leastStore / mib * 10 / 8}
	}
	limit = max(limit, leastStore)
	engine := limit * uncompressed
	if full {
		engine = max(engine, stored*mostRatio+free*uncompressed)
	}
	return allowance{disk: limit, engine: engine, full: full}, nil
}

// NoSpaceError says that the disk is too full to begin. It may have room later.
type NoSpaceError struct {
	Dir          string
	Left, Needed int64 // MiB
}

func (e *NoSpaceError) Error() string {
	return fmt.Sprintf("disk of data directory %s has %d MiB left: at least %d MiB are needed", e.Dir, e.Left, e.Needed)
}

// NoSpace reports that waiting may help.
func (e *NoSpaceError) NoSpace() bool { return true }

// usedSpace returns the size of all files below dir but the reserve. Files come and go
// while it looks; what cannot be read counts as nothing.
func usedSpace(dir string) int64 {
	var sum int64
	reserve := newReserve(dir, 0).path
	_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return fs.SkipDir
		case d.Type().IsRegular() && path != reserve:
			if info, err := d.Info(); err == nil {
				sum += info.Size()
			}
		}
		return nil
	})
	return sum
}
