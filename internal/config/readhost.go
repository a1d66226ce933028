package config

import (
	"strings"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// hosts reads the [host."NAME"] tables.
func (s *section) hosts(browser bool) map[string]Host {
	hosts := map[string]Host{}
	if s.node == nil {
		s.table("*").host(browser) // so that its keys are known to exist
		return hosts
	}
	for _, name := range s.node.keys.names() {
		key, ok := hostKey(name)
		_, again := hosts[key]
		h := s.table(name).host(browser)
		switch {
		case !ok:
			s.errorf(name, `must be a host such as [host."shop.example"], without https:// and without a path`)
		case again:
			s.errorf(name, "this host is there twice, once with capitals")
		default:
			hosts[key] = h
		}
	}
	return hosts
}

func (s *section) host(browser bool) Host {
	defer s.done()
	h := Host{
		Every: s.duration("every", defaultEvery, leastEvery, maxEvery), Zone: s.zone("timezone"), Draw: s.drawing(browser),
		Rules: s.rules(), Headers: s.headers(), Cookie: s.cookies(), Paused: s.flag("paused"), Schedule: s.schedule(),
	}
	for _, key := range []string{"headers", "cookie_file"} {
		if h.Draw != nil && s.has(key) {
			s.errorf(key, "is not given to a browser: use it without draw")
		}
	}
	return h
}

// drawing reads how a browser draws the pages of a host; nil: it need not.
func (s *section) drawing(browser bool) *stock.Drawing {
	draw := s.flag("draw")
	d := &stock.Drawing{Ready: s.text("draw_ready", "")}
	names, _ := s.words("draw_hosts")
	for _, name := range names {
		host, below := strings.CutPrefix(name.text, "*.")
		if key, ok := hostKey(host); !ok || key != host || below && !strings.Contains(host, ".") {
			s.r.list.add(name.line, name.path, `must be a host such as "api.shop.example", or "*.shop.example" for all below it, not %q`, name.text)
		}
		d.Hosts = append(d.Hosts, name.text)
	}
	switch {
	case draw && !browser:
		s.errorf("draw", "needs a browser: set fetch.browser_url (docs/browser.md)")
	case !draw && s.has("draw_ready"):
		s.errorf("draw_ready", "has no use without draw = true")
	case !draw && s.has("draw_hosts"):
		s.errorf("draw_hosts", "has no use without draw = true")
	}
	if !draw {
		return nil
	}
	return d
}
