package config

import (
	"github.com/sainyuka/sainyuka/internal/stock"
	"github.com/sainyuka/sainyuka/internal/wording"
)

// template reads the user's own texts for alerts and tries them on samples. What
// is wrong with them is told with their own file and line.
func (s *section) template(key string) *wording.Set {
	name := s.text(key, "")
	if name == "" {
		return nil
	}
	text, err := readSmall(s.r.abs(name))
	switch {
	case err != nil:
		s.errorf(key, "cannot read %q: %v", name, cause(err))
		return nil
	case len(text) > maxSecret:
		s.errorf(key, "the file %q is larger than %d KiB", name, maxSecret>>10)
		return nil
	}
	kinds := []string{string(stock.Flapping)}
	for _, k := range stock.Kinds() {
		kinds = append(kinds, string(k))
	}
	set, wrong := wording.Parse(text, ChannelTypes(), kinds)
	for _, m := range wrong {
		s.r.list.elsewhere(name, m.Line, m.What)
	}
	return set
}
