package fetch

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
)

var paired = map[string]encoding.Encoding{"shift_jis": japanese.ShiftJIS, "euc-jp": japanese.EUCJP}

// sameAsDecoder demands of what a table makes of raw that the decoder makes the same.
func sameAsDecoder(t *testing.T, raw []byte) (decoded int) {
	t.Helper()
	for name, enc := range paired {
		got, ok := pairsOf(name).decode(nil, raw)
		if !ok {
			continue
		}
		decoded++
		want, err := enc.NewDecoder().Bytes(raw)
		if err != nil || string(got) != string(want) {
			t.Errorf("%s of %q: %q, want %q (%v)", name, raw, got, want, err)
		}
	}
	return decoded
}

// A usual text is read by the tables, in its own charset.
func TestPairs(t *testing.T) {
	text := strings.Repeat("<p class=\"a\">在庫あり、能力〜表示 ソ\\ABC①㈱髙</p>\n", 20)
	for name, enc := range paired {
		raw, err := encoding.ReplaceUnsupported(enc.NewEncoder()).String(text)
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := pairsOf(name).decode(nil, []byte(raw)); !ok {
			t.Errorf("%s: the table reads nothing of a usual text", name)
		}
		sameAsDecoder(t, []byte(raw))
		for _, broken := range []string{raw + "\x81", raw + "\xff\xff", "\x80" + raw, raw[:20] + "\x8f\xa2\xaf" + raw[20:]} {
			sameAsDecoder(t, []byte(broken))
		}
	}
	if pairsOf("utf-8") != nil {
		t.Error("utf-8 has a table of pairs, want none")
	}
}

// FuzzPairs compares the tables with the decoders that they were made by.
func FuzzPairs(f *testing.F) {
	for _, s := range []string{"", "a", "\x8d\xdd\x8c\xc9", "\xba\xdf\xb8\xcb", "\xb1\xb2", "\x8e\xb1a", "\x8f\xa2\xaf", "a\x81", "\x81\x5c\x5c"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) { sameAsDecoder(t, raw) })
}

func BenchmarkDecodeShiftJIS(b *testing.B) {
	raw, err := japanese.ShiftJIS.NewEncoder().String(strings.Repeat(`<div class="a tile" id="x"><a href="/item/1"><img src="/img/0123456789abcdef.jpg" alt=""></a><span class="name">名前</span><p class="price">980円</p></div>`, 3000))
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		Decode([]byte(raw), "text/html; charset=shift_jis")
	}
}
