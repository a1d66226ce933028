package app

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/sainyuka/sainyuka/internal/alerttext"
	"github.com/sainyuka/sainyuka/internal/bus"
	"github.com/sainyuka/sainyuka/internal/config"
)

// Severity says how bad a finding of the doctor is.
type Severity string

// The severities.
const (
	Fine    Severity = "ok"
	Note    Severity = "note"    // worth knowing; nothing to mend
	Trouble Severity = "trouble" // something is wrong
)

// Diagnosis is one finding of `sainyuka doctor`.
type Diagnosis struct {
	Code     string   `json:"code"`
	Severity Severity `json:"severity"`
	Store    string   `json:"store,omitempty"`
	Count    int      `json:"count,omitempty"`
	Names    []string `json:"names,omitempty"`
	Text     string   `json:"text"`
	Mended   bool     `json:"mended,omitempty"` // by -repair, or at the last start
}

// mostNamed bounds the names in one finding.
const mostNamed = 10

// doctor compares the store with the configuration.
type doctor struct {
	bus    *bus.Bus
	cfg    *config.Config
	repair bool
	found  []Diagnosis
}

// Doctor checks the store and the configuration against each other, and with repair
// mends what it can.
func Doctor(ctx context.Context, b *bus.Bus, cfg *config.Config, repair bool) ([]Diagnosis, error) {
	var err error
	if cfg, err = WithProducts(ctx, b.Products, cfg); err != nil {
		return nil, err
	}
	d := &doctor{bus: b, cfg: cfg, repair: repair}
	d.losses()
	x, err := b.Examiner.Examine(ctx)
	if err != nil {
		return d.found, fmt.Errorf("examine the store: %w", err)
	}
	for _, check := range []func(context.Context, bus.Examination) error{d.messages, d.letters, d.watches, d.people, d.room} {
		if err := check(ctx, x); err != nil {
			return d.found, err
		}
	}
	if !slices.ContainsFunc(d.found, func(f Diagnosis) bool { return f.Severity == Trouble }) {
		messages := 0
		for _, s := range x.Streams {
			messages += s.Messages
		}
		d.add(Diagnosis{Code: "store_whole", Severity: Fine, Count: messages})
	}
	return d.found, nil
}

// add notes a finding in the words of the configuration's language.
func (d *doctor) add(f Diagnosis) {
	f.Names = firstNames(f.Names)
	f.Text = doctorText(d.cfg.Language, f)
	d.found = append(d.found, f)
}

func firstNames(names []string) []string {
	names = slices.Compact(slices.Sorted(slices.Values(names)))
	return names[:min(len(names), mostNamed)]
}

// losses repeats what the last start found missing, until the owner was told.
func (d *doctor) losses() {
	losses, _ := d.bus.Inventory.Losses()
	for i, line := range alerttext.Losses(d.cfg.Language, losses) {
		if i < len(losses) {
			d.found = append(d.found, Diagnosis{
				Code: "lost_" + string(losses[i].Kind), Severity: Trouble, Count: losses[i].Count, Names: losses[i].Names, Text: line,
				Mended: losses[i].Rebuilt+losses[i].Buried == losses[i].Count,
			})
		}
	}
}

// messages tells what cannot be read, and removes what is nonsense.
func (d *doctor) messages(ctx context.Context, x bus.Examination) error {
	for _, s := range x.Streams {
		if s.Unreadable > 0 {
			d.add(Diagnosis{Code: "unreadable", Severity: Trouble, Store: s.Name, Count: s.Unreadable})
		}
		if len(s.Nonsense) == 0 {
			continue
		}
		f := Diagnosis{Code: "nonsense", Severity: Trouble, Store: s.Name, Count: len(s.Nonsense)}
		if d.repair {
			n, err := d.bus.Examiner.DiscardNonsense(ctx, s)
			if err != nil {
				return err
			}
			f.Mended = n == len(s.Nonsense)
		}
		d.add(f)
	}
	return nil
}

// letters tells of those that wait for channels that are not configured, and of dead
// ones.
func (d *doctor) letters(ctx context.Context, x bus.Examination) error {
	channels := ChannelIDs(d.cfg)
	known := func(channel string) bool { return slices.Contains(channels, channel) }
	var lost []string
	for _, channel := range x.Waiting {
		if !known(channel) {
			lost = append(lost, channel)
		}
	}
	if len(lost) > 0 {
		f := Diagnosis{Code: "letters_without_channel", Severity: Trouble, Count: len(lost), Names: lost}
		if d.repair {
			n, err := d.bus.BuryOrphans(ctx, known, func(string, string) bool { return true })
			if err != nil {
				return fmt.Errorf("give up letters of channels that are not configured: %w", err)
			}
			f.Mended = n >= len(lost)
		}
		d.add(f)
	}
	if x.Dead > 0 {
		d.add(Diagnosis{Code: "dead_letters", Severity: Note, Count: x.Dead})
	}
	return nil
}

// watches compares the watches of the configuration with those that have records.
func (d *doctor) watches(_ context.Context, x bus.Examination) error {
	watched, recorded := map[string]string{}, map[string]bool{}
	for _, p := range d.cfg.Products {
		for _, w := range p.Watches {
			watched[w.ID] = p.ID
		}
	}
	var left, fresh []string
	for _, tid := range x.Watches {
		if recorded[tid] = true; watched[tid] == "" {
			left = append(left, tid)
		}
	}
	for tid, product := range watched {
		if !recorded[tid] {
			fresh = append(fresh, product)
		}
	}
	if len(left) > 0 {
		d.add(Diagnosis{Code: "history_without_watch", Severity: Note, Count: len(left), Names: left})
	}
	if len(fresh) > 0 {
		d.add(Diagnosis{Code: "watch_without_history", Severity: Note, Count: len(fresh), Names: fresh})
	}
	return nil
}

// people compares what is kept about people with the configuration.
func (d *doctor) people(ctx context.Context, _ bus.Examination) error {
	facts, err := d.bus.People.Facts(ctx, "")
	if err != nil {
		return err
	}
	products, channels := map[string]bool{}, map[string]bool{}
	for _, p := range d.cfg.Products {
		products[p.ID] = true
	}
	for _, id := range ChannelIDs(d.cfg) {
		channels[id] = true
	}
	stray := map[string][]string{}
	for _, f := range facts {
		words := strings.Split(f.Key, ".")
		switch {
		case len(words) < 2:
		case words[0] == "mute" && !products[words[1]]:
			stray["mute_without_product"] = append(stray["mute_without_product"], words[1])
		case words[0] == "sub" && !channels[words[1]]:
			stray["browser_without_channel"] = append(stray["browser_without_channel"], words[1])
		case words[0] == "off" && channels[words[1]]:
			stray["disabled"] = append(stray["disabled"], words[1])
		}
	}
	for _, code := range slices.Sorted(maps.Keys(stray)) {
		d.add(Diagnosis{Code: code, Severity: Note, Count: len(stray[code]), Names: stray[code]})
	}
	return nil
}

// room tells of a stream that fills.
func (d *doctor) room(ctx context.Context, _ bus.Examination) error {
	stream, percent, err := d.bus.Sizes.Fullest(ctx)
	if err != nil {
		return err
	}
	if percent >= 85 {
		d.add(Diagnosis{Code: "nearly_full", Severity: Trouble, Store: stream, Count: percent})
	}
	return nil
}
