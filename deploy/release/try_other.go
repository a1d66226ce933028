//go:build !linux

package main

import (
	"context"
	"errors"
)

func (r *release) try(context.Context, []target) error {
	return errors.New("-try needs Linux: packages and images are for it")
}
