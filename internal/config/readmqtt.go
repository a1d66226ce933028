package config

import "strings"

// maxTopic keeps the topics of products within what every broker takes.
const maxTopic = 200

func (s *section) mqtt(c *Channel) {
	c.URL = s.addressBy("mqtt", "mqtts")
	m := &c.MQTT
	m.Username, m.Password = s.secret("username"), s.secret("password")
	if s.hasSecret("password") && !s.hasSecret("username") {
		s.errorf(s.given("password"), "is of no use without username")
	}
	m.Topic = s.topic("topic", "sainyuka")
	if m.Topic == "" {
		s.errorf("topic", "is empty")
	}
	m.Discovery = s.topic("discovery", "homeassistant")
}

// topic reads the beginning of MQTT topics: section 4.7 of MQTT 5.
func (s *section) topic(key, def string) string {
	topic := s.text(key, def)
	if topic == "" {
		return ""
	}
	if len(topic) > maxTopic || strings.ContainsAny(topic, "+# ") || strings.HasPrefix(topic, "/") || strings.HasSuffix(topic, "/") || strings.HasPrefix(topic, "$") {
		s.errorf(key, "must be a topic of at most %d bytes without +, # and spaces, and neither begin nor end with /, as in home/sainyuka", maxTopic)
		return def
	}
	return topic
}
