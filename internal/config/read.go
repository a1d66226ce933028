package config

import (
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// The defaults of the contracts, and limits beyond which a setting cannot be
// meant.
const (
	defaultZone     = "Asia/Tokyo"
	defaultListen   = "127.0.0.1:8480"
	defaultTimeout  = 15 * time.Second
	defaultEvery    = 2 * time.Second
	leastEvery      = 100 * time.Millisecond
	defaultFlaps    = 6
	defaultWeekly   = "mon 09:00"
	maxFlaps        = 1000
	maxReplicas     = 5
	maxEvery        = time.Hour
	maxTimeout      = 5 * time.Minute
	maxCooldown     = 30 * 24 * time.Hour
	restrictedLeast = 10 * time.Minute // between two looks at a host of fetch.terms_accepted
)

// config reads the whole file. The order matters: channels before what names
// them, and the accepted hosts before the watches on them.
func (r *reader) config(root *node) *Config {
	s := r.section(root, "", 1)
	for _, key := range []string{"nats", "web", "fetch", "api", "host", "shop", "feed", "wishlist", "alerts", "product", "route", "channel"} {
		s.takeAny(key)
	}
	c := &Config{
		DataDir:  r.abs(s.text("data_dir", "data")),
		Language: s.choice("language", "ja", "ja", "en"),
		Timezone: s.zone("timezone"),
	}
	if s.has("language") {
		r.language = c.Language
	}
	r.top = s.known
	s.done()
	c.NATS = s.table("nats").nats()
	c.Web = s.table("web").web()
	c.Fetch = s.table("fetch").fetch()
	c.API = s.table("api").api()
	c.Hosts = s.table("host").hosts(c.Fetch.BrowserURL != "")
	c.Shops = s.table("shop").shops(c.Timezone)
	c.Feeds = s.feeds()
	c.Wishes = s.wishLists(c.Fetch)
	c.Channels = s.channels(c.Timezone)
	c.Alerts = s.table("alerts").alerts(c.Channels)
	c.Products = s.products(c)
	c.Routes = s.routes(c)
	return c
}

func (s *section) zone(key string) *time.Location {
	name := s.text(key, defaultZone)
	loc, err := time.LoadLocation(name)
	if err != nil || name == "" || name == "Local" {
		s.errorf(key, `must be a time zone such as "Asia/Tokyo" or "UTC", not %q`, name)
		return time.UTC
	}
	return loc
}

func (s *section) nats() NATS {
	defer s.done()
	n := NATS{
		URL:      s.servers("url"),
		CAFile:   s.file("ca_file"),
		CertFile: s.file("cert_file"),
		KeyFile:  s.file("key_file"),
		Replicas: int(s.integer("replicas", 1, 1, maxReplicas)),
	}
	s.users(&n)
	for key, other := range map[string]string{"cert_file": "key_file", "key_file": "cert_file"} {
		if s.has(key) && !s.has(other) {
			s.errorf(key, "is of no use without nats.%s", other)
		}
	}
	if s.has("url") || s.has("url_file") { // a wrong URL is still a wish for a cluster
		return n
	}
	for key, given := range map[string]bool{
		"credentials_file": n.CredentialsFile != "", "watcher_credentials_file": n.WatcherCredentialsFile != "", "ca_file": n.CAFile != "",
		"cert_file": n.CertFile != "", "key_file": n.KeyFile != "", "replicas": n.Replicas > 1,
	} {
		if given {
			s.errorf(key, "is for a cluster, and without nats.url the engine is embedded: set nats.url too, or leave this out")
		}
	}
	return n
}

// users reads the files with the credentials of the cluster's users. A machine needs the
// file of its own role alone: of two files either may be missing.
func (s *section) users(n *NATS) {
	n.WatcherCredentialsFile = s.absent("watcher_credentials_file")
	if n.WatcherCredentialsFile == "" {
		n.CredentialsFile = s.file("credentials_file")
		return
	}
	n.CredentialsFile = s.absent("credentials_file")
	n.Inbox = InboxNotifier
	if !readable(n.CredentialsFile) && !readable(n.WatcherCredentialsFile) {
		s.file("watcher_credentials_file") // says what is wrong with it
	}
}

// absent reads the path of a file that need not be there.
func (s *section) absent(key string) string {
	if name := s.text(key, ""); name != "" {
		return s.r.abs(name)
	}
	return ""
}

func readable(path string) bool {
	f, err := os.Open(path)
	if err == nil {
		err = f.Close()
	}
	return err == nil
}

// servers reads a list of NATS servers, with commas between them.
func (s *section) servers(key string) string {
	raw := s.secret(key).Reveal()
	if raw == "" {
		return ""
	}
	for one := range strings.SplitSeq(raw, ",") {
		if _, err := parseSecretURL(strings.TrimSpace(one), "nats", "tls", "ws", "wss"); err != nil {
			s.errorf(s.given(key), "every server %v", err)
			return ""
		}
	}
	return raw
}

// file reads the path of a file that others will read, and makes sure that they
// will be able to.
func (s *section) file(key string) string {
	name := s.text(key, "")
	if name == "" {
		return ""
	}
	path := s.r.abs(name)
	f, err := os.Open(path)
	if err != nil {
		s.errorf(key, "cannot read %q: %v", name, cause(err))
		return ""
	}
	_ = f.Close()
	return path
}

func (s *section) fetch() Fetch {
	defer s.done()
	f := Fetch{
		UserAgent:             s.text("user_agent", ""),
		Contact:               s.text("contact", ""),
		Timeout:               s.duration("timeout", defaultTimeout, time.Second, maxTimeout),
		AllowPrivateAddresses: s.flag("allow_private_addresses"),
		CAFile:                s.authorities("ca_file"),
		BrowserURL:            s.link("browser_url", "http", "https", "ws", "wss"),
		Memory:                s.size("memory", leastMemory, mostMemory),
	}
	if u, ok := s.secretLink("proxy", "http"); ok {
		if f.Proxy = u.String(); u.Path != "" && u.Path != "/" || u.RawQuery != "" {
			s.errorf(s.given("proxy"), "must be only http://HOST:PORT")
		}
	}
	hosts, _ := s.words("terms_accepted")
	for _, w := range hosts {
		key, ok := hostKey(w.text)
		if !ok {
			s.r.list.add(w.line, w.path, `must be a host such as "jp.mercari.com", not %q`, w.text)
			continue
		}
		f.TermsAccepted = append(f.TermsAccepted, key)
	}
	return f
}

func (s *section) alerts(channels []Channel) Alerts {
	defer s.done()
	a := Alerts{
		Kinds:     s.kinds("kinds"),
		FlapLimit: int(s.integer("flap_limit", defaultFlaps, 0, maxFlaps)),
		Cooldown:  s.duration("cooldown", 0, 0, maxCooldown),
	}
	a.Receipts = s.flag("receipts") || !s.has("receipts")
	a.Template = s.template("template_file")
	a.Limits = s.limits(stock.Limits{SuspiciousBelow: defaultSuspicious, MinRating: defaultRating, MinRatings: defaultRatings})
	a.Digest = s.table("digest").digest(channels)
	owner, _ := s.words("owner")
	a.Owner = s.r.channelIDs(owner, channels)
	if len(owner) == 0 {
		for _, c := range channels {
			a.Owner = append(a.Owner, c.ID)
		}
	}
	a.Weekly = s.weekly("weekly", a.Owner)
	return a
}

// kinds reads the kinds of change that ring.
func (s *section) kinds(key string) []stock.Kind {
	list, ok := s.words(key)
	if !ok {
		return ringsByDefault()
	}
	names, kinds := kindNames(), []stock.Kind{}
	for _, w := range list {
		switch {
		case w.text == string(stock.Baseline):
			s.r.list.add(w.line, w.path, "the first look never rings by itself: set alert_on_first at the product")
		case !slices.Contains(names, w.text):
			s.r.list.add(w.line, w.path, "unknown kind %q%s", w.text, guess(w.text, names))
		default:
			kinds = append(kinds, stock.Kind(w.text))
		}
	}
	return kinds
}

// guess ends the message about an unknown word.
func guess(word string, known []string) hint {
	if meant := near(word, known); meant != "" {
		return hint{hintMeant, quoted([]string{meant})}
	}
	named := slices.DeleteFunc(slices.Clone(known), func(k string) bool { return k == "" }) // a wrong id counts as absent
	if len(named) == 0 {
		return hint{}
	}
	return hint{hintThere, quoted(named)}
}

// channelIDs checks names of channels against those that exist.
func (r *reader) channelIDs(list []word, channels []Channel) []string {
	var known []string
	for _, c := range channels {
		known = append(known, c.ID)
	}
	ids := []string{}
	for _, w := range list {
		switch {
		case slices.Contains(known, w.text):
			ids = append(ids, w.text)
		case len(known) == 0:
			r.list.missing(w.line, w.path, "unknown channel %q: there is no [[channel]] with an id", w.text)
		default:
			r.list.missing(w.line, w.path, "unknown channel %q%s", w.text, guess(w.text, known))
		}
	}
	return ids
}

// restricted reports whether a page is on a host of fetch.terms_accepted.
func restricted(u *url.URL, accepted []string) bool {
	host := stock.HostKey(u)
	return slices.Contains(accepted, host) || slices.Contains(accepted, bareHost(host))
}
