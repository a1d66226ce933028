package sim

import (
	"strconv"
	"time"

	"github.com/sainyuka/sainyuka/internal/schedule"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// ours is package schedule, told no more than a watcher would tell it.
type ours struct {
	hosts  []*schedule.Host
	names  [][]string
	places map[string]int // of the names: every host uses the same ones
}

// midnight is when the worlds begin, in the shops' time.
var midnight = time.Date(2026, 4, 1, 0, 0, 0, 0, time.FixedZone("JST", 9*3600))

func at(seconds float64) time.Time {
	return midnight.Add(time.Duration(seconds * float64(time.Second)))
}

func newOurs(t *truth) *ours {
	o := &ours{places: make(map[string]int)}
	for i := range t.hosts {
		s := &t.hosts[i]
		h := schedule.NewHost(time.Duration(s.step*float64(time.Second)), nil)
		var pages []schedule.Page
		var names []string
		for j, x := range s.targets {
			name := strconv.Itoa(j)
			names = append(names, name)
			o.places[name] = j
			pages = append(pages, schedule.Page{
				ID: name, Interval: time.Duration(s.cycle() * float64(time.Second)), MinInterval: 10 * time.Second,
				Looked:  at(-s.cycle() * float64(j+1) / float64(len(s.targets))),
				Targets: []schedule.Target{{ID: name, Product: x.product}},
			})
		}
		h.Set(pages)
		o.hosts, o.names = append(o.hosts, h), append(o.names, names)
	}
	return o
}

func (o *ours) ask(host int, now float64) int {
	t := at(now)
	id, when, ok := o.hosts[host].Next(t)
	if !ok || when.After(t) {
		return -1
	}
	return o.places[id]
}

func (o *ours) saw(host, target int, now float64, in bool) {
	restocked := o.hosts[host].Saw(o.names[host][target], at(now), schedule.Seen{Good: true, In: in})
	for _, product := range restocked {
		for i, h := range o.hosts {
			if i != host {
				h.Hint(stock.Hint{Product: product, Source: schedule.FromShop, At: at(now)})
			}
		}
	}
}
