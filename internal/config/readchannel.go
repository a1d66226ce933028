package config

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// maxMonthly is more messages a month than any service sells to a person.
const maxMonthly = 10_000_000

// channelType is a type of channel and how its keys are read.
type channelType struct {
	name string
	read func(s *section, c *Channel)
}

// channelTypes are all types of channels; one line adds one.
var channelTypes = []channelType{
	{"log", (*section).log},
	{"ntfy", (*section).ntfy},
	{"webhook", (*section).webhook},
	{"gotify", (*section).gotify},
	{"pushover", (*section).pushover},
	{"telegram", (*section).telegram},
	{"discord", (*section).discord},
	{"slack", (*section).slack},
	{"line", (*section).lineBot},
	{"email", (*section).email},
	{"webpush", (*section).webpush},
	{"apprise", (*section).apprise},
	{"mqtt", (*section).mqtt},
}

// ChannelTypes returns the names of all types of channels.
func ChannelTypes() []string {
	names := make([]string, len(channelTypes))
	for i, t := range channelTypes {
		names[i] = t.name
	}
	return names
}

// channels reads every [[channel]].
func (s *section) channels(zone *time.Location) []Channel {
	var channels []Channel
	var sections []*section
	first := map[string]int{}
	for _, c := range s.tables("channel") {
		if channel := c.channel(first, zone); channel.ID != "" {
			channels, sections = append(channels, channel), append(sections, c)
		}
	}
	if !s.has("channel") {
		s.r.list.missing(1, "channel", `alerts would reach nobody: add a [[channel]] with an id and a type, such as "ntfy", "line" or "log"`)
	}
	for i, c := range sections {
		c.warnAboutChannel(channels[i])
		c.fallback(channels[i], channels)
	}
	return channels
}

// fallback checks that a channel falls back on another one, and that no letter
// can go round in a circle.
func (s *section) fallback(c Channel, channels []Channel) {
	var ids []string
	next := map[string]string{}
	for _, c := range channels {
		ids = append(ids, c.ID)
		next[c.ID] = c.Fallback
	}
	if c.Fallback != "" && !slices.Contains(ids, c.Fallback) {
		s.errorf("fallback", "unknown channel %q%s", c.Fallback, guess(c.Fallback, ids))
		return
	}
	for at, steps := c.Fallback, 0; at != "" && steps <= len(channels); at, steps = next[at], steps+1 {
		if at == c.ID {
			s.errorf("fallback", "leads back to %q: a letter would go round in a circle", c.ID)
			return
		}
	}
}

func (s *section) channel(first map[string]int, zone *time.Location) Channel {
	c := Channel{
		ID: s.id("channel", first), Fallback: s.text("fallback", ""), Quiet: s.table("quiet").quiet(zone),
		MonthlyLimit: int(s.integer("monthly_limit", 0, 0, maxMonthly)), Shared: s.flag("shared"),
	}
	t := s.take("type", formText)
	if t == nil {
		if !s.has("type") {
			s.r.list.missing(s.line, join(s.path, "type"), `is missing: the service, such as "ntfy", "line" or "log"`)
		}
		return c // which keys it may have, only its type tells
	}
	c.Type = t.text
	i := slices.IndexFunc(channelTypes, func(t channelType) bool { return t.name == c.Type })
	switch {
	case i >= 0:
		channelTypes[i].read(s, &c)
		if c.Type != "log" && c.Type != "webpush" { // they reach nobody, or only public services
			c.CAFile = s.authorities("ca_file")
		}
		s.done()
	default:
		s.errorf("type", "unknown type %q%s", c.Type, guess(c.Type, ChannelTypes()))
	}
	return c
}

func (s *section) log(c *Channel) { c.Format = s.choice("format", "text", "text", "json") }

var topicShape = regexp.MustCompile(`^[-_A-Za-z0-9]{1,64}$`)

func (s *section) ntfy(c *Channel) {
	c.Token, c.Username, c.Password = s.secret("token"), s.secret("username"), s.secret("password")
	for key, other := range map[string]string{"username": "password", "password": "username"} {
		if s.hasSecret(key) && !s.hasSecret(other) {
			s.errorf(s.given(key), "is of no use without %s", other)
		}
	}
	if s.hasSecret("token") && s.hasSecret("username") {
		s.errorf(s.given("token"), "is another way in than username and password: leave one of them out")
	}
	c.URL = s.address()
	if c.URL == "" {
		return
	}
	path, _, query := strings.Cut(c.URL, "?")
	if topic := path[strings.LastIndexByte(path, '/')+1:]; query || strings.Count(path, "/") < 3 || !topicShape.MatchString(topic) {
		s.errorf(s.given("url"), "must end with the topic, 1 to 64 of A-Z, a-z, 0-9, - and _, as in https://ntfy.example/my-topic")
	}
}

func (s *section) gotify(c *Channel) {
	c.URL = s.address()
	if strings.Contains(c.URL, "?") {
		s.errorf(s.given("url"), "must be the server's address, without a ?: the token has its own key")
	}
	c.Token = s.needed("token", anyToken, "is missing: the token of an application of the server")
}

// The shapes of what services hand out. Each comes with what to say of a text
// that does not have it, which never repeats the text.
var (
	anyToken      = shape{regexp.MustCompile(`^[!-~]{1,1000}$`), "must be plain letters, digits and signs, without spaces"}
	pushoverKey   = shape{regexp.MustCompile(`^[A-Za-z0-9]{30}$`), "must be 30 letters and digits"}
	telegramToken = shape{regexp.MustCompile(`^[0-9]{3,20}:[-_A-Za-z0-9]{20,80}$`), "must be as @BotFather wrote it: digits, a colon, and letters"}
	telegramChat  = shape{regexp.MustCompile(`^(-?[0-9]{1,20}|@[A-Za-z0-9_]{4,32})$`), "must be a number, negative for a group, or the @name of a public channel"}
	lineTarget    = shape{regexp.MustCompile(`^[UCR][0-9a-f]{32}$`), "must be U (a person), C (a group) or R (a room) and 32 of 0-9 and a-f; it is not the LINE ID that friends search for"}
	discordPath   = regexp.MustCompile(`/webhooks/[0-9]+/[-_A-Za-z0-9]+(\?thread_id=[0-9]+)?$`)
)

func (s *section) pushover(c *Channel) {
	c.Token = s.needed("token", pushoverKey, "is missing: the API token of an application, from pushover.net")
	c.To = s.needed("user", pushoverKey, "is missing: the key of the user or group that is to be told").Reveal()
	c.APIURL = s.link("api_url", "https", "http")
}

func (s *section) telegram(c *Channel) {
	c.Token = s.needed("token", telegramToken, "is missing: the bot's token, from @BotFather")
	c.To = s.chatID()
	c.APIURL = s.link("api_url", "https", "http")
}

// chatID reads a Telegram chat, which most people write as the number that it is.
func (s *section) chatID() string {
	if n := s.takeAny("chat_id"); n != nil && n.form == formInteger {
		n.form = formText // of the same characters
	}
	return s.needed("chat_id", telegramChat, "is missing: the number of the chat that is to be told").Reveal()
}

func (s *section) discord(c *Channel) {
	c.URL = s.address()
	if c.URL != "" && !discordPath.MatchString(c.URL) {
		s.errorf(s.given("url"), "must be a webhook's, as in https://discord.com/api/webhooks/123/abc")
	}
}

func (s *section) slack(c *Channel) { c.URL = s.address() }

func (s *section) lineBot(c *Channel) {
	c.Token = s.needed("token", anyToken, "is missing: the channel access token of a Messaging API channel")
	c.To = s.needed("to", lineTarget, "is missing: the user id that is to be told, U and 32 of 0-9 and a-f").Reveal()
	c.APIURL = s.link("api_url", "https", "http")
}

// shape is what a text of some kind looks like.
type shape struct {
	*regexp.Regexp
	must string
}

// needed reads a secret that a channel cannot do without.
func (s *section) needed(key string, shape shape, missing string) Secret {
	before := len(s.r.list.all)
	text := s.secret(key)
	switch {
	case text != "" && !shape.MatchString(text.Reveal()):
		s.errorf(s.given(key), "%v", saying{format: shape.must})
	case text == "" && !s.hasSecret(key):
		s.r.list.missing(s.line, join(s.path, key), "%v", saying{format: missing})
	case text == "" && len(s.r.list.all) == before:
		s.errorf(s.given(key), "is empty")
	}
	return text
}

// address reads the URL of a channel, which is as good as a password for many a
// receiver.
func (s *section) address() string { return s.addressBy("https", "http") }

// addressBy is address for other schemes.
func (s *section) addressBy(schemes ...string) string {
	u, ok := s.secretLink("url", schemes...)
	switch {
	case !ok && !s.has("url") && !s.has("url_file"):
		s.r.list.missing(s.line, join(s.path, "url"), "is missing: where to send the alerts")
	case !ok && s.take("url", formText) != nil && s.node.keys.get("url").text == "":
		s.errorf("url", "is empty")
	case ok && u.Fragment != "":
		s.errorf(s.given("url"), "must have no #")
	case ok:
		return u.String()
	}
	return ""
}
