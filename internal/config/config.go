package config

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/sainyuka/sainyuka/internal/pricing"
	"github.com/sainyuka/sainyuka/internal/stock"
	"github.com/sainyuka/sainyuka/internal/wording"
)

// Config is a configuration without mistakes: every default is filled in, every
// path is absolute, every name refers to something.
type Config struct {
	Path     string // of the file, as given to Load
	Hash     string // of the meaning, see hash.go
	DataDir  string
	Language string // "ja" or "en"
	Timezone *time.Location
	NATS     NATS
	Web      Web
	Fetch    Fetch
	API      API
	Hosts    map[string]Host         // by host key, see Every and Zone
	Shops    map[string]pricing.Shop // what the user gets and pays at each, by host key or source
	Feeds    []Feed
	Wishes   []WishList
	Alerts   Alerts
	Products []stock.Product // with their watches' IDs
	Routes   []stock.Route   // in their order
	Channels []Channel
	// Warnings are what is well written and hardly meant, a line each with its place:
	// an example of the documentation, a page that will not be asked.
	Warnings   []string
	WarningsJA []string // the same in Japanese

	PageRules map[string]stock.Rules // of pages that have any, by watch URL, see Rules
}

// NATS says which engine to use.
type NATS struct {
	URL             string // servers with commas between them; "": the embedded one
	CredentialsFile string // "": none
	// WatcherCredentialsFile is of the user for the command watcher, which may not read
	// alerts; "": the watcher uses CredentialsFile.
	WatcherCredentialsFile string
	Inbox                  string // prefix of the subjects of replies; "": _INBOX
	CAFile                 string // of the servers' certificates; "": those that the system trusts
	CertFile               string // our own certificate and its key, for servers that want one; "": none
	KeyFile                string
	Replicas               int // of each stream; 1 for the embedded engine
}

// Prefixes of the reply subjects of the users of a cluster that has one user for each role
// (deploy/nats/accounts.conf), so that no user can read the replies to another.
const (
	InboxWatcher  = "_INBOX_WATCHER"
	InboxNotifier = "_INBOX_NOTIFIER"
	InboxKeeper   = "_INBOX_KEEPER"
)

// AsWatcher returns how the command watcher reaches the cluster.
func (n NATS) AsWatcher() NATS {
	if n.WatcherCredentialsFile != "" {
		n.CredentialsFile = n.WatcherCredentialsFile
		if n.Inbox != "" {
			n.Inbox = InboxWatcher
		}
	}
	return n
}

// AsKeeper returns how a user reaches the cluster who may make and copy streams.
func (n NATS) AsKeeper(credentialsFile string) NATS {
	n.CredentialsFile = credentialsFile
	if n.Inbox != "" {
		n.Inbox = InboxKeeper
	}
	return n
}

// Fetch says how shops are asked.
type Fetch struct {
	UserAgent             string // "": the program's own
	Contact               string
	Timeout               time.Duration
	Proxy                 string // http://HOST:PORT, perhaps with a password; "": none
	AllowPrivateAddresses bool
	BrowserURL            string
	CAFile                string   // of shops, see ReadRoots
	Memory                int64    // bytes of pages at one moment; 0: by the memory of the machine
	TermsAccepted         []string // host keys
}

// API holds what the user has from shops for their official APIs.
type API struct {
	Rakuten RakutenAPI
	Yahoo   YahooAPI
}

// RakutenAPI is the key of an application registered with Rakuten Web Service.
type RakutenAPI struct {
	ApplicationID Secret // "": the API is not asked
	AccessKey     Secret
	Referer       string // the registered site; "": none is sent
	URL           string // where the API is; "": its usual address
}

// YahooAPI is the key of an application registered with Yahoo! JAPAN.
type YahooAPI struct {
	AppID Secret // "": the API is not asked
	URL   string
}

// Host says how one host is asked.
type Host struct {
	Every time.Duration  // at most one request per this long
	Zone  *time.Location // in which its shop keeps its hours
	Draw  *stock.Drawing // how the browser draws its pages; nil: as their source says
	Rules stock.Rules    // how its pages are read, where a watch does not say

	Paused   bool           // nothing is asked there
	Schedule stock.Schedule // when it may be asked

	Headers map[string]Secret // sent to it beside what is always sent
	Cookie  Secret            // of cookie_file, as the header field has it; "": none
}

// Feed is one feed of somebody who tells of restocks.
type Feed struct {
	ID       string
	URL      string
	Interval time.Duration
	Within   time.Duration // how long after an item its restock usually comes
}

// WishList is a public list of things that somebody wants.
type WishList struct {
	ID       string
	URL      string
	Interval time.Duration
}

// Alerts says what rings, by default.
type Alerts struct {
	Owner     []string // channel ids
	Kinds     []stock.Kind
	FlapLimit int  // 0: never fold
	Receipts  bool // the owner hears how new watches are read
	Cooldown  time.Duration
	Limits    stock.Limits // of products that set none themselves
	Digest    stock.DigestPlan
	Weekly    stock.DigestPlan // for the owner
	Template  *wording.Set     // the user's own texts; nil: none
}

// Channel is one place where alerts go. Which fields are set depends on Type.
type Channel struct {
	ID     string
	Type   string // one of channelTypes
	URL    string // ntfy, webhook, gotify, discord, slack, apprise, mqtt
	APIURL string // pushover, telegram, line: where the service is; "": its usual address
	Token  Secret // ntfy, gotify, pushover, telegram, line
	// Username and Password are ntfy's, instead of a token; "": none.
	Username, Password Secret
	CAFile             string // see ReadRoots
	To                 string // pushover's user, telegram's chat_id, line's and email's to
	Secret             Secret // webhook
	Format             string // log: "text" or "json"

	Method  string            // webhook; "": POST
	Headers map[string]Secret // webhook: beside or instead of what is always sent
	Body    *wording.Request  // webhook: nil for the CloudEvents JSON

	Fallback     string // the channel that is told when this one fails; "": none
	MonthlyLimit int    // messages a month; 0: not counted
	Shared       bool   // several people read it: its buttons hold for it alone

	Mail     Mail     // email
	MQTT     MQTT     // mqtt
	Contact  string   // webpush: a mail address or https URL
	Services []string // webpush: host keys of push services besides those of the known browsers

	Quiet stock.Quiet // when it shall not ring
}

// Mail says how mail is sent.
type Mail struct {
	Host               string
	Port               int
	TLS                string // "starttls", "tls" or "none"
	From               string // an address, perhaps with a name
	Username, Password Secret // "": the server asks for none
}

// MQTT says how a broker is used; its address is the channel's URL.
type MQTT struct {
	Username, Password Secret // "": the broker asks for none
	Topic              string // below which everything is published
	Discovery          string // the prefix by which Home Assistant finds devices; "": none are shown
}

// Rates returns the user's terms at the shops, with the calendar that they go by.
func (c *Config) Rates() pricing.Rates { return pricing.Rates{Shops: c.Shops, Location: c.Timezone} }

// Every returns the shortest time between two requests to a host, which is
// given as in a URL: lower case, with its port unless that is the scheme's own.
// A rule for host and port goes before one for the bare host.
func (c *Config) Every(host string) time.Duration {
	if h, ok := c.host(host); ok {
		return h.Every
	}
	if every, ok := apiEvery[host]; ok {
		return every
	}
	return defaultEvery
}

// Zone returns the time zone in which a host's shop keeps its hours: Japan's
// unless the user said another one.
func (c *Config) Zone(host string) *time.Location {
	if h, ok := c.host(host); ok {
		return h.Zone
	}
	return japan
}

// Drawing returns how the browser draws a host's pages, nil when the user did not
// ask for it.
func (c *Config) Drawing(host string) *stock.Drawing {
	h, _ := c.host(host)
	return h.Draw
}

func (c *Config) host(host string) (Host, bool) {
	h, ok := c.Hosts[host]
	if !ok {
		h, ok = c.Hosts[bareHost(host)]
	}
	return h, ok
}

// japan has no daylight saving time.
var japan = time.FixedZone(defaultZone, 9*3600)

// apiEvery holds what the documents of the official APIs allow: Rakuten about one
// request a second, Yahoo! thirty a minute.
var apiEvery = map[string]time.Duration{
	"openapi.rakuten.co.jp": time.Second,
	"shopping.yahooapis.jp": 2 * time.Second,
}

// maxFile holds well over a hundred thousand watches.
const maxFile = 32 << 20

// Load reads a configuration. Its error names every mistake, a line each, as
// FILE:LINE: KEY: what is wrong, with FILE as it was given.
func Load(path string) (*Config, error) {
	folder, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return nil, fmt.Errorf("find the folder of %s: %w", path, err)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	defer func() { _ = f.Close() }()
	var b bytes.Buffer
	if info, err := f.Stat(); err == nil {
		b.Grow(int(min(info.Size(), maxFile)) + bytes.MinRead) // a large file would be copied as often as it grows
	}
	if _, err := b.ReadFrom(io.LimitReader(f, maxFile+1)); err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	data := b.Bytes()
	if len(data) > maxFile {
		return nil, fmt.Errorf("read configuration: %s is larger than %d MiB", path, maxFile>>20)
	}
	return parse(data, path, newReader(folder, os.LookupEnv))
}

func newReader(folder string, env func(string) (string, bool)) *reader {
	return &reader{list: &problems{}, folder: folder, env: env}
}

// parse reads a file's content; path is only its name.
func parse(data []byte, path string, r *reader) (*Config, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff")) // some editors begin a file with it
	root, cuts := parseTree(data, r.list)
	c := r.config(root)
	secondOpinion(data, cuts, r.list)
	if err := r.list.err(path, r.language); err != nil {
		return nil, err
	}
	c.Path, c.Warnings, c.WarningsJA, c.PageRules = path, lines(r.list.warnings, path, "en"), lines(r.list.warnings, path, inJapanese), rulesByURL(c.Products)
	var err error
	c.Hash, err = c.hash()
	return c, err
}
