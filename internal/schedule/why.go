package schedule

import (
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

const (
	peak  = 3 // times the shop's mean: worth telling
	often = 4 // times the mean rate of the shop's targets
)

// Why says in a few words why the page that Next returned is asked now, for
// people who wonder.
func (h *Host) Why(id string, now time.Time) stock.Reason {
	i, ok := h.index[id]
	if !ok {
		return stock.Reason{}
	}
	p, t := &h.pages[i], now.UnixNano()
	switch {
	case p.last == 0:
		return stock.Because(stock.ReasonFirstLook)
	case len(h.pages) == 1:
		return stock.Because(stock.ReasonItsTurn)
	case h.picked.page != int(i):
		return stock.Because(stock.ReasonItsTurn)
	}
	switch h.picked.kind {
	case hinted:
		return h.whyHinted(i, t)
	case late:
		return stock.Because(stock.ReasonNotSeenFor, time.Duration(t-p.last))
	case due:
		if h.hasStock(p) {
			return stock.Because(stock.ReasonStillInStock)
		}
	case best:
		return h.whyBest(p, t)
	}
	return stock.Because(stock.ReasonItsTurn)
}

func (h *Host) hasStock(p *page) bool {
	for _, t := range h.targets[p.first : p.first+p.count] {
		if t.state == in {
			return true
		}
	}
	return false
}

func (h *Host) whyHinted(page int32, t int64) stock.Reason {
	for i := range h.hints {
		x := &h.hints[i]
		if x.page != page || x.from > t {
			continue
		}
		ago := time.Duration(t - x.from)
		if x.source == cartHint {
			return stock.Because(stock.ReasonSoldOutAgo, ago)
		}
		switch source := h.shop.trust[x.source].source; source {
		case FromShop:
			return stock.Because(stock.ReasonOtherShopRestocked, ago)
		case FromSale:
			return stock.Because(stock.ReasonSaleEnded, ago)
		default:
			return stock.Because(stock.ReasonHint, source, ago)
		}
	}
	return stock.Because(stock.ReasonItsTurn)
}

func (h *Host) whyBest(p *page, t int64) stock.Reason {
	// The hour that counts is that of the peak, which may just be over.
	local := h.shop.prof.local(t)
	for back := range int64(10 * 60 / binSeconds) {
		at := (local - back*binSeconds) % 86400
		bin := int(at / binSeconds)
		if b := h.shop.prof.bins; b != nil && b.n[bin] >= 1 && b.level[bin] >= peak {
			at -= at % binSeconds
			return stock.Because(stock.ReasonRestocksNear, stock.Because(stock.ReasonAPISays, at/3600), stock.Because(stock.ReasonAPISays, at/60%60))
		}
	}
	for i := p.first; i < p.first+p.count; i++ {
		if x := &h.targets[i]; x.n >= 2 {
			if mean, _ := h.shop.rate(x); mean >= often*h.shop.mean() {
				return stock.Because(stock.ReasonRestocksOften)
			}
		}
	}
	return stock.Because(stock.ReasonItsTurn)
}
