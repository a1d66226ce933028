package fetch

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"
	"pgregory.net/rapid"
)

// page is text with what shops really write: kana, kanji, half-width kana, the
// wave dash as cp932 has it, NEC's and IBM's additions.
const page = "<p>ゲーム機本体 ～ 在庫あり ﾎﾟｲﾝﾄ10倍 ①㈱髙島屋 残りわずか、売り切れの際はご容赦ください。</p>"

func encode(t testing.TB, e encoding.Encoding, text string) []byte {
	t.Helper()
	raw, err := e.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatalf("encode %q: %v", text, err)
	}
	return raw
}

func TestDecode(t *testing.T) {
	euc, sjis, jis := japanese.EUCJP, japanese.ShiftJIS, japanese.ISO2022JP
	meta := func(charset string) string { return `<html><head><meta charset="` + charset + `">` + page }
	tests := []struct {
		name        string
		enc         encoding.Encoding // nil: UTF-8
		contentType string
		text        string
		charset     string
	}{
		{"utf-8 by header", nil, "text/html; charset=utf-8", page, "utf-8"},
		{"utf-8 undeclared", nil, "text/html", page, "utf-8"},
		{"utf-8 as utf8", nil, "text/html; charset=UTF8", page, "utf-8"},
		{"ASCII", nil, "", "<p>sold out</p>", "utf-8"},
		{"empty", nil, "", "", "utf-8"},
		{"empty with a charset", nil, "text/html; charset=euc-jp", "", "euc-jp"},
		{"JSON", nil, "application/json", `{"stock":"在庫あり"}`, "utf-8"},

		{"euc-jp by header", euc, "text/html;charset=EUC-JP", page, "euc-jp"},
		{"euc-jp by meta only", euc, "text/html", meta("EUC-JP"), "euc-jp"},
		{"euc-jp by old meta", euc, "text/html", `<META HTTP-EQUIV='Content-Type' CONTENT='text/html; charset=x-euc-jp'>` + page, "euc-jp"},
		{"euc-jp by XML declaration", euc, "", `<?xml version="1.0" encoding="EUC-JP"?>` + page, "euc-jp"},
		{"euc-jp undeclared", euc, "", page, "euc-jp"},
		{"euc-jp, meta behind much else", euc, "", strings.Repeat(" ", 3000) + meta("euc-jp"), "euc-jp"},
		{"euc-jp, JIS X 0212", euc, "text/html; charset=euc-jp", "丂", "euc-jp"},

		{"shift_jis by header", sjis, `text/html; charset="Shift_JIS"`, page, "shift_jis"},
		{"shift_jis by meta", sjis, "text/html", meta("Shift_JIS"), "shift_jis"},
		{"shift_jis undeclared", sjis, "", page, "shift_jis"},
		{"shift_jis as cp932", sjis, "text/html; charset=cp932", page, "shift_jis"},
		{"shift_jis as windows-31j", sjis, "text/html; charset=Windows-31J", page, "shift_jis"},
		{"shift_jis as x-sjis", sjis, "text/html; charset=x-sjis", page, "shift_jis"},
		{"shift_jis with backslash bytes", sjis, "text/html; charset=shift_jis", "表示ソ能十", "shift_jis"},
		{"shift_jis, half-width kana alone", sjis, "text/html; charset=shift_jis", "ｱｲｳｴｵｶｷｸｹｺ", "shift_jis"},

		{"iso-2022-jp by header", jis, "text/html; charset=ISO-2022-JP", "在庫あり", "iso-2022-jp"},
		{"iso-2022-jp undeclared", jis, "", "<p>在庫あり</p>", "iso-2022-jp"},
		{"latin-1 by header", charmap.Windows1252, "text/html; charset=iso-8859-1", "café", "windows-1252"},

		{"utf-8 mark against the header", unicode.UTF8BOM, "text/html; charset=shift_jis", page, "utf-8"},
		{"utf-16 little-endian mark", unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), "", page, "utf-16le"},
		{"utf-16 big-endian mark", unicode.UTF16(unicode.BigEndian, unicode.UseBOM), "", page, "utf-16be"},

		{"header lies: utf-8 said, euc-jp sent", euc, "text/html; charset=utf-8", page, "euc-jp"},
		{"header lies: utf-8 said, shift_jis sent", sjis, "text/html; charset=utf-8", page, "shift_jis"},
		{"header lies: euc-jp said, utf-8 sent", nil, "text/html; charset=euc-jp", page, "utf-8"},
		{"header lies: shift_jis said, utf-8 sent", nil, "text/html; charset=shift_jis", page, "utf-8"},
		{"header lies: euc-jp said, shift_jis sent", sjis, "text/html; charset=euc-jp", page, "shift_jis"},
		{"header lies: latin-1 said, utf-8 sent", nil, "text/html; charset=iso-8859-1", page, "utf-8"},
		{"meta lies: shift_jis said, utf-8 sent", nil, "text/html", meta("shift_jis"), "utf-8"},
		{"meta lies: utf-8 said, euc-jp sent", euc, "text/html", meta("utf-8"), "euc-jp"},
		{"header before meta", euc, "text/html; charset=euc-jp", meta("shift_jis"), "euc-jp"},
		{"nonsense in the header, meta right", euc, "text/html; charset=none", meta("euc-jp"), "euc-jp"},
		{"nonsense everywhere", euc, "text/html; charset=???", meta("sjis-but-better"), "euc-jp"},
		{"utf-16 in meta", nil, "", `<meta charset="utf-16"><p>é</p>`, "utf-8"},
		{"replacement charset in the header", euc, "text/html; charset=iso-2022-kr", page, "euc-jp"},
		{"meta in a comment", euc, "", `<!-- <meta charset="shift_jis"> --><meta charset="euc-jp">` + page, "euc-jp"},
		{"comment without end", euc, "", `<!-- <meta charset="shift_jis">` + page, "euc-jp"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			raw := []byte(tt.text)
			if tt.enc != nil {
				raw = encode(t, tt.enc, tt.text)
			}
			text, charset := Decode(raw, tt.contentType)
			if string(text) != tt.text || charset != tt.charset {
				t.Errorf("Decode(%q, %q) =\n%q in %s, want\n%q in %s", raw, tt.contentType, text, charset, tt.text, tt.charset)
			}
		})
	}
}

// One broken character, as shops make them by cutting a description after so many
// bytes, does not change how the rest is read.
func TestDecodeForgivesLittle(t *testing.T) {
	for name, enc := range map[string]encoding.Encoding{"utf-8": encoding.Nop, "euc-jp": japanese.EUCJP, "shift_jis": japanese.ShiftJIS} {
		raw := append(encode(t, enc, strings.Repeat(page, 3)), "<p>"...)
		raw = append(raw, encode(t, enc, "再")[0])
		raw = append(raw, "</p>"...)
		for _, contentType := range []string{"text/html; charset=" + name, "text/html"} {
			text, charset := Decode(raw, contentType)
			if charset != name || !utf8.Valid(text) || bytes.Count(text, replacement) > 2 || !bytes.Contains(text, []byte(page)) {
				t.Errorf("%q, really %s: read as %s, %d characters lost: %q", contentType, name, charset, bytes.Count(text, replacement), text)
			}
		}
	}
}

func TestDecodeProperty(t *testing.T) {
	const letters = "あいうえおかきくけこアイウエオ在庫再入荷売切残点円～ｱｲｳﾟabc <>0123①"
	encodings := map[string]encoding.Encoding{"utf-8": encoding.Nop, "euc-jp": japanese.EUCJP, "shift_jis": japanese.ShiftJIS}
	rapid.Check(t, func(rt *rapid.T) {
		text := string(rapid.SliceOfN(rapid.SampledFrom([]rune(letters)), 0, 200).Draw(rt, "text"))
		for name, enc := range encodings {
			raw := encode(t, enc, text)
			if got, charset := Decode(raw, "text/html; charset="+name); string(got) != text {
				rt.Errorf("declared %s: %q is read as %q in %s", name, text, got, charset)
			}
		}
	})
}

func TestProlog(t *testing.T) {
	tests := []struct{ head, want string }{
		{`<meta charset=utf-8>`, "utf-8"},
		{`<meta name="x"><meta  charset = 'EUC-JP' >`, "euc-jp"},
		{`<meta http-equiv="content-type" content="text/html;charset=sjis">`, "sjis"},
		{`<meta name="charset" content="x">`, ""},
		{`<meta charset>`, ""},
		{`<meta charset="">`, ""},
		{`<meta charset=`, ""},
		{`<p>charset=utf-8</p>`, ""},
		{`a < b <meta charset=utf-8`, "utf-8"},
		{`<?xml version="1.0"?><meta charset=utf-8>`, "utf-8"},
		{`<?xml encoding='euc-jp'`, "euc-jp"},
		{``, ""},
	}
	for _, tt := range tests {
		if got := prologCharset([]byte(tt.head)); got != tt.want {
			t.Errorf("prologCharset(%q) = %q, want %q", tt.head, got, tt.want)
		}
	}
}

// Real pages, where there are some: each is read without loss.
func TestDecodeRealPages(t *testing.T) {
	root := filepath.Join("..", "..", "..", "shared", "pages")
	if _, err := os.Stat(root); err != nil {
		t.Skipf("no pages to read: %v", err)
	}
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if ext := filepath.Ext(path); err != nil || d.IsDir() || ext != ".html" && ext != ".json" {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		text, charset := Decode(raw, "")
		had := bytes.Count(raw, replacement)
		if lost := bytes.Count(text, replacement) - had; !utf8.Valid(text) || lost > 0 {
			t.Errorf("%s: read as %s, %d characters lost", path, charset, lost)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func FuzzDecode(f *testing.F) {
	for _, enc := range []encoding.Encoding{encoding.Nop, japanese.EUCJP, japanese.ShiftJIS, japanese.ISO2022JP, unicode.UTF8BOM} {
		f.Add(encode(f, enc, "<meta charset=euc-jp>再入荷"), "text/html; charset=shift_jis")
	}
	f.Fuzz(func(t *testing.T, raw []byte, contentType string) {
		before := bytes.Clone(raw)
		text, charset := Decode(raw, contentType)
		if !utf8.Valid(text) || charset == "" {
			t.Errorf("Decode(%q, %q) = %q in %q", raw, contentType, text, charset)
		}
		if !bytes.Equal(raw, before) {
			t.Errorf("Decode(%q, %q) changed its input", before, contentType)
		}
	})
}
