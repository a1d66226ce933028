package watch

import (
	"slices"
	"strings"
	"time"

	"github.com/sainyuka/sainyuka/internal/schedule"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// pageSpec is one URL to look at, and who wants to know. It is never changed
// once made, so that Set and the loops may share it.
type pageSpec struct {
	id      string // the URL, normalised
	url     string // as the user wrote it
	source  string
	every   time.Duration // smallest interval of its watches
	nearest time.Duration // smallest min_interval of its watches
	watches []watchSpec
}

// targets returns what the plan learns about.
func (p *pageSpec) targets() []schedule.Target {
	list := make([]schedule.Target, 0, len(p.watches))
	for _, w := range p.watches {
		list = append(list, schedule.Target{ID: w.watch.ID, Product: w.product.ID, Value: w.product.Priority})
	}
	return list
}

// countWatches returns how many watches the hosts have.
func countWatches(hosts map[string][]*pageSpec) (n int) {
	for _, pages := range hosts {
		for _, p := range pages {
			n += len(p.watches)
		}
	}
	return n
}

// sellers returns the hosts on which each product is watched.
func sellers(hosts map[string][]*pageSpec) map[string][]string {
	all := make(map[string][]string)
	for host, pages := range hosts {
		for _, p := range pages {
			for _, w := range p.watches {
				if list := all[w.product.ID]; !slices.Contains(list, host) {
					all[w.product.ID] = append(list, host)
				}
			}
		}
	}
	return all
}

// watchSpec is one watch of one product. Neither may be changed.
type watchSpec struct {
	product *stock.Product
	watch   *stock.Watch
}

// group sorts the watches of all products by the host that is really asked and
// by page: a page is looked at once for all who watch it. What is paused is left out.
func group(products []stock.Product, o Observer) map[string][]*pageSpec {
	hosts := make(map[string][]*pageSpec)
	pages := make(map[string]*pageSpec)
	watched := make(map[string]bool)
	for i := range products {
		for n := range products[i].Watches {
			w := &products[i].Watches[n]
			if watched[w.ID] || products[i].Paused || w.Paused {
				continue // the same URL twice in one product is one watch
			}
			watched[w.ID] = true
			id := stock.NormalizeURL(w.URL)
			if id == w.URL {
				id = w.URL // one text in memory, not two
			}
			p := pages[id]
			if p == nil {
				p = &pageSpec{id: id, url: w.URL, source: o.Source(w.URL), every: w.Interval, nearest: w.MinInterval}
				pages[id] = p
				host := o.Host(w.URL)
				hosts[host] = append(hosts[host], p)
			}
			p.every, p.nearest = min(p.every, w.Interval), min(p.nearest, w.MinInterval)
			p.watches = append(p.watches, watchSpec{&products[i], w})
		}
	}
	for _, list := range hosts {
		slices.SortFunc(list, func(a, b *pageSpec) int { return strings.Compare(a.id, b.id) })
	}
	return hosts
}
