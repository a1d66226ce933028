package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/sainyuka/sainyuka/internal/schedule/sim"
)

// maxSeeds bounds a run to what somebody may want to wait for.
const maxSeeds = 1000

// simulate measures the scheduler against its rivals.
func simulate(_ context.Context, env Env, args []string) error {
	fs := newFlags(env, "simulate")
	world := fs.String("world", "", "one `WORLD` of W0 to W7; default: all of them")
	seed := fs.Uint64("seed", 42, "the first world's seed `N`")
	seeds := fs.Int("seeds", 1, "how many worlds to draw, with seeds N, N+1, ..")
	replay := fs.String("replay", "", "replay the windows of a log `FILE` instead (docs/scheduling.md)")
	asJSON := fs.Bool("json", false, "print one JSON object per world, policy and seed")
	if err := ParseFlags(fs, args); err != nil {
		return err
	}
	if *seeds < 1 || *seeds > maxSeeds {
		return usagef("-seeds must be 1 to %d, not %d", maxSeeds, *seeds)
	}
	var rows []sim.Row
	var err error
	if *replay != "" {
		rows, err = replayFile(*replay)
	} else {
		rows, err = simulateWorlds(*world, *seed, *seeds)
	}
	if err != nil {
		return err
	}
	if *asJSON {
		enc := json.NewEncoder(env.Stdout)
		for _, r := range rows {
			if err := enc.Encode(r); err != nil {
				return fmt.Errorf("print the rows: %w", err)
			}
		}
		return nil
	}
	return printSimulation(env.Stdout, sim.Summarize(rows))
}

func simulateWorlds(name string, first uint64, n int) ([]sim.Row, error) {
	var worlds []sim.World
	var names []string
	for _, w := range sim.Worlds() {
		names = append(names, w.Name)
		if name == "" || strings.EqualFold(w.Name, name) {
			worlds = append(worlds, w)
		}
	}
	if len(worlds) == 0 {
		return nil, usagef("there is no world %q: there are %s", name, strings.Join(names, ", "))
	}
	var seeds []uint64
	for i := range n {
		seeds = append(seeds, first+uint64(i))
	}
	return sim.Simulate(worlds, seeds, sim.Policies()), nil
}

func replayFile(path string) ([]sim.Row, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open the replay log: %w", err)
	}
	defer f.Close()
	log, err := sim.ReadReplay(f)
	if err != nil {
		return nil, fmt.Errorf("replay log %s: %w", path, err)
	}
	rows, err := sim.Replay(log)
	if err != nil {
		return nil, fmt.Errorf("replay log %s: %w", path, err)
	}
	return rows, nil
}

// printSimulation prints what came out, beside what was once measured with
// another program.
func printSimulation(w io.Writer, list []sim.Summary) error {
	refs := sim.References()
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, say("world\tpolicy\tin time\tx uniform\treference\tworst seed\twithin 60 s\tdelay\tweek 1\tlongest gap"))
	for _, s := range list {
		fmt.Fprintf(t, "%s\t%s\t%.1f%% ±%.1f\t%.2f ±%.2f\t%s\t%.2f\t%.2f\t%.2f\t%.2f\t%.2f\n", s.World, s.Policy, 100*s.InTime, 100*s.Error,
			s.Ratio, s.RatioError, reference(refs, s), s.Worst, s.Within60, s.Delay, s.Week1, s.LongestGap)
	}
	if err := t.Flush(); err != nil {
		return fmt.Errorf("print the table: %w", err)
	}
	_, err := fmt.Fprintln(w, say("\nin time: part of the windows seen at least 30 s before they close, ± standard error over the seeds.\nwithin 60 s, restricted mean delay and week 1 are relative to uniform; the longest gap is in cycles."))
	return err
}

func reference(refs map[string]sim.Reference, s sim.Summary) string {
	r, ok := refs[s.World]
	switch {
	case ok && s.Policy == string(sim.Ours):
		return fmt.Sprintf("%.2f", r.Ours)
	case ok && s.Policy == string(sim.Oracle):
		return fmt.Sprintf("%.2f", r.Oracle)
	default:
		return ""
	}
}
