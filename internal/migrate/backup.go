package migrate

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"
	"time"
)

// datastore is url-watches.json of changedetection.io, see
// changedetectionio/model/__init__.py of github.com/dgtlmoon/changedetection.io.
// Newer versions keep each watch in UUID/watch.json, and the settings in
// changedetection.json.
type datastore struct {
	Watching map[string]cdWatch `json:"watching"`
	Settings struct {
		Application struct {
			Tags map[string]struct {
				Title string `json:"title"`
			} `json:"tags"`
		} `json:"application"`
	} `json:"settings"`
}

type cdWatch struct {
	URL        string   `json:"url"`
	Title      string   `json:"title"`
	PageTitle  string   `json:"page_title"`
	Tag        string   `json:"tag"`
	Tags       []string `json:"tags"`
	Paused     bool     `json:"paused"`
	Muted      bool     `json:"notification_muted"`
	Method     string   `json:"method"`
	Processor  string   `json:"processor"`
	Backend    string   `json:"fetch_backend"`
	UseDefault *bool    `json:"time_between_check_use_default"`
	Every      struct {
		Weeks, Days, Hours, Minutes, Seconds float64
	} `json:"time_between_check"`
	Headers  map[string]any `json:"headers"`
	Include  []string       `json:"include_filters"`
	Trigger  []string       `json:"trigger_text"`
	Steps    []any          `json:"browser_steps"`
	Schedule struct {
		Enabled bool `json:"enabled"`
	} `json:"time_schedule_limit"`
	Restock struct {
		Below *float64 `json:"price_change_min"` // "Below price to trigger notification"
		Above *float64 `json:"price_change_max"`
	} `json:"restock_settings"`
}

// backup reads the zip file that changedetection.io offers as a backup.
func (b *builder) backup(file []byte) error {
	archive, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return fmt.Errorf("read the zip file: %w", err)
	}
	var store datastore
	budget := int64(MaxFile)
	for _, f := range archive.File {
		name := path.Base(f.Name)
		if name != "url-watches.json" && name != "changedetection.json" && name != "watch.json" {
			continue
		}
		text, err := unpack(f, budget)
		if err != nil {
			return err
		}
		budget -= int64(len(text))
		if name == "watch.json" {
			var w cdWatch
			if err := json.Unmarshal(text, &w); err != nil {
				b.left(f.Name, "is no JSON of a watch")
				continue
			}
			if store.Watching == nil {
				store.Watching = map[string]cdWatch{}
			}
			store.Watching[path.Base(path.Dir(f.Name))] = w
			continue
		}
		var part datastore
		if err := json.Unmarshal(text, &part); err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
		if store.Watching == nil {
			store.Watching = part.Watching
		} else {
			maps.Copy(store.Watching, part.Watching)
		}
		if len(part.Settings.Application.Tags) > 0 {
			store.Settings = part.Settings
		}
	}
	return b.watches(store)
}

// unpack reads a file of the archive, of at most so many bytes whatever it says of
// itself.
func unpack(f *zip.File, most int64) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("open %s in the zip file: %w", f.Name, err)
	}
	defer r.Close()
	text, err := io.ReadAll(io.LimitReader(r, most+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read %s in the zip file: %w", f.Name, err)
	case int64(len(text)) > most:
		return nil, fmt.Errorf("the zip file holds more than %d MiB", MaxFile>>20)
	}
	return text, nil
}

func (b *builder) watches(store datastore) error {
	b.list.Format = "a changedetection.io backup"
	for _, id := range slices.Sorted(maps.Keys(store.Watching)) {
		w := store.Watching[id]
		tags := append(slices.Clone(w.Tags), strings.Split(w.Tag, ",")...)
		for i, tag := range tags {
			if t, ok := store.Settings.Application.Tags[tag]; ok {
				tags[i] = t.Title
			}
		}
		if err := b.cdWatch(w, tags); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) cdWatch(w cdWatch, tags []string) error {
	e := entry{name: w.Title, pages: []string{w.URL}, paused: w.Paused, tags: tags}
	if e.name == "" {
		e.name = w.PageTitle
	}
	who := e.name
	if who == "" {
		who = w.URL
	}
	if w.Method != "" && w.Method != "GET" {
		b.left(who, "sends data: pages are read by GET alone")
		return nil
	}
	if strings.ContainsAny(w.URL, "{}") {
		b.left(who, "its address is a template: write the address that it gives")
		return nil
	}
	if w.UseDefault == nil || !*w.UseDefault {
		v := w.Every
		e.interval = b.every(who, time.Duration((((v.Weeks*7+v.Days)*24+v.Hours)*60+v.Minutes)*60+v.Seconds)*time.Second)
	}
	if w.Restock.Below != nil && *w.Restock.Below > 0 {
		e.maxPrice = round(*w.Restock.Below)
	}
	for _, not := range []struct {
		there bool
		what  string
	}{
		{w.Restock.Above != nil, "a price above which it told: only max_price is known, below which it tells"},
		{w.Muted, "its notifications were muted: `sainyuka mute` does that here"},
		{w.Processor != "" && w.Processor != "restock_diff", "it told of any change of the text: here it tells of stock and price"},
		{len(w.Include) > 0, "filters: availability and price are read without them; where that fails see stock_selector"},
		{len(w.Trigger) > 0, "words to wait for: see in_stock_text"},
		{len(w.Headers) > 0, `headers: write what the shop needs as headers of [host."NAME"]`},
		{len(w.Steps) > 0, "steps in a browser: pages are read as they are"},
		{strings.Contains(w.Backend, "webdriver"), "a browser: it is read without one first; see fetch.browser_url for pages that must be drawn"},
		{w.Schedule.Enabled, "hours in which it was looked at: write them as schedule"},
	} {
		if not.there {
			b.left(who, "%s", not.what)
		}
	}
	return b.add(e)
}
