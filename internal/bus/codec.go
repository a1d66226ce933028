package bus

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// maxRecord is the most that a record or a letter may take, in bytes of JSON.
const maxRecord = 8 << 10

// record is a Change as it stands in OBS: the Change's own JSON, but for the
// list of listings seen, which may be packed to fit.
type record struct {
	stock.Change
	Seen seenList `json:"seen,omitzero"`
}

// encodeChange writes a change in at most maxRecord bytes. What does not fit is
// cut, least important first; the change is never refused for its size.
func encodeChange(c stock.Change) ([]byte, error) {
	c.V = stock.RecordVersion
	r := record{c, seenList{hashes: c.Seen}}
	return encodeFit(&r, r.cuts())
}

// decodeChange reads a record. Fields that this version does not know are
// ignored, so that a newer version may add some.
func decodeChange(b []byte) (stock.Change, error) {
	var r record
	if err := json.Unmarshal(b, &r); err != nil {
		return stock.Change{}, unreadable("record", versionOf(b), err)
	}
	if r.V < 1 || r.Watch.ID == "" {
		return stock.Change{}, fmt.Errorf("read record: it has no version or no watch")
	}
	c := r.Change
	c.Seen = r.Seen.hashes
	return c, nil
}

// encodeLetter writes a letter in at most maxRecord bytes, as encodeChange does.
func encodeLetter(l stock.Letter) ([]byte, error) {
	return encodeFit(&l, letterCuts(&l))
}

func decodeLetter(b []byte) (stock.Letter, error) {
	var l stock.Letter
	if err := json.Unmarshal(b, &l); err != nil {
		return stock.Letter{}, fmt.Errorf("read letter: %w", err)
	}
	if _, err := placeOf(l); err != nil {
		return stock.Letter{}, fmt.Errorf("read letter: %w", err)
	}
	return l, nil
}

// versionOf finds the version of a record of which not all can be read.
func versionOf(b []byte) int {
	var v struct {
		V int `json:"v"`
	}
	_ = json.Unmarshal(b, &v)
	return v.V
}

func unreadable(what string, version int, err error) error {
	if version > stock.RecordVersion {
		return fmt.Errorf("read %s of version %d, newer than this program's %d: %w", what, version, stock.RecordVersion, err)
	}
	return fmt.Errorf("read %s: %w", what, err)
}

// encode writes JSON without the escapes that are for HTML only: they would
// make a title of 3 bytes per sign twice as long.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
