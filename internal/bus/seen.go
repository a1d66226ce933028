package bus

import (
	"encoding/base32"
	"encoding/base64"
	"encoding/json"
	"fmt"
)

// seenList is the list of listings seen, as short hashes. In JSON it is a plain
// array; 500 of them would be 9.5 KB, so a list that does not fit is packed
// into one base64 string of 10 bytes per hash (6.7 KB).
type seenList struct {
	hashes []string
	packed bool
}

// hashSize is what stock.ShortHash's 16 characters stand for.
const hashSize = 10

var hashAlphabet = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// IsZero leaves an empty list out of the JSON.
func (s seenList) IsZero() bool { return len(s.hashes) == 0 }

// keep drops all but the newest n, which stand last.
func (s *seenList) keep(n int) { s.hashes = s.hashes[max(0, len(s.hashes)-n):] }

// MarshalJSON writes an array, or a string when the list is to be packed and
// can be.
func (s seenList) MarshalJSON() ([]byte, error) {
	if s.packed {
		if packed, ok := pack(s.hashes); ok {
			return json.Marshal(packed)
		}
	}
	return json.Marshal(s.hashes)
}

// UnmarshalJSON reads either form.
func (s *seenList) UnmarshalJSON(b []byte) error {
	if len(b) == 0 || b[0] != '"' {
		return json.Unmarshal(b, &s.hashes)
	}
	var packed []byte // in JSON, []byte is base64
	if err := json.Unmarshal(b, &packed); err != nil {
		return fmt.Errorf("unpack listings seen: %w", err)
	}
	if len(packed)%hashSize != 0 {
		return fmt.Errorf("unpack listings seen: %d bytes are no number of hashes", len(packed))
	}
	for i := 0; i < len(packed); i += hashSize {
		s.hashes = append(s.hashes, hashAlphabet.EncodeToString(packed[i:i+hashSize]))
	}
	return nil
}

// pack is not ok when one of the hashes is something else.
func pack(hashes []string) (string, bool) {
	var raw []byte
	for _, h := range hashes {
		b, err := hashAlphabet.DecodeString(h)
		if err != nil || len(b) != hashSize || len(h) != 16 {
			return "", false
		}
		raw = append(raw, b...)
	}
	return base64.StdEncoding.EncodeToString(raw), true
}
