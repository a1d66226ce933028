package stock

import (
	"errors"
	"time"
)

// Entry is one record of a watch's history, as it is stored.
type Entry struct {
	Seq    uint64
	Change Change
	At     time.Time // when the server stored it, by its clock; order by Seq
}

// ErrNotFound says that there is no such dead letter.
var ErrNotFound = errors.New("no such dead letter")
