package config

import (
	"encoding/base64"
	"regexp"
	"slices"
	"strings"
)

// The types of channels.
const (
	typeLog     = "log"
	typeNtfy    = "ntfy"
	typeWebhook = "webhook"
)

// laterTypes are types that the contracts name and this version lacks.
var laterTypes = []string{"gotify", "pushover", "telegram", "discord", "slack", "line", "email", "webpush"}

// channels reads every [[channel]].
func (s *section) channels() []Channel {
	var channels []Channel
	first := map[string]int{}
	for _, c := range s.tables("channel") {
		if channel := c.channel(first); channel.ID != "" {
			channels = append(channels, channel)
		}
	}
	if !s.has("channel") {
		s.r.list.missing(1, "channel", `alerts would reach nobody: add a [[channel]] with an id and a type ("ntfy", "webhook" or "log")`)
	}
	return channels
}

func (s *section) channel(first map[string]int) Channel {
	c := Channel{ID: s.id("channel", first)}
	t := s.take("type", formText)
	if t == nil {
		if !s.has("type") {
			s.r.list.missing(s.line, join(s.path, "type"), `is missing: "ntfy", "webhook" or "log"`)
		}
		return c // which keys it may have, only its type tells
	}
	c.Type = t.text
	switch types := []string{typeLog, typeNtfy, typeWebhook}; {
	case c.Type == typeLog:
		c.Format = s.choice("format", "text", "text", "json")
	case c.Type == typeNtfy:
		s.ntfy(&c)
	case c.Type == typeWebhook:
		s.webhook(&c)
	case slices.Contains(laterTypes, c.Type):
		s.errorf("type", "%q is not available in this version; use log, ntfy or webhook", c.Type)
		return c
	default:
		s.errorf("type", "unknown type %q%s", c.Type, guess(c.Type, types))
		return c
	}
	s.done()
	return c
}

var topicShape = regexp.MustCompile(`^[-_A-Za-z0-9]{1,64}$`)

func (s *section) ntfy(c *Channel) {
	c.Token = s.secret("token")
	c.URL = s.address()
	if c.URL == "" {
		return
	}
	path, _, query := strings.Cut(c.URL, "?")
	if topic := path[strings.LastIndexByte(path, '/')+1:]; query || strings.Count(path, "/") < 3 || !topicShape.MatchString(topic) {
		s.errorf(s.given("url"), "must end with the topic, 1 to 64 of A-Z, a-z, 0-9, - and _, as in https://ntfy.example/my-topic")
	}
}

func (s *section) webhook(c *Channel) {
	c.URL = s.address()
	c.Secret = s.secret("secret")
	if c.Secret == "" {
		return
	}
	text, ok := strings.CutPrefix(c.Secret.Reveal(), "whsec_")
	key, err := base64.StdEncoding.DecodeString(text)
	if !ok || err != nil || len(key) < 24 || len(key) > 64 {
		s.errorf(s.given("secret"), `must be "whsec_" and the base64 of 24 to 64 random bytes`)
	}
}

// address reads the URL of a channel, which is as good as a password for many a
// receiver.
func (s *section) address() string {
	u, ok := s.secretLink("url", "https", "http")
	switch {
	case !ok && !s.has("url") && !s.has("url_file"):
		s.r.list.missing(s.line, join(s.path, "url"), "is missing: where to send the alerts")
	case !ok && s.take("url", formText) != nil && s.node.keys["url"].text == "":
		s.errorf("url", "is empty")
	case ok && u.Fragment != "":
		s.errorf(s.given("url"), "must have no #")
	case ok:
		return u.String()
	}
	return ""
}
