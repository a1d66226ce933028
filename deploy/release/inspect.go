package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"debug/elf"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/blakesmith/ar"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/validate"
)

// inspect opens what was built, as those who get it will.
func (r *release) inspect(ctx context.Context, targets []target) error {
	linux := false
	for _, t := range targets {
		if err := r.inspectPrograms(ctx, t); err != nil {
			return fmt.Errorf("%s: %w", t, err)
		}
		if err := r.inspectBill(t); err != nil {
			return fmt.Errorf("bill of materials for %s: %w", t, err)
		}
		linux = linux || t.os == "linux"
		if t.debian() == "" {
			continue
		}
		for _, p := range debianPackages() {
			if err := r.inspectPackage(t, p); err != nil {
				return fmt.Errorf("%s: %w", r.debianName(t, p), err)
			}
		}
	}
	if !linux {
		return nil
	}
	if err := r.inspectImage(targets); err != nil {
		return fmt.Errorf("image: %w", err)
	}
	return nil
}

// inspectPrograms holds that a program needs nothing of its machine, holds no table of symbols, and knows its
// version.
func (r *release) inspectPrograms(ctx context.Context, t target) error {
	for _, p := range programs {
		path := filepath.Join(r.programs(t), t.program(p))
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if !bytes.Contains(data, []byte("v"+r.source.version)) {
			return fmt.Errorf("%s does not hold the version %s", p, r.source.version)
		}
		if t.os != "linux" {
			continue
		}
		f, err := elf.NewFile(bytes.NewReader(data))
		if err != nil {
			return fmt.Errorf("%s: %w", p, err)
		}
		if f.Section(".symtab") != nil {
			return fmt.Errorf("%s is not stripped", p)
		}
		if slices.ContainsFunc(f.Progs, func(p *elf.Prog) bool { return p.Type == elf.PT_INTERP || p.Type == elf.PT_DYNAMIC }) {
			return fmt.Errorf("%s is not static", p)
		}
	}
	if t.os != runtime.GOOS || t.arch != runtime.GOARCH {
		return nil
	}
	said, err := output(ctx, r.dir, nil, filepath.Join(r.programs(t), "sainyuka"), "version")
	if want := "sainyuka v" + r.source.version + "\n"; err == nil && !strings.HasPrefix(said, want) {
		err = fmt.Errorf("sainyuka version says %q, want %q first", said, want)
	}
	return err
}

// inspectBill holds that the list of modules is read again and names what the programs certainly use.
func (r *release) inspectBill(t target) error {
	data, err := os.ReadFile(filepath.Join(r.dir, r.stem(t)+".cdx.json"))
	if err != nil {
		return err
	}
	var bill struct {
		BOMFormat  string
		Components []struct{ Name, Version, PURL string }
	}
	if err := json.Unmarshal(data, &bill); err != nil {
		return err
	}
	for _, want := range []string{"std", "github.com/gocolly/colly/v2", "github.com/nats-io/nats-server/v2", "github.com/PuerkitoBio/goquery"} {
		if !slices.ContainsFunc(bill.Components, func(c struct{ Name, Version, PURL string }) bool { return c.Name == want && c.Version != "" }) {
			return fmt.Errorf("%s is not named among %d components", want, len(bill.Components))
		}
	}
	return nil
}

// inspectPackage reads a package as dpkg does: the control file, and the files with their modes.
func (r *release) inspectPackage(t target, p debianPackage) error {
	data, err := os.ReadFile(filepath.Join(r.dir, r.debianName(t, p)))
	if err != nil {
		return err
	}
	parts := map[string]map[string]*tar.Header{}
	control := ""
	for archive := ar.NewReader(bytes.NewReader(data)); ; {
		h, err := archive.Next()
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return err
		}
		name := strings.TrimRight(h.Name, "/")
		if !strings.HasSuffix(name, ".tar.gz") {
			continue
		}
		files, text, err := readTarGz(archive, "control")
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		parts[name] = files
		control += text
	}
	for _, want := range []string{"Package: " + p.name + "\n", "Version: " + debianVersion(r.source.version) + "\n", "Architecture: " + t.debian() + "\n"} {
		if !strings.Contains(control, want) {
			return fmt.Errorf("its control file lacks %q:\n%s", want, control)
		}
	}
	wanted := map[string]int64{"/usr/share/doc/" + p.name + "/copyright": 0o644}
	for _, path := range p.programs {
		wanted[path] = 0o755
	}
	for _, u := range p.units {
		wanted["/usr/lib/systemd/system/"+u] = 0o644
	}
	if p.system {
		wanted["/usr/lib/sysusers.d/sainyuka.conf"], wanted["/usr/lib/tmpfiles.d/sainyuka.conf"] = 0o644, 0o644
		for _, f := range printedFiles {
			wanted[f.path] = 0o644
		}
	}
	for path, mode := range wanted {
		h := parts["data.tar.gz"]["."+path]
		if h == nil {
			return fmt.Errorf("it lacks %s", path)
		}
		if h.Mode&0o777 != mode || h.Uname != "root" || !h.ModTime.Equal(r.source.time) {
			return fmt.Errorf("%s has mode %o, owner %q, time %v; want %o, root, %v", path, h.Mode, h.Uname, h.ModTime, mode, r.source.time)
		}
	}
	return nil
}

// readTarGz returns the members by name, and the text of one of them.
func readTarGz(from io.Reader, wanted string) (map[string]*tar.Header, string, error) {
	z, err := gzip.NewReader(from)
	if err != nil {
		return nil, "", err
	}
	members, text := map[string]*tar.Header{}, ""
	for t := tar.NewReader(z); ; {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return members, text, nil
		} else if err != nil {
			return nil, "", err
		}
		members["./"+strings.TrimPrefix(strings.TrimPrefix(h.Name, "."), "/")] = h
		if strings.TrimPrefix(h.Name, "./") == wanted {
			data, err := io.ReadAll(t)
			if err != nil {
				return nil, "", err
			}
			text = string(data)
		}
	}
}

// inspectImage has the image's own library validate it, and holds what its users rely on.
func (r *release) inspectImage(targets []target) error {
	outer, index, err := r.builtIndex()
	if err != nil {
		return err
	}
	if err := validate.Index(outer); err != nil {
		return err
	}
	manifest, err := index.IndexManifest()
	if err != nil {
		return err
	}
	var platforms []string
	for _, m := range manifest.Manifests {
		img, err := index.Image(m.Digest)
		if err != nil {
			return err
		}
		if err := r.inspectPlatform(img); err != nil {
			return fmt.Errorf("%s: %w", m.Platform, err)
		}
		platforms = append(platforms, m.Platform.String())
	}
	var want []string
	for _, t := range targets {
		if t.os == "linux" {
			want = append(want, t.platform().String())
		}
	}
	if !slices.Equal(platforms, want) {
		return fmt.Errorf("it is for %v, want %v", platforms, want)
	}
	return nil
}

func (r *release) inspectPlatform(img v1.Image) error {
	file, err := img.ConfigFile()
	if err != nil {
		return err
	}
	c := file.Config
	switch {
	case c.User != fmt.Sprintf("%d:%d", imageUser, imageUser):
		return fmt.Errorf("it runs as %q", c.User)
	case c.Healthcheck == nil || c.Healthcheck.Test[0] != "CMD":
		return errors.New("it has no health check that needs no shell")
	case c.Labels["org.opencontainers.image.revision"] != r.source.commit:
		return fmt.Errorf("its labels are %v", c.Labels)
	}
	layers, err := img.Layers()
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, l := range layers {
		compressed, err := l.Compressed()
		if err != nil {
			return err
		}
		members, _, err := readTarGz(compressed, "")
		if err != nil {
			return err
		}
		for name, h := range members {
			seen[name] = true
			writable := h.Uid != 0 || h.Mode&0o022 != 0
			if writable != (name == "./var/lib/sainyuka/") {
				return fmt.Errorf("%s has owner %d and mode %o: the state's folder alone can be written", name, h.Uid, h.Mode)
			}
		}
	}
	for _, want := range []string{"./usr/local/bin/sainyuka", "./usr/local/bin/watcher", "./usr/local/bin/notifier", "./etc/ssl/certs/ca-certificates.crt", "./var/lib/sainyuka/"} {
		if !seen[want] {
			return fmt.Errorf("it lacks %s", want)
		}
	}
	return nil
}
