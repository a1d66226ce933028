package main

import (
	"archive/tar"
	"errors"
	"io"
	"os"
	"path/filepath"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
)

// unpackImage writes the files of a target's image below a folder, with their owners.
func (r *release) unpackImage(t target, root string) error {
	img, err := r.builtImage(t)
	if err != nil {
		return err
	}
	flat := mutate.Extract(img)
	defer flat.Close()
	for archive := tar.NewReader(flat); ; {
		h, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if err := unpackMember(filepath.Join(root, filepath.Clean("/"+h.Name)), h, archive); err != nil {
			return err
		}
	}
}

func unpackMember(path string, h *tar.Header, from io.Reader) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	if h.Typeflag == tar.TypeDir {
		if err := os.Mkdir(path, 0o755); err != nil {
			return err
		}
	} else {
		data, err := io.ReadAll(from)
		if err != nil {
			return err
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			return err
		}
	}
	if err := os.Chmod(path, h.FileInfo().Mode().Perm()); err != nil {
		return err
	}
	return os.Chown(path, h.Uid, h.Gid)
}

// builtIndex reads the image that was built: what its layout's one entry leads to.
func (r *release) builtIndex() (outer, inner v1.ImageIndex, err error) {
	path, err := layout.FromPath(filepath.Join(r.dir, "image"))
	if err != nil {
		return nil, nil, err
	}
	if outer, err = path.ImageIndex(); err != nil {
		return nil, nil, err
	}
	manifest, err := outer.IndexManifest()
	if err != nil {
		return nil, nil, err
	}
	inner, err = outer.ImageIndex(manifest.Manifests[0].Digest)
	return outer, inner, err
}

func (r *release) builtImage(t target) (v1.Image, error) {
	_, index, err := r.builtIndex()
	if err != nil {
		return nil, err
	}
	manifest, err := index.IndexManifest()
	if err != nil {
		return nil, err
	}
	for _, m := range manifest.Manifests {
		if m.Platform.Equals(*t.platform()) {
			return index.Image(m.Digest)
		}
	}
	return nil, errors.New("it has no " + t.String())
}
