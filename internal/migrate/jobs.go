package migrate

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"go.yaml.in/yaml/v3"
)

// looksLikeYAML reports whether a file has a line of a job: "url:", "navigate:",
// "command:" or "kind:".
func looksLikeYAML(file []byte) bool {
	for line := range bytes.Lines(file) {
		line = bytes.TrimPrefix(bytes.TrimSpace(line), []byte("- "))
		for _, key := range []string{"url:", "navigate:", "command:", "kind:"} {
			if bytes.HasPrefix(line, []byte(key)) {
				return true
			}
		}
	}
	return false
}

// carried are the keys of a job that mean something here, harmless those that need
// no word when they are left out.
var (
	carried  = []string{"url", "navigate", "name", "user_visible_url", "enabled", "note"}
	harmless = []string{"kind", "timeout", "max_tries", "guid", "index_number", "loop", "is_markdown", "no_redirects", "ignore_cached", "ignore_connection_errors", "ignore_http_error_codes", "ignore_timeout_errors", "ignore_too_many_redirects", "diff_tool", "contextlines", "compared_versions", "added_only", "deleted_only", "additions_only", "deletions_only"}
)

// jobs reads the jobs of urlwatch and webchanges, a YAML document each:
// https://urlwatch.readthedocs.io/en/latest/jobs.html.
func (b *builder) jobs(file []byte) error {
	b.list.Format = "urlwatch or webchanges jobs"
	d := yaml.NewDecoder(bytes.NewReader(file))
	for n := 1; ; n++ {
		var doc any
		err := d.Decode(&doc)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read job %d: %w", n, err)
		}
		list, ok := doc.([]any)
		if !ok {
			list = []any{doc}
		}
		for _, item := range list {
			job, ok := item.(map[string]any)
			if !ok {
				if item != nil {
					b.left(fmt.Sprintf("job %d", n), "is no job")
				}
				continue
			}
			if err := b.job(fmt.Sprintf("job %d", n), job); err != nil {
				return err
			}
		}
		if n == maxProducts {
			return fmt.Errorf("holds more than %d jobs", maxProducts)
		}
	}
}

func (b *builder) job(who string, job map[string]any) error {
	text := func(key string) string { s, _ := job[key].(string); return s }
	e := entry{name: text("name")}
	if e.name != "" {
		who = e.name
	}
	page := text("url")
	if page == "" {
		page = text("navigate")
	}
	switch {
	case page == "" && text("command") != "":
		b.left(who, "runs a command: only pages can be watched")
		return nil
	case page == "":
		b.left(who, "has no url")
		return nil
	case job["data"] != nil || text("method") != "" && text("method") != "GET":
		b.left(who, "sends data: pages are read by GET alone")
		return nil
	}
	if e.name == "" {
		who = page
	}
	if enabled, ok := job["enabled"].(bool); ok && !enabled {
		e.paused = true
	}
	e.pages = []string{page}
	for _, key := range slices.Sorted(maps.Keys(job)) {
		switch {
		case slices.Contains(carried, key) || slices.Contains(harmless, key):
		case key == "filter" || key == "diff_filter":
			b.left(who, "%s: availability and price are read without filters; where that fails see stock_selector and in_stock_text", key)
		case key == "headers" || key == "cookies":
			b.left(who, "%s: write what the shop needs as headers or cookie_file of [host.\"NAME\"]", key)
		case key == "use_browser" || key == "wait_for" || key == "wait_until":
			b.left(who, "%s: see fetch.browser_url for pages that must be drawn", key)
		case key == "http_proxy" || key == "https_proxy":
			b.left(who, "%s: there is one proxy for all, fetch.proxy", key)
		default:
			b.left(who, "%s was left out", key)
		}
	}
	if job["navigate"] != nil {
		b.left(who, "navigate: it is read without a browser first; see fetch.browser_url for pages that must be drawn")
	}
	return b.add(e)
}
