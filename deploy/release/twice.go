package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// compareSecond builds targets again, from a clone in another folder, and compares byte by byte.
func (r *release) compareSecond(ctx context.Context, targets []target, fresh bool) (err error) {
	if len(targets) == 0 {
		return nil
	}
	dir, err := os.MkdirTemp("", "release-again")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	clone, err := r.source.clone(ctx, filepath.Join(dir, "elsewhere"))
	if err != nil {
		return err
	}
	cache := ""
	if fresh {
		cache = filepath.Join(dir, "cache")
	}
	for _, t := range targets {
		r.say("build %s again", t)
		second := filepath.Join(dir, t.name())
		if err := clone.compile(ctx, t, second, cache); err != nil {
			return err
		}
		for _, p := range programs {
			if err := sameFile(filepath.Join(r.programs(t), t.program(p)), filepath.Join(second, t.program(p))); err != nil {
				return fmt.Errorf("%s is not reproducible: %w", t, err)
			}
		}
	}
	return nil
}

func sameFile(a, b string) error {
	first, err := os.ReadFile(a)
	if err != nil {
		return err
	}
	second, err := os.ReadFile(b)
	if err != nil {
		return err
	}
	if !bytes.Equal(first, second) {
		return fmt.Errorf("%s has %d bytes, the second build %d, and they differ", filepath.Base(a), len(first), len(second))
	}
	return nil
}
