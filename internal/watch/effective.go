package watch

import "github.com/sainyuka/sainyuka/internal/stock"

// effective is what a watch's offer costs in the end; no price where nothing is known of that.
func (h *host) effective(f *follow) stock.Price {
	if h.Effective == nil {
		return stock.Price{}
	}
	return h.Effective(*f.watch, f.source, f.track().State)
}
