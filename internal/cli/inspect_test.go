package cli

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const widget = `<html><head><title>w</title><script type="application/ld+json">{"@type":"Product","name":"ウィジェット",
"offers":{"@type":"Offer","price":"1980","priceCurrency":"JPY","availability":"https://schema.org/InStock"}}</script></head><body></body></html>`

const unclear = `<html><head><title>w</title><script type="application/ld+json">{"@type":"Product","name":"ウィジェット",
"offers":{"@type":"Offer","price":"1980","priceCurrency":"JPY","availability":"https://schema.org/InStock"}}</script></head><body><h1>ウィジェット</h1><p class="price">1,980円</p><p class="stock">在庫切れ</p></body></html>`

// An unclear look says which way it leans, also to a reader.
func TestInspectPrintsLean(t *testing.T) {
	file := filepath.Join(t.TempDir(), "page")
	if err := os.WriteFile(file, []byte(unclear), 0o600); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	env := Env{Program: "sainyuka", Version: "test", Stdout: &stdout, Stderr: &stderr}
	if code := Main(t.Context(), env, Tools(), []string{"inspect", "-url", "https://shop.example/w", "-file", file}); code != exitOK {
		t.Fatalf("inspect ends with %d and says %q, want 0", code, stderr.String())
	}
	for _, want := range []string{"unclear       contradiction", "leans         no"} {
		if !strings.Contains(stdout.String(), want) {
			t.Errorf("inspect prints %q, want %q in it", stdout.String(), want)
		}
	}
}

// In Japanese the values are those of the dashboard, not codes.
func TestValuesInJapanese(t *testing.T) {
	t.Setenv("LC_ALL", "")
	t.Setenv("LANG", "ja_JP.UTF-8")
	file := filepath.Join(t.TempDir(), "page")
	if err := os.WriteFile(file, []byte(unclear), 0o600); err != nil {
		t.Fatal(err)
	}
	_, stdout, stderr := run(t, "inspect", "-url", "https://shop.example/w", "-file", file)
	for _, want := range []string{"読めました", "在庫表示の食い違い", "売り切れのようです", "不明", "¥1,980", "[構造化データ (JSON-LD)]"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("inspect prints %q and %q, want %q in it", stdout, stderr, want)
		}
	}
	_, stdout, stderr = run(t, "find", "-jan", "4902370553024", "-config", mall(t, 200))
	for _, want := range []string{"在庫あり ", "在庫なし ", "¥49,980", "読めました"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("find prints %q and %q, want %q in it", stdout, stderr, want)
		}
	}
	for _, code := range []string{"InStock", "OutOfStock"} {
		if strings.Contains(stdout, code) {
			t.Errorf("find prints the code %q in %q", code, stdout)
		}
	}
}

// A saved page is read as it is and in gzip, and absent facts are left out: but
// for the availability, which is always there.
func TestInspectFile(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write([]byte(widget)); err != nil {
		t.Fatal(err)
	}
	z.Close()
	for name, tt := range map[string]struct {
		page []byte
		want map[string]any
	}{
		"plain":        {[]byte(widget), map[string]any{"outcome": "ok", "availability": "InStock", "title": "ウィジェット"}},
		"gzip":         {packed.Bytes(), map[string]any{"outcome": "ok", "availability": "InStock", "title": "ウィジェット"}},
		"empty":        {nil, map[string]any{"outcome": "unreadable", "availability": "Unknown", "title": nil, "price": nil}},
		"one byte":     {[]byte{0x1f}, map[string]any{"availability": "Unknown"}},
		"no page":      {[]byte("\x00\x01"), map[string]any{"availability": "Unknown"}},
		"over 8 MiB":   {bytes.Repeat([]byte("<p>a"), maxFile/4+1), map[string]any{"outcome": "error", "availability": "Unknown"}},
		"just 8 MiB":   {[]byte(widget + strings.Repeat(" ", maxFile-len(widget))), map[string]any{"outcome": "ok", "availability": "InStock"}},
		"unclear":      {[]byte(unclear), map[string]any{"outcome": "ok", "availability": "Unknown", "doubt": "contradiction", "leans": "no"}},
		"a money form": {[]byte(widget), map[string]any{"price": map[string]any{"amount": "1980", "currency": "JPY"}}},
	} {
		file := filepath.Join(t.TempDir(), "page")
		if err := os.WriteFile(file, tt.page, 0o600); err != nil {
			t.Fatal(err)
		}
		code, said, got := inspectJSON(t, "-url", "https://shop.example/w", "--file", file)
		if code != exitOK {
			t.Errorf("%s: inspect ends with %d and says %q, want 0", name, code, said)
			continue
		}
		for key, want := range tt.want {
			if g, w := asText(got[key]), asText(want); g != w {
				t.Errorf("%s: %s is %s, want %s", name, key, g, w)
			}
		}
	}
}

func inspectJSON(t *testing.T, args ...string) (code int, said string, object map[string]any) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	env := Env{Program: "sainyuka", Version: "test", Stdout: &stdout, Stderr: &stderr}
	code = Main(t.Context(), env, Tools(), append([]string{"inspect", "-json"}, args...))
	if code == exitOK {
		if err := json.Unmarshal(stdout.Bytes(), &object); err != nil {
			t.Errorf("inspect %v prints what is no JSON object: %v", args, err)
		}
	}
	return code, stderr.String(), object
}

func asText(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(b)
}
