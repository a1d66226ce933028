package bench

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/sainyuka/sainyuka/internal/sources"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// Row is one line of the table: what one look costs to what another one costs.
type Row struct {
	What          string
	Over          string // what it is divided by
	CPU           time.Duration
	By            time.Duration
	Aim           float64 // at most
	Bytes, Allocs uint64
}

// Ratio is what the row is about.
func (r Row) Ratio() float64 { return float64(r.CPU) / float64(r.By) }

// Options say what to measure, and for how long.
type Options struct {
	Rounds int
	Slice  time.Duration // of CPU, for each task in each round
	Pages  string        // a folder of saved pages, *.html.gz; "": none
	Shop   []string      // arguments by which this program is the shop

	Watches []int         // with so many the memory is measured
	Settle  time.Duration // for so long after the first round
}

const floorName = "read + gunzip + scan"

// rowOf names a row, its task, what it is divided by and what to aim at.
type rowOf struct {
	what, task, over string
	aim              float64
}

// Run measures all rows.
func Run(ctx context.Context, o Options) ([]Row, error) {
	shop, closing, err := openShop(ctx, o.Shop...)
	if err != nil {
		return nil, err
	}
	defer closing()
	tasks, rows, err := lookTasks(ctx, shop)
	if err != nil {
		return nil, err
	}
	if program, err := exec.LookPath("urlwatch"); err == nil {
		dir, err := os.MkdirTemp("", "sainyuka-bench-")
		if err != nil {
			return nil, err
		}
		defer os.RemoveAll(dir)
		theirs, err := urlwatchLook(ctx, program, dir, shop+"/changed/utf-8")
		if err != nil {
			return nil, err
		}
		tasks = append(tasks, theirs)
		rows = append(rows, rowOf{"a changed page, utf-8", "changed utf-8", urlwatchName, 0.25})
	}
	if o.Pages != "" {
		saved, err := savedTasks(o.Pages)
		if err != nil {
			return nil, err
		}
		tasks = append(tasks, saved...)
		rows = append(rows, rowOf{"saved pages, each as if new, to gunzip + scan of the same", "saved", "saved floor", 2.5})
	}
	costs, err := measure(tasks, o.Rounds, o.Slice)
	if err != nil {
		return nil, err
	}
	var table []Row
	for _, r := range rows {
		c, by := costs[r.task], costs[r.over]
		over := r.over
		if r.task == "saved" {
			over = "gunzip + scan"
		}
		table = append(table, Row{What: r.what, Over: over, CPU: c.CPU, By: by.CPU, Aim: r.aim, Bytes: c.Bytes, Allocs: c.Allocs})
	}
	return table, nil
}

// lookTasks are the looks at the shop's pages with what they are compared to.
func lookTasks(ctx context.Context, shop string) ([]task, []rowOf, error) {
	l, err := newLooker()
	if err != nil {
		return nil, nil, err
	}
	f := newFloor()
	tasks := []task{
		f.bare304(ctx, "bare 304", shop+"/tagged"),
		look(ctx, l, "304", shop+"/tagged", stock.NotModified),
		collyLook("colly + one selector", shop+"/changed/utf-8"),
	}
	l.Observe(ctx, shop+"/tagged") // for its validator
	var rows []rowOf
	for _, charset := range []string{"utf-8", "shift_jis", "euc-jp"} {
		tasks = append(tasks, f.task(ctx, floorName+", "+charset, shop+"/same/"+charset))
		for _, kind := range []struct {
			path, what string
			aim        float64
		}{
			{"same", "the same bytes again, 200", 1.0},
			{"noise", "only comments, tokens and scripts differ", 1.1},
			{"changed", "a changed page", 2.5},
		} {
			name := kind.path + " " + charset
			aim := kind.aim
			if charset != "utf-8" && kind.path != "changed" {
				aim = 1.2
			}
			tasks = append(tasks, look(ctx, l, name, shop+"/"+kind.path+"/"+charset, stock.OK))
			rows = append(rows, rowOf{fmt.Sprintf("%s, %s", kind.what, charset), name, floorName + ", " + charset, aim})
		}
	}
	rows = append(rows,
		rowOf{"a changed page, utf-8", "changed utf-8", "colly + one selector", 0.5},
		rowOf{"304", "304", "bare 304", 1.3})
	return tasks, rows, nil
}

// savedTasks read saved pages from memory.
func savedTasks(dir string) ([]task, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.html.gz"))
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("no *.html.gz in %s", dir)
	}
	var packed [][]byte
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		text, err := readAll(raw)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		packed = append(packed, zipped(text))
	}
	f, set := newFloor(), sources.New()
	read := func(raw []byte) error {
		if err := f.unzip(raw); err != nil {
			return err
		}
		p := stock.Page{URL: "https://shop.example/item/1", FinalURL: "https://shop.example/item/1", Status: 200, Outcome: stock.OK, Body: f.text.Bytes()}
		set.Read(p)
		return nil
	}
	return []task{savedPages(packed, "saved floor", f.unzip), savedPages(packed, "saved", read)}, nil
}
