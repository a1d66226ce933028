package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"sigs.k8s.io/yaml"
)

// query is one query of a panel.
type query struct{ dashboard, panel, expr string }

// panel is what counts of a panel in Grafana's JSON.
type panel struct {
	ID      int
	Type    string
	Title   string
	GridPos struct{ X, Y, W, H int }
	Panels  []panel
	Targets []struct{ RefID, Expr string }
}

// readQueries returns the queries of all dashboards.
func readQueries(deploy string) ([]query, error) {
	files, err := filepath.Glob(filepath.Join(deploy, "grafana", "dashboards", "*.json"))
	if err != nil {
		return nil, err
	}
	var all []query
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		var d struct {
			UID, Title string
			Panels     []panel
		}
		if err := json.Unmarshal(text, &d); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		name := filepath.Base(file)
		if d.UID == "" || d.Title == "" {
			return nil, fmt.Errorf("%s: no uid or no title", name)
		}
		ids := map[int]bool{}
		for _, p := range d.Panels {
			if ids[p.ID] {
				return nil, fmt.Errorf("%s: two panels have the id %d", name, p.ID)
			}
			ids[p.ID] = true
			if p.Type != "row" && len(p.Targets) == 0 || p.Title == "" || p.GridPos.W == 0 || p.GridPos.X+p.GridPos.W > 24 {
				return nil, fmt.Errorf("%s: panel %d %q has no query, no title or no place", name, p.ID, p.Title)
			}
			for _, t := range p.Targets {
				all = append(all, query{name, p.Title, t.Expr})
			}
		}
	}
	if len(all) == 0 {
		return nil, errors.New("no dashboard has a query")
	}
	return all, nil
}

// plain replaces Grafana's variables as a dashboard does that shows all.
func plain(expr string) string {
	return strings.NewReplacer("$__rate_interval", "5m", "$product", ".*", "$host", ".*").Replace(expr)
}

// checkPanels has promtool evaluate every query on recorded samples and compares the results with panels.golden.
func checkPanels(ctx context.Context, deploy, promtool string, update bool) error {
	queries, err := readQueries(deploy)
	if err != nil {
		return err
	}
	series, err := recorded(filepath.Join(deploy, "grafana", "testdata"))
	if err != nil {
		return err
	}
	got, err := evaluate(ctx, deploy, promtool, series, queries)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	for _, q := range queries {
		samples := got[plain(q.expr)]
		if len(samples) == 0 {
			return fmt.Errorf("%s: panel %q shows nothing of what was recorded: %s", q.dashboard, q.panel, q.expr)
		}
		fmt.Fprintf(&b, "%s: %s\n\t%s\n", q.dashboard, q.panel, q.expr)
		for _, s := range samples {
			fmt.Fprintf(&b, "\t\t%s\n", s)
		}
	}
	golden := filepath.Join(deploy, "grafana", "panels.golden")
	if update {
		return os.WriteFile(golden, b.Bytes(), 0o644)
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		return err
	}
	if !bytes.Equal(want, b.Bytes()) {
		return fmt.Errorf("the panels give something else than %s says: run with -update and look at the difference", golden)
	}
	return nil
}

// series is one line of a promtool test.
type series struct {
	Series string `json:"series"`
	Values string `json:"values"`
}

// step is the time between the two recordings, and between two samples of the test.
const step = 30

// recorded reads two answers of one process's /metrics, taken 30 s apart, and goes on as they began. Times are made
// relative to the first of them, since promtool begins in 1970.
func recorded(dir string) ([]series, error) {
	first, keys, err := readSamples(filepath.Join(dir, "first.prom"))
	if err != nil {
		return nil, err
	}
	second, _, err := readSamples(filepath.Join(dir, "second.prom"))
	if err != nil {
		return nil, err
	}
	begin := 0.0
	for _, k := range keys {
		if strings.HasPrefix(k, "sainyuka_last_good_check_timestamp_seconds") {
			begin = max(begin, first[k])
		}
	}
	const box = `job="sainyuka", instance="box:8480"`
	all := []series{{`up{` + box + `}`, "1x40"}}
	for _, k := range keys {
		v := first[k]
		name, labels, _ := strings.Cut(strings.TrimSuffix(k, "}"), "{")
		grows := 0.0
		switch {
		case strings.HasSuffix(name, "_timestamp_seconds") && v > 0:
			v, grows = v-begin, step
		case strings.HasSuffix(name, "_total"), strings.HasSuffix(name, "_count"), strings.HasSuffix(name, "_sum"), strings.HasSuffix(name, "_bucket"):
			grows = max(0, second[k]-first[k])
		}
		if labels != "" {
			labels = ", " + labels
		}
		all = append(all, series{name + "{" + box + labels + "}", fmt.Sprintf("%s%+gx40", strconv.FormatFloat(v, 'f', 3, 64), grows)})
	}
	return all, nil
}

// readSamples reads a text of Prometheus's format that has no comments.
func readSamples(file string) (map[string]float64, []string, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	values, keys := map[string]float64{}, []string(nil)
	for lines := bufio.NewScanner(f); lines.Scan(); {
		key, value, ok := cutLast(lines.Text(), " ")
		if !ok || strings.HasPrefix(key, "#") {
			continue
		}
		if values[key], err = strconv.ParseFloat(value, 64); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", file, err)
		}
		keys = append(keys, key)
	}
	return values, keys, nil
}

func cutLast(s, sep string) (before, after string, ok bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// evaluate returns the samples of each query, sorted. promtool tells results only of expectations that are wrong, so
// each query gets one that is.
func evaluate(ctx context.Context, deploy, promtool string, in []series, queries []query) (map[string][]string, error) {
	type expectation struct {
		Expr       string `json:"expr"`
		EvalTime   string `json:"eval_time"`
		ExpSamples []any  `json:"exp_samples"`
	}
	var expressions []expectation
	seen := map[string]bool{}
	for _, q := range queries {
		e := strings.Join(strings.Fields(plain(q.expr)), " ")
		if !seen[e] {
			seen[e] = true
			expressions = append(expressions, expectation{e, "15m", []any{map[string]any{"labels": `nothing{of="this"}`, "value": 0}}})
		}
	}
	text, err := yaml.Marshal(map[string]any{
		"rule_files":          []string{filepath.Join(deploy, "prometheus", "alerts.yml"), filepath.Join(deploy, "prometheus", "slo.yml")},
		"evaluation_interval": "30s",
		"tests":               []any{map[string]any{"interval": "30s", "input_series": in, "promql_expr_test": expressions}},
	})
	if err != nil {
		return nil, err
	}
	file, err := os.CreateTemp("", "panels*.yml")
	if err != nil {
		return nil, err
	}
	defer os.Remove(file.Name())
	if _, err := file.Write(text); err != nil {
		return nil, err
	}
	if err := file.Close(); err != nil {
		return nil, err
	}
	out, _ := exec.CommandContext(ctx, promtool, "test", "rules", file.Name()).CombinedOutput() // every expectation is wrong
	results, err := results(string(out))
	if err != nil {
		return nil, err
	}
	for _, q := range queries {
		if _, ok := results[plain(q.expr)]; !ok {
			return nil, fmt.Errorf("%s: panel %q: promtool says nothing of %s:\n%.2000s", q.dashboard, q.panel, q.expr, out)
		}
	}
	return results, nil
}

var (
	exprLine = regexp.MustCompile(`(?m)^\s*expr: "(.*)", time: 15m,\s*\n\s*exp:.*\n\s*got: ?(.*)$`)
	sampleIn = regexp.MustCompile(`((?:[a-zA-Z_:][a-zA-Z0-9_:]*)?\{[^{}]*\}) ([-+0-9.eE]+|[-+]?Inf|NaN)`)
)

// results reads what promtool got.
func results(out string) (map[string][]string, error) {
	all := map[string][]string{}
	for _, m := range exprLine.FindAllStringSubmatch(out, -1) {
		expr, err := strconv.Unquote(`"` + m[1] + `"`)
		if err != nil {
			expr = m[1]
		}
		samples := []string{}
		for _, s := range sampleIn.FindAllStringSubmatch(m[2], -1) {
			value, err := strconv.ParseFloat(s[2], 64)
			if err != nil {
				return nil, err
			}
			samples = append(samples, s[1]+" "+strconv.FormatFloat(value, 'g', 6, 64))
		}
		slices.SortFunc(samples, cmp.Compare)
		all[expr] = samples
	}
	return all, nil
}

// checkMetrics holds that a running process knows every metric that dashboards and rules name. Without a file those
// that were recorded are asked.
func checkMetrics(deploy, file string) error {
	if file == "" {
		file = filepath.Join(deploy, "grafana", "testdata", "first.prom")
	}
	values, keys, err := readSamples(file)
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, k := range keys {
		name, _, _ := strings.Cut(k, "{")
		known[name] = true
	}
	var text []byte
	for _, pattern := range []string{"grafana/dashboards/*.json", "prometheus/*.yml"} {
		files, err := filepath.Glob(filepath.Join(deploy, pattern))
		if err != nil {
			return err
		}
		for _, f := range files {
			b, err := os.ReadFile(f)
			if err != nil {
				return err
			}
			text = append(text, b...)
		}
	}
	var missing []string
	for _, name := range regexp.MustCompile(`\bsainyuka_[a-z_]+\b`).FindAllString(string(text), -1) {
		if !known[name] && !slices.Contains(missing, name) {
			missing = append(missing, name)
		}
	}
	// A process has these only where the configuration has rates of its user's, and pauses or hours.
	sometimes := []string{"sainyuka_watch_effective_price", "sainyuka_watch_resting"}
	missing = slices.DeleteFunc(missing, func(n string) bool { return slices.Contains(sometimes, n) })
	if len(missing) > 0 {
		return fmt.Errorf("of %d metrics in %s none is called %v, which dashboards or rules name", len(values), file, missing)
	}
	return nil
}
