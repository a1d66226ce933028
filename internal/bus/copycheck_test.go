package bus

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"
)

func TestOlderThan(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want bool
	}{
		{"2.15.2", "2.15.2", false},
		{"2.9.0", "2.15.2", true},
		{"2.15.2", "2.9.0", false},
		{"2.15.2", "3.0.0", true},
		{"", "2.15.2", false},
		{"2.15.2", "", false},
		{"2.15.1-beta", "2.15.2", false},
	} {
		if got := olderThan(tt.a, tt.b); got != tt.want {
			t.Errorf("olderThan(%q, %q) = %v, want %v", tt.a, tt.b, got, tt.want)
		}
	}
}

// A file of a few bytes that would take gigabytes is refused by what it says of itself.
func TestABombIsNoCopy(t *testing.T) {
	for name, write := range map[string]func(z *zip.Writer) error{
		"of the manifest": func(z *zip.Writer) error {
			w, err := z.Create(manifestName)
			if err == nil {
				_, err = w.Write(bytes.Repeat([]byte(" "), 2*maxManifest))
			}
			return err
		},
		"of a stream": func(z *zip.Writer) error {
			w, err := z.Create(streamOBS)
			if err == nil {
				_, err = w.Write(make([]byte, 1<<20))
			}
			return err
		},
	} {
		var buf bytes.Buffer
		z := zip.NewWriter(&buf)
		if err := write(z); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadManifest(bytes.NewReader(buf.Bytes()), int64(buf.Len())); err == nil || !strings.Contains(err.Error(), "not what backup wrote") {
			t.Errorf("ReadManifest of a bomb %s = %v, want that it is not what backup wrote", name, err)
		}
	}
}
