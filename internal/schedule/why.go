package schedule

import (
	"fmt"
	"time"
)

const (
	peak  = 3 // times the shop's mean: worth telling
	often = 4 // times the mean rate of the shop's targets
)

// Why says in a few words why the page that Next returned is asked now, for
// people who wonder.
func (h *Host) Why(id string, now time.Time) string {
	i, ok := h.index[id]
	if !ok {
		return ""
	}
	p, t := &h.pages[i], now.UnixNano()
	switch {
	case p.last == 0:
		return "first look"
	case len(h.pages) == 1:
		return "its turn"
	case h.picked.page != int(i):
		return "its turn"
	}
	switch h.picked.kind {
	case hinted:
		return h.whyHinted(i, t)
	case late:
		return fmt.Sprintf("not seen for %v", minutes(t-p.last))
	case due:
		if h.hasStock(p) {
			return "in stock: is it still?"
		}
	case best:
		return h.whyBest(p, t)
	}
	return "its turn"
}

func (h *Host) hasStock(p *page) bool {
	for _, t := range h.targets[p.first : p.first+p.count] {
		if t.state == in {
			return true
		}
	}
	return false
}

func (h *Host) whyHinted(page int32, t int64) string {
	for i := range h.hints {
		x := &h.hints[i]
		if x.page != page || x.from > t {
			continue
		}
		ago := minutes(t - x.from)
		if x.source == cartHint {
			return fmt.Sprintf("sold out %v ago: carts expire", ago)
		}
		switch source := h.shop.trust[x.source].source; source {
		case FromShop:
			return fmt.Sprintf("another shop restocked it %v ago", ago)
		case FromSale:
			return fmt.Sprintf("a sale ended %v ago", ago)
		default:
			return fmt.Sprintf("hint from %s %v ago", source, ago)
		}
	}
	return "its turn"
}

func (h *Host) whyBest(p *page, t int64) string {
	// The hour that counts is that of the peak, which may just be over.
	local := h.shop.prof.local(t)
	for back := range int64(10 * 60 / binSeconds) {
		at := (local - back*binSeconds) % 86400
		bin := int(at / binSeconds)
		if b := h.shop.prof.bins; b != nil && b.n[bin] >= 1 && b.level[bin] >= peak {
			at -= at % binSeconds
			return fmt.Sprintf("restocks on this shop near %02d:%02d", at/3600, at/60%60)
		}
	}
	for i := p.first; i < p.first+p.count; i++ {
		if x := &h.targets[i]; x.n >= 2 {
			if mean, _ := h.shop.rate(x); mean >= often*h.shop.mean() {
				return "it restocks often"
			}
		}
	}
	return "its turn"
}

// minutes is a time that people read: whole minutes, or seconds below one.
func minutes(ns int64) string {
	d := time.Duration(ns)
	switch m := int(d.Round(time.Minute) / time.Minute); {
	case d < time.Minute:
		return fmt.Sprintf("%d seconds", int(d.Seconds()))
	case m == 1:
		return "1 minute"
	default:
		return fmt.Sprintf("%d minutes", m)
	}
}
