package web

import "github.com/sainyuka/sainyuka/internal/stock"

// wishView is a product that came from a wish list and is still paused.
type wishView struct{ ID, Name, Host string }

// wished returns the products that came from wish lists and wait for somebody to resume
// them, in the order in which they came.
func (s *Server) wished() (all []wishView) {
	if s.o.Editor == nil || s.o.Entries == nil {
		return nil
	}
	var entries map[string]ProductEntry
	for _, p := range s.o.Products() {
		if !p.Paused || len(p.Watches) == 0 {
			continue
		}
		if entries == nil {
			entries = s.o.Entries()
		}
		if entries[p.ID].Origin == OriginWishList {
			all = append(all, wishView{p.ID, p.Name, stock.HostOf(p.Watches[0].URL)})
		}
	}
	return all
}
