package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// licences returns the licences of all modules that the programs are made of: whoever passes on a binary passes
// these on too. A module without one is an error.
func (s source) licences(ctx context.Context) ([]byte, error) {
	args := []string{"list", "-deps", "-json=Module", "-mod=readonly"}
	for _, p := range programs {
		args = append(args, "./cmd/"+p)
	}
	listed, err := output(ctx, s.dir, []string{"GOFLAGS=", "GOWORK=off"}, "go", args...)
	if err != nil {
		return nil, err
	}
	folders := map[string]string{} // module@version -> its folder
	for d := json.NewDecoder(strings.NewReader(listed)); ; {
		var p struct {
			Module *struct {
				Path, Version, Dir string
				Main               bool
			}
		}
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		if m := p.Module; m != nil && !m.Main {
			folders[m.Path+" "+m.Version] = m.Dir
		}
	}
	var b bytes.Buffer
	for _, module := range slices.Sorted(maps.Keys(folders)) {
		text, err := licenceIn(folders[module])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", module, err)
		}
		fmt.Fprintf(&b, "==== %s ====\n\n%s\n\n", module, bytes.TrimSpace(text))
	}
	return b.Bytes(), nil
}

// licenceIn joins the files of a module that state its terms.
func licenceIn(dir string) ([]byte, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	names := regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|patents)([.-].*)?$`)
	var texts [][]byte
	for _, e := range entries {
		if e.IsDir() || !names.MatchString(e.Name()) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		texts = append(texts, text)
	}
	if len(texts) == 0 {
		return nil, errors.New("its licence is in no file that is known: look what it is before this is released")
	}
	return bytes.Join(texts, []byte("\n\n")), nil
}
