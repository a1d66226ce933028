// Command bench measures what a look costs to the least that it could cost, what the
// daemon needs in memory, and how long others wait while it works, and writes the tables
// of docs/performance.md. It is run from the top of the repository:
//
//	go run ./cmd/bench [-only looks,memory] [-rounds N] [-pages DIR] [-watches 1,1000] [-write FILE]
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
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
	only := flag.String("only", "", "the tables to measure, of "+strings.Join(bench.Tables(), ",")+"; empty: all")
	rounds := flag.Int("rounds", 7, "how often each look is measured; its median counts")
	pages := flag.String("pages", "", "a folder of saved pages, *.html.gz, to read besides")
	watches := flag.String("watches", "1,1000,10000", "with how many watches the memory is measured; 100000 takes a quarter of an hour")
	settle := flag.Duration("settle", time.Minute, "for how long the memory is looked at after the first round")
	file := flag.String("write", "docs/performance.md", "the file that the tables are written to; empty: none")
	shop := flag.Bool("shop", false, "be the shop that is asked")
	hosts := flag.Int("hosts", 0, "with -shop: be a street of so many hosts")
	flag.Parse()
	switch {
	case *shop && *hosts > 0:
		return bench.ServeStreet(ctx, *hosts, os.Stdin, os.Stdout)
	case *shop:
		return bench.Serve(ctx, os.Stdin, os.Stdout)
	}
	o := bench.Options{Rounds: *rounds, Slice: 100 * time.Millisecond, Pages: *pages, Settle: *settle, Shop: []string{"-shop"}}
	for n := range strings.SplitSeq(*watches, ",") {
		count, err := strconv.Atoi(n)
		if err != nil {
			return fmt.Errorf("-watches: %w", err)
		}
		o.Watches = append(o.Watches, count)
	}
	names := bench.Tables()
	if *only != "" {
		names = strings.Split(*only, ",")
	}
	for _, name := range names {
		if !slices.Contains(bench.Tables(), name) {
			return fmt.Errorf("-only: there is no table %q", name)
		}
		table, err := bench.Measure(ctx, name, o)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		fmt.Println(table)
		if *file == "" {
			continue
		}
		if err := bench.WriteTable(*file, name, table); err != nil {
			return err
		}
	}
	return nil
}
