package bus

import (
	"archive/zip"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
)

// maxManifest is many times what a manifest takes.
const maxManifest = 1 << 20

// bounded reports what in an archive would take more memory or disk than its file: a
// backup stores its parts as they are.
func bounded(z *zip.Reader) error {
	for _, f := range z.File {
		switch {
		case f.Name == manifestName && f.UncompressedSize64 > maxManifest:
			return fmt.Errorf("%s of the copy would take %d bytes: it is not what backup wrote", manifestName, f.UncompressedSize64)
		case f.Name != manifestName && (f.Method != zip.Store || f.UncompressedSize64 != f.CompressedSize64):
			return fmt.Errorf("part %q of the copy is compressed: it is not what backup wrote", f.Name)
		}
	}
	return nil
}

// fits compares the engine that a copy is of with the one that it goes to: an older one
// cannot be trusted to read what a newer one wrote.
func (m Manifest) fits(engine string, log *slog.Logger) error {
	switch {
	case m.Engine == "":
		log.Warn("the copy does not say which engine it is of: it is older than this program", "engine", engine)
	case olderThan(engine, m.Engine):
		return fmt.Errorf("the copy is of engine %s, this one is %s: update it first", m.Engine, engine)
	case olderThan(m.Engine, engine):
		log.Warn("the copy is of an older engine", "copy", m.Engine, "engine", engine)
	}
	return nil
}

// olderThan compares versions of the form 2.15.2.
func olderThan(a, b string) bool {
	as, bs := strings.Split(a, "."), strings.Split(b, ".")
	for i := range min(len(as), len(bs)) {
		x, errX := strconv.Atoi(as[i])
		y, errY := strconv.Atoi(bs[i])
		if errX != nil || errY != nil || x != y {
			return errX == nil && errY == nil && x < y
		}
	}
	return false
}
