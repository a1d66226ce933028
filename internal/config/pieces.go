package config

import (
	"bytes"
	"errors"
	"iter"
	"slices"

	"github.com/pelletier/go-toml/v2"
)

// cuts are the places at which the products of a file begin, and at which what follows
// them does: between them it can be read piece by piece.
type cuts struct {
	all      []cut
	returned bool // to a product behind something else: its lines do not stand together
}

type cut struct {
	at, line int
	product  bool
}

// header notes a header of the file: whether it is about products, and whether it begins
// one.
func (c *cuts) header(at, line int, product, begins bool) {
	within := len(c.all) > 0 && c.all[len(c.all)-1].product
	switch {
	case product && begins || within && !product:
		c.all = append(c.all, cut{at, line, product})
	case product && !within:
		c.returned = true
	}
}

// pieces are documents that are TOML when data is, and the lines on which they begin: all
// that is no product, with empty lines in the place of products, and each product. As one
// document a large file would be many times its size.
func (c *cuts) pieces(data []byte) iter.Seq2[int, []byte] {
	return func(yield func(int, []byte) bool) {
		if c.returned || len(c.all) == 0 {
			yield(1, data)
			return
		}
		rest := slices.Clone(data[:c.all[0].at])
		for i, from := range c.all {
			to := len(data)
			if i+1 < len(c.all) {
				to = c.all[i+1].at
			}
			piece := data[from.at:to]
			if !from.product {
				rest = append(rest, piece...)
				continue
			}
			rest = append(rest, bytes.Repeat([]byte("\n"), bytes.Count(piece, []byte("\n")))...)
			if !yield(from.line, piece) {
				return
			}
		}
		yield(1, rest)
	}
}

// secondOpinion lets the library's decoder judge what looks right so far: it
// knows rules that single expressions do not show, such as a dotted key that
// extends a closed table. It stops at its first mistake, hence only here.
func secondOpinion(data []byte, c cuts, list *problems) {
	if list.broken {
		return
	}
	for begin, piece := range c.pieces(data) {
		var all map[string]any
		err := toml.Unmarshal(piece, &all)
		if err == nil {
			continue
		}
		line := begin
		if at, ok := errors.AsType[*toml.DecodeError](err); ok {
			row, _ := at.Position()
			line += row - 1
		}
		if !slices.ContainsFunc(list.all, func(p problem) bool { return p.line == line }) {
			list.syntax(line, err.Error())
		}
		return
	}
}
