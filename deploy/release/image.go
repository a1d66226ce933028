package main

import (
	"archive/tar"
	"bytes"
	"encoding/pem"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"golang.org/x/crypto/x509roots/fallback/bundle"
)

// imageUser owns the state. It is no name of a system: the image has no /etc/passwd.
const imageUser = 65532

const statePath = "/var/lib/sainyuka"

// image writes one image for all Linux targets: nothing in it but the programs, the certificates of public
// authorities and an empty folder for the state. Nothing else is ever written, so that it can run read-only.
func (r *release) image(targets []target, licences []byte) error {
	var index v1.ImageIndex = empty.Index
	index = mutate.IndexMediaType(index, types.OCIImageIndex)
	found := false
	for _, t := range targets {
		if t.os != "linux" {
			continue
		}
		r.say("image for %s", t)
		img, err := r.platformImage(t, licences)
		if err != nil {
			return fmt.Errorf("image for %s: %w", t, err)
		}
		index = mutate.AppendManifests(index, mutate.IndexAddendum{Add: img, Descriptor: v1.Descriptor{Platform: t.platform()}})
		found = true
	}
	if !found {
		return nil
	}
	index = mutate.Annotations(index, r.labels()).(v1.ImageIndex)
	// The layout names the image by one entry, whose name `skopeo` and `docker load` show.
	outer := mutate.AppendManifests(mutate.IndexMediaType(empty.Index, types.OCIImageIndex), mutate.IndexAddendum{
		Add: index, Descriptor: v1.Descriptor{Annotations: map[string]string{"org.opencontainers.image.ref.name": r.source.version}},
	})
	dir := filepath.Join(r.dir, "image")
	if _, err := layout.Write(dir, outer); err != nil {
		return err
	}
	return r.layoutArchive(dir)
}

func (t target) platform() *v1.Platform {
	p := &v1.Platform{OS: t.os, Architecture: t.arch}
	if t.arm != "" {
		p.Variant = "v" + t.arm
	}
	return p
}

func (r *release) labels() map[string]string {
	return map[string]string{
		"org.opencontainers.image.title":       "sainyuka",
		"org.opencontainers.image.description": description,
		"org.opencontainers.image.version":     r.source.version,
		"org.opencontainers.image.revision":    r.source.commit,
		"org.opencontainers.image.created":     r.source.time.Format(time.RFC3339),
		"org.opencontainers.image.source":      homepage,
		"org.opencontainers.image.url":         homepage,
		"org.opencontainers.image.licenses":    "Apache-2.0",
	}
}

func (r *release) platformImage(t target, licences []byte) (v1.Image, error) {
	system, err := systemMembers(licences)
	if err != nil {
		return nil, err
	}
	members, err := r.binaries(t)
	if err != nil {
		return nil, err
	}
	for i := range members {
		members[i].name = "usr/local/bin/" + members[i].name
	}
	img := mutate.MediaType(empty.Image, types.OCIManifestSchema1)
	img = mutate.ConfigMediaType(img, types.OCIConfigJSON)
	for _, l := range []struct {
		what    string
		members []member
	}{{"certificates, folder of the state", system}, {"programs", members}} {
		layer, err := r.layer(l.members)
		if err != nil {
			return nil, err
		}
		img, err = mutate.Append(img, mutate.Addendum{
			Layer: layer, MediaType: types.OCILayer,
			History: v1.History{Created: v1.Time{Time: r.source.time}, CreatedBy: "deploy/release", Comment: l.what},
		})
		if err != nil {
			return nil, err
		}
	}
	file, err := img.ConfigFile()
	if err != nil {
		return nil, err
	}
	file = file.DeepCopy()
	file.Created = v1.Time{Time: r.source.time}
	file.OS, file.Architecture, file.Variant = t.os, t.arch, t.platform().Variant
	file.Config = v1.Config{
		User:         fmt.Sprintf("%d:%d", imageUser, imageUser),
		Entrypoint:   []string{"/usr/local/bin/sainyuka"},
		Cmd:          []string{"run", "-config", "/etc/sainyuka/config.toml"},
		Env:          []string{"PATH=/usr/local/bin"},
		Volumes:      map[string]struct{}{statePath: {}},
		ExposedPorts: map[string]struct{}{"8480/tcp": {}},
		StopSignal:   "SIGTERM",
		Labels:       r.labels(),
		Healthcheck: &v1.HealthConfig{
			Test:     []string{"CMD", "/usr/local/bin/sainyuka", "healthcheck", "-config", "/etc/sainyuka/config.toml"},
			Interval: 30 * time.Second, Timeout: 5 * time.Second, StartPeriod: 20 * time.Second, Retries: 3,
		},
	}
	return mutate.ConfigFile(img, file)
}

// systemMembers are the files that are the same on every machine.
func systemMembers(licences []byte) ([]member, error) {
	var roots bytes.Buffer
	for root := range bundle.Roots() {
		if root.Constraint != nil { // trusted for a part of their certificates only, which a file of them cannot say
			continue
		}
		if err := pem.Encode(&roots, &pem.Block{Type: "CERTIFICATE", Bytes: root.Certificate}); err != nil {
			return nil, err
		}
	}
	return []member{
		{"etc/ssl/certs/ca-certificates.crt", 0o644, roots.Bytes()},
		{"usr/share/doc/sainyuka/LICENSES-OF-MODULES", 0o644, licences},
		{"var/lib/sainyuka/", 0o700, nil}, // a new volume takes owner and mode from here
	}, nil
}

// layer packs members in a tarball that is the same whenever it is made.
func (r *release) layer(members []member) (v1.Layer, error) {
	var b bytes.Buffer
	t := tar.NewWriter(&b)
	for _, m := range members {
		h := &tar.Header{Name: m.name, Mode: m.mode, Size: int64(len(m.data)), ModTime: r.source.time, Format: tar.FormatPAX}
		if m.data == nil {
			h.Typeflag, h.Uid, h.Gid = tar.TypeDir, imageUser, imageUser
		}
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
	open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b.Bytes())), nil }
	return tarball.LayerFromOpener(open, tarball.WithMediaType(types.OCILayer))
}

// layoutArchive packs the layout in one file, for `docker load`, `podman load` and `skopeo copy oci-archive:`.
func (r *release) layoutArchive(dir string) error {
	var members []member
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		members = append(members, member{filepath.ToSlash(name), 0o644, data})
		return err
	})
	if err != nil {
		return err
	}
	var b bytes.Buffer
	t := tar.NewWriter(&b)
	for _, m := range members {
		if err := t.WriteHeader(&tar.Header{Name: m.name, Mode: m.mode, Size: int64(len(m.data)), ModTime: r.source.time}); err != nil {
			return err
		}
		if _, err := t.Write(m.data); err != nil {
			return err
		}
	}
	if err := t.Close(); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(r.dir, "sainyuka-"+r.source.version+"-image.tar"), b.Bytes(), 0o644)
}
