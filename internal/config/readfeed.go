package config

import (
	"time"
)

const (
	defaultFeedInterval = time.Minute
	leastFeedInterval   = 30 * time.Second
	maxFeedInterval     = 24 * time.Hour
	maxFeedWithin       = 6 * time.Hour
	maxFeeds            = 64
)

// feeds reads every [[feed]].
func (s *section) feeds() []Feed {
	var feeds []Feed
	first := map[string]int{}
	for _, f := range s.tables("feed") {
		feeds = append(feeds, f.feed(first))
	}
	if len(feeds) > maxFeeds {
		s.errorf("feed", "there are %d feeds, at most %d can be followed", len(feeds), maxFeeds)
	}
	return feeds
}

func (s *section) feed(first map[string]int) Feed {
	defer s.done()
	f := Feed{
		ID:       s.id("feed", first),
		URL:      s.link("url", "https", "http"),
		Interval: s.duration("interval", defaultFeedInterval, leastFeedInterval, maxFeedInterval),
		Within:   s.duration("within", 0, 0, maxFeedWithin),
	}
	if !s.has("url") {
		s.r.list.missing(s.line, join(s.path, "url"), `is missing: give the address of the feed, for example url = "https://bot.example/feed.xml"`)
	}
	return f
}
