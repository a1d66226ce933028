// Command bench measures what a look costs to the least that it could cost, and writes
// the table of docs/performance.md. It is run from the top of the repository:
//
//	go run ./cmd/bench [-rounds N] [-pages DIR] [-write FILE]
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"time"

	"github.com/sainyuka/sainyuka/internal/bench"
)

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	rounds := flag.Int("rounds", 7, "how often each row is measured; its median counts")
	pages := flag.String("pages", "", "a folder of saved pages, *.html.gz, to read besides")
	file := flag.String("write", "docs/performance.md", "the file that the table is written to; empty: none")
	shop := flag.Bool("shop", false, "be the shop that is asked")
	flag.Parse()
	if *shop {
		return bench.Serve(ctx, os.Stdin, os.Stdout)
	}
	rows, err := bench.Run(ctx, bench.Options{Rounds: *rounds, Slice: 100 * time.Millisecond, Pages: *pages, Shop: []string{"-shop"}})
	if err != nil {
		return err
	}
	fmt.Print(bench.Table(rows))
	if *file == "" {
		return nil
	}
	return bench.WriteTable(*file, rows)
}
