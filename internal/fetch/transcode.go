package fetch

import (
	"encoding/binary"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
)

// pairs maps two bytes of an encoding, the first without its highest bit, to a character;
// 0 where the two bytes are no character. Other characters are one byte of ASCII.
type pairs [128][256]rune

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
			if err == nil && size == len(text) && r != utf8.RuneError {
				p[first][second] = r
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

// decode returns raw as UTF-8; ok is false when something in raw is not in the table.
func (p *pairs) decode(raw []byte) (text []byte, ok bool) {
	text = make([]byte, 0, len(raw)+len(raw)/4+16) // two bytes become three; most pages are nearly all ASCII
	for i := 0; i < len(raw); {
		if raw[i] < utf8.RuneSelf {
			n := asciiRun(raw[i:])
			text = append(text, raw[i:i+n]...)
			i += n
			continue
		}
		if i+1 == len(raw) {
			return nil, false
		}
		r := p[raw[i]&0x7f][raw[i+1]]
		if r == 0 {
			return nil, false
		}
		text = utf8.AppendRune(text, r)
		i += 2
	}
	return text, true
}

// asciiRun returns how many bytes of ASCII raw begins with.
func asciiRun(raw []byte) int {
	i := 0
	for ; i+8 <= len(raw); i += 8 {
		if binary.LittleEndian.Uint64(raw[i:])&0x8080808080808080 != 0 {
			break
		}
	}
	for i < len(raw) && raw[i] < utf8.RuneSelf {
		i++
	}
	return i
}
