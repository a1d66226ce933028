package fetch

import (
	"encoding/binary"
	"math/bits"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
)

// pairs maps two bytes of an encoding, the first without its highest bit, to a character
// in UTF-8; 0 where the two bytes are no character. Other characters are one byte of ASCII.
type pairs [128][256]utf8Character

// utf8Character is a character of up to three bytes, the first one lowest, and in the
// highest byte how many they are.
type utf8Character uint32

const maxInTable = 3 // bytes of a utf8Character

// The tables are made when the first page in their encoding comes.
var (
	shiftJISPairs = sync.OnceValue(func() *pairs { return newPairs(japanese.ShiftJIS) })
	eucJPPairs    = sync.OnceValue(func() *pairs { return newPairs(japanese.EUCJP) })
)

// newPairs asks a decoder for every pair of bytes. Pages with other sequences are left to
// that decoder.
func newPairs(enc encoding.Encoding) *pairs {
	p := &pairs{}
	d := enc.NewDecoder()
	for first := range 128 {
		lead := byte(first) | 0x80
		if one, err := d.Bytes([]byte{lead}); err != nil || string(one) != "\uFFFD" {
			continue // a character of one byte
		}
		for second := range 256 {
			text, err := d.Bytes([]byte{lead, byte(second)})
			r, size := utf8.DecodeRune(text)
			if err == nil && size == len(text) && size <= maxInTable && r != utf8.RuneError {
				var b [4]byte
				copy(b[:], text)
				b[maxInTable] = byte(size)
				p[first][second] = utf8Character(binary.LittleEndian.Uint32(b[:]))
			}
		}
	}
	return p
}

// pairsOf returns the table of a charset; nil when it has none.
func pairsOf(name string) *pairs {
	switch name {
	case "shift_jis":
		return shiftJISPairs()
	case "euc-jp":
		return eucJPPairs()
	}
	return nil
}

// decode returns raw as UTF-8, in the memory of to while that is enough; ok is false when
// something in raw is not in the table.
func (p *pairs) decode(to, raw []byte) (text []byte, ok bool) {
	const atOnce = 8
	to = to[:cap(to)]
	n := 0 // of to
	for i := 0; i < len(raw); {
		if len(to)-n < atOnce {
			to = append(to, make([]byte, atOnce+(len(raw)-i)/4)...)
			to = to[:cap(to)]
		}
		switch {
		case raw[i] >= utf8.RuneSelf:
			if i+1 == len(raw) {
				return nil, false
			}
			c := p[raw[i]&0x7f][raw[i+1]]
			if c == 0 {
				return nil, false
			}
			binary.LittleEndian.PutUint32(to[n:], uint32(c))
			n += int(c >> (8 * maxInTable))
			i += 2
		case len(raw)-i < atOnce:
			to[n] = raw[i]
			n, i = n+1, i+1
		default:
			word := binary.LittleEndian.Uint64(raw[i:])
			binary.LittleEndian.PutUint64(to[n:], word) // what is not ASCII of it is written over
			ascii := bits.TrailingZeros64(word&notASCII) / 8
			n, i = n+ascii, i+ascii
		}
	}
	return to[:n], true
}

// notASCII are the highest bits of eight bytes.
const notASCII = 0x8080808080808080

// asciiRun returns how many bytes of ASCII raw begins with.
func asciiRun(raw []byte) int {
	i := 0
	for ; i+8 <= len(raw); i += 8 {
		if binary.LittleEndian.Uint64(raw[i:])&notASCII != 0 {
			break
		}
	}
	for i < len(raw) && raw[i] < utf8.RuneSelf {
		i++
	}
	return i
}
