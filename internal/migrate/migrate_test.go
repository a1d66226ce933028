package migrate

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the files that are wanted")

// Every file of testdata/in is read; what becomes of it stands in testdata/want, to
// be read by a person.
func TestRead(t *testing.T) {
	files, err := filepath.Glob("testdata/in/*")
	if err != nil || len(files) < 7 {
		t.Fatalf("testdata/in: %d files, %v, want at least 7", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		list, err := Read(text)
		if err != nil {
			t.Errorf("Read(%s) = %v, want it read", file, err)
			continue
		}
		got, err := json.MarshalIndent(list, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, '\n')
		want := filepath.Join("testdata/want", filepath.Base(file)+".json")
		if *update {
			if err := os.WriteFile(want, got, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		wanted, err := os.ReadFile(want)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(wanted), string(got)); diff != "" {
			t.Errorf("Read(%s) (-want +got):\n%s", file, diff)
		}
	}
}

// The zip file of a backup says the same as the JSON in it, in both of its forms.
func TestBackup(t *testing.T) {
	text, err := os.ReadFile("testdata/in/changedetection.json")
	if err != nil {
		t.Fatal(err)
	}
	want, err := Read(text)
	if err != nil {
		t.Fatal(err)
	}
	var store struct {
		Watching map[string]json.RawMessage `json:"watching"`
		Settings json.RawMessage            `json:"settings"`
	}
	if err := json.Unmarshal(text, &store); err != nil {
		t.Fatal(err)
	}
	apart := map[string][]byte{}
	apart["changedetection.json"], _ = json.Marshal(map[string]any{"settings": store.Settings})
	for id, w := range store.Watching {
		apart[id+"/watch.json"] = w
		apart[id+"/history.txt"] = []byte("not read")
	}
	for name, files := range map[string]map[string][]byte{"one file": {"url-watches.json": text}, "a file for each": apart} {
		got, err := Read(zipOf(t, files))
		if err != nil {
			t.Errorf("%s: Read = %v, want it read", name, err)
			continue
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: list (-json +zip):\n%s", name, diff)
		}
	}
}

func zipOf(t *testing.T, files map[string][]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range files {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write(text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestRefused(t *testing.T) {
	bomb := zipOf(t, map[string][]byte{"url-watches.json": bytes.Repeat([]byte(" "), MaxFile+1)})
	for name, tt := range map[string]struct {
		file string
		says string
	}{
		"nothing":         {"", "is empty"},
		"prose":           {"Dear all,\nplease watch this.", "neither a list of addresses"},
		"other JSON":      {`{"a":1}`, "neither a list of addresses"},
		"broken JSON":     {`{"watching":`, "neither a list of addresses"},
		"a zip bomb":      {string(bomb), "holds more than 32 MiB"},
		"a broken zip":    {"PK\x03\x04 no more", "read the zip file"},
		"a broken job":    {"url: https://a.example/\n  x: [", "read job 1"},
		"an empty zip":    {string(zipOf(t, nil)), ErrFormat.Error()},
		"too many at all": {strings.Repeat("https://a.example/\n", 2), ""},
	} {
		_, err := Read([]byte(tt.file))
		if tt.says == "" {
			if err != nil {
				t.Errorf("%s: Read = %v, want no error", name, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: Read = %v, want an error with %q", name, err, tt.says)
		}
	}
	if _, err := Read([]byte("PK")); !errors.Is(err, ErrFormat) {
		t.Errorf("Read(PK) = %v, want ErrFormat", err)
	}
}

func FuzzRead(f *testing.F) {
	files, _ := filepath.Glob("testdata/in/*")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		list, err := Read(file)
		if err != nil {
			return
		}
		ids := map[any]bool{}
		for _, p := range list.Products {
			id, _ := p["id"].(string)
			if !tagShape.MatchString(id) || ids[id] {
				t.Errorf("id %q twice or of another shape", id)
			}
			ids[id] = true
			if watches, _ := p["watch"].([]any); len(watches) == 0 {
				t.Errorf("product %s has no page", id)
			}
		}
	})
}
