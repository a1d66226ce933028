package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// member is one file of an archive, a package or an image.
type member struct {
	name string
	mode int64
	data []byte
}

// documents are the files that go along with every program.
func (s source) documents(licences []byte) ([]member, error) {
	members := append([]member{{"LICENSES-OF-MODULES", 0o644, licences}}, s.printed...)
	for _, name := range []string{"LICENSE", "README.md", "README.ja.md", "CHANGELOG.md", "config.example.toml", "config.example.ja.toml"} {
		data, err := os.ReadFile(filepath.Join(s.dir, name))
		if err != nil {
			return nil, err
		}
		members = append(members, member{name, 0o644, data})
	}
	return members, nil
}

// binaries reads what was built for a target.
func (r *release) binaries(t target) ([]member, error) {
	var members []member
	for _, p := range programs {
		data, err := os.ReadFile(filepath.Join(r.programs(t), t.program(p)))
		if err != nil {
			return nil, err
		}
		members = append(members, member{t.program(p), 0o755, data})
	}
	return members, nil
}

// stem begins the names of the files of one target.
func (r *release) stem(t target) string { return "sainyuka-" + r.source.version + "-" + t.name() }

// archive packs the programs of a target: .zip for Windows, .tar.gz for all others.
func (r *release) archive(t target, licences []byte) error {
	members, err := r.binaries(t)
	if err != nil {
		return err
	}
	documents, err := r.source.documents(licences)
	if err != nil {
		return err
	}
	members = append(members, documents...)
	for i := range members {
		members[i].name = r.stem(t) + "/" + members[i].name
	}
	name, pack := r.stem(t)+".tar.gz", r.tarball
	if t.os == "windows" {
		name, pack = r.stem(t)+".zip", r.zipFile
	}
	data, err := pack(members)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return os.WriteFile(filepath.Join(r.dir, name), data, 0o644)
}

func (r *release) tarball(members []member) ([]byte, error) {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	t := tar.NewWriter(z)
	for _, m := range members {
		h := &tar.Header{Name: m.name, Mode: m.mode, Size: int64(len(m.data)), ModTime: r.source.time, Format: tar.FormatPAX}
		if err := t.WriteHeader(h); err != nil {
			return nil, err
		}
		if _, err := t.Write(m.data); err != nil {
			return nil, err
		}
	}
	if err := t.Close(); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func (r *release) zipFile(members []member) ([]byte, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, m := range members {
		h := &zip.FileHeader{Name: m.name, Method: zip.Deflate, Modified: r.source.time}
		h.SetMode(os.FileMode(m.mode))
		w, err := z.CreateHeader(h)
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(m.data); err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// checksums writes SHA256SUMS, which `sha256sum -c` reads.
func (r *release) checksums() error {
	entries, err := os.ReadDir(r.dir)
	if err != nil {
		return err
	}
	var lines []string
	for _, e := range entries {
		if e.IsDir() { // the programs, and the image, whose files are named by their sums
			continue
		}
		f, err := os.Open(filepath.Join(r.dir, e.Name()))
		if err != nil {
			return err
		}
		h := sha256.New()
		_, err = io.Copy(h, f)
		f.Close()
		if err != nil {
			return err
		}
		lines = append(lines, fmt.Sprintf("%x  %s\n", h.Sum(nil), e.Name()))
	}
	slices.SortFunc(lines, func(a, b string) int { return strings.Compare(a[64:], b[64:]) })
	return os.WriteFile(filepath.Join(r.dir, "SHA256SUMS"), []byte(strings.Join(lines, "")), 0o644)
}
