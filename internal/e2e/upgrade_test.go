package e2e

import (
	"archive/tar"
	"compress/gzip"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// writeData has the data of this version written, once for each version that is released:
//
//	go test ./internal/e2e -run TestDataOfEarlierVersions -write-data 0.1.0
var writeData = flag.String("write-data", "", "the `VERSION` whose data_dir is written to testdata")

const (
	keptToken = "kept-token"
	keptName  = "weathercock of before"
)

// TestDataOfEarlierVersions runs on the data_dir of each version that was released: what it
// knew is known, nothing is told again, and what happens next is told once.
func TestDataOfEarlierVersions(t *testing.T) {
	if *writeData != "" {
		writeVersion(t, filepath.Join("testdata", "data-"+*writeData+".tar.gz"))
	}
	files, err := filepath.Glob(filepath.Join("testdata", "data-*.tar.gz"))
	if err != nil || len(files) == 0 {
		t.Fatalf("testdata has %v, %v, want the data of at least one version", files, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".tar.gz"), func(t *testing.T) { runsOn(t, file) })
	}
}

func runsOn(t *testing.T, file string) {
	s, c := newSink(t), newTown(t)
	first := c.shop("first")
	first.stockUp(stock.InStock) // as it was when the data was written
	config := settings{town: c, sink: s, shops: []shop{first}}.write(t)
	unpackData(t, file, filepath.Dir(config))
	p := start(t, "sainyuka", "run", "-config", config)
	looks(t, []shop{first}, 3)
	before := kindsOf(t, dashboardOf(t, &p.stderr), first.id)
	if want := []string{"baseline", "restocked"}; !slices.Equal(before[:min(len(before), len(want))], want) { // then a silent one, after a month
		t.Errorf("the history of before begins with %v, want %v", before, want)
	}
	if told := s.of(first.id); len(told) != 0 {
		t.Errorf("what was known is told again: %v", describe(told))
	}
	if said := tool(t, "export", "-config", config); !strings.Contains(said, keptName) || !strings.Contains(said, "paused = true") {
		t.Errorf("export says %q, want the product that was added and paused", said)
	}
	if said := tool(t, "token", "list", "-config", config); !strings.Contains(said, keptToken) {
		t.Errorf("token list says %q, want the token of before", said)
	}
	tool(t, "doctor", "-config", config)
	first.stockUp(stock.OutOfStock)
	looks(t, []shop{first}, 3)
	first.stockUp(stock.InStock)
	if told := s.wait(t, first.id, 1); len(told) != 1 || told[0].Data.Kind != stock.Restocked {
		t.Errorf("the next restock is told by %v, want one alert", describe(told))
	}
	if code := p.terminate(t); code != 0 {
		t.Errorf("it ended with code %d after SIGTERM, want 0", code)
	}
}

// kindsOf are the kinds in the history of a product's first watch, oldest first.
func kindsOf(t *testing.T, dashboard, product string) (kinds []string) {
	t.Helper()
	var shown struct {
		Watches []struct{ ID string }
	}
	dashboard = strings.TrimSuffix(dashboard, "/")
	_, text := get(t, dashboard+"/api/v1/products/"+product)
	if err := json.Unmarshal([]byte(text), &shown); err != nil || len(shown.Watches) == 0 {
		t.Fatalf("product %s: %q, %v, want its watches", product, text, err)
	}
	var watch struct {
		History []struct{ Kind string }
	}
	_, text = get(t, dashboard+"/api/v1/watches/"+shown.Watches[0].ID)
	if err := json.Unmarshal([]byte(text), &watch); err != nil {
		t.Fatalf("watch of %s: %q, %v", product, text, err)
	}
	for _, r := range slices.Backward(watch.History) {
		kinds = append(kinds, r.Kind)
	}
	return kinds
}

// writeVersion writes the data of the program of now.
func writeVersion(t *testing.T, file string) {
	s, c := newSink(t), newTown(t)
	first := c.shop("first")
	config := settings{town: c, sink: s, shops: []shop{first}}.write(t)
	p := start(t, "sainyuka", "run", "-config", config)
	looks(t, []shop{first}, 2)
	first.stockUp(stock.InStock)
	s.wait(t, first.id, 1)
	tool(t, "add", "-config", config, "-name", keptName, "-id", "kept", "http://kept.example/item/weathercock")
	tool(t, "pause", "-config", config, "kept")
	tool(t, "token", "add", keptToken, "-scope", "read", "-config", config)
	if code := p.terminate(t); code != 0 {
		t.Fatalf("it ended with code %d after SIGTERM, want 0", code)
	}
	if err := packData(filepath.Dir(config), file); err != nil {
		t.Fatal(err)
	}
}

// packData writes the folder data below dir into an archive.
func packData(dir, file string) (err error) {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	out, err := os.Create(file)
	if err != nil {
		return err
	}
	zipped := gzip.NewWriter(out)
	archive := tar.NewWriter(zipped)
	err = archive.AddFS(onlyData{os.DirFS(dir)})
	return errors.Join(err, archive.Close(), zipped.Close(), out.Close())
}

// onlyData is the folder data of a file system, without sockets.
type onlyData struct{ fs.FS }

// ReadDir implements fs.ReadDirFS.
func (d onlyData) ReadDir(name string) ([]fs.DirEntry, error) {
	list, err := fs.ReadDir(d.FS, name)
	return slices.DeleteFunc(list, func(e fs.DirEntry) bool {
		return name == "." && e.Name() != "data" || e.Type() != 0 && !e.IsDir()
	}), err
}

// unpackData unpacks an archive of packData into a folder.
func unpackData(t *testing.T, file, dir string) {
	t.Helper()
	in, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	zipped, err := gzip.NewReader(in)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	for archive := tar.NewReader(zipped); ; {
		head, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if !filepath.IsLocal(head.Name) {
			t.Fatalf("%s: %q leads out of the folder", file, head.Name)
		}
		path := filepath.Join(dir, head.Name)
		if head.FileInfo().IsDir() {
			err = os.MkdirAll(path, 0o700)
		} else {
			var body []byte
			if body, err = io.ReadAll(archive); err == nil {
				err = errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, body, 0o600))
			}
		}
		if err != nil {
			t.Fatalf("unpack %s: %v", head.Name, err)
		}
	}
}
