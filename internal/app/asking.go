package app

import (
	"github.com/sainyuka/sainyuka/internal/fetch"
	"github.com/sainyuka/sainyuka/internal/sources"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// asking is what is asked for a watch's URL, and of whom.
type asking struct {
	request    stock.Request
	host       string // that is asked
	unaccepted string // the host whose terms the user has not taken on; "": none
}

// askingOf returns what is asked for a watch's URL. Of pages it is kept, for as many as
// maxWhole: to find it out costs a good part of what a 304 does.
func (o *observer) askingOf(set *sources.Set, rawURL string) (asking, error) {
	o.mu.Lock()
	a, known := o.askings[rawURL]
	o.mu.Unlock()
	if known {
		return a, nil
	}
	req, err := set.Request(rawURL)
	if err != nil {
		return asking{}, err
	}
	a = asking{request: req, host: fetch.HostOf(req.URL)}
	a.unaccepted = o.unacceptedHost(set, rawURL, a.host)
	if req.API != "" {
		return a, nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.sources.Load() != set { // a reload has brought others
		return a, nil
	}
	if len(o.askings) >= maxWhole {
		clear(o.askings)
	}
	o.askings[rawURL] = a
	return a, nil
}

// movedTo returns the https address to which the page of a watch has moved for good; ""
// when none is known.
func (o *observer) movedTo(rawURL string) string {
	req, err := o.sources.Load().Request(rawURL)
	if err != nil {
		return ""
	}
	return o.fetch.Moved(req.URL)
}
