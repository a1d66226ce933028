package importtest

// rule says what one package may import besides the standard library. Paths of
// our own are given without "internal/" in front.
type rule struct {
	own       []string // packages of this module
	libraries []string // other modules: a path stands for everything below it
	tests     []string // libraries that its tests may use besides those of everybody's tests
	beside    []string // packages of this module that its tests may use besides its own and everybody's
	pure      bool     // it decides and does nothing: no network, no files, no log, not even from the standard library
}

// Libraries that several packages share.
const (
	colly      = "github.com/gocolly/colly/v2"
	compress   = "github.com/klauspost/compress"
	flock      = "github.com/gofrs/flock"
	goquery    = "github.com/PuerkitoBio/goquery"
	paho       = "github.com/eclipse/paho.golang"
	natsGo     = "github.com/nats-io/nats.go"
	natsServer = "github.com/nats-io/nats-server/v2"
	prometheus = "github.com/prometheus/client_golang"
	qrCode     = "rsc.io/qr"
	toml       = "github.com/pelletier/go-toml/v2"
	xNet       = "golang.org/x/net"
	xSync      = "golang.org/x/sync"
	yaml       = "go.yaml.in/yaml/v3"
	xText      = "golang.org/x/text"
)

// allow is the package map. Its order is that of the layers, top down; a
// package may import from the layers below its own alone.
var allow = map[string]rule{
	"cmd/sainyuka": {
		own:       []string{"app", "cli", "config", "ops", "natsd", "fakeshop", "stock"}, // fakeshop: the demo's street
		libraries: []string{natsGo, prometheus},
	},
	"cmd/watcher":  {own: []string{"app", "cli", "config", "ops"}},
	"cmd/notifier": {own: []string{"app", "cli", "config", "ops"}},
	"cmd/bench":    {own: []string{"bench"}},
	"e2e":          {own: []string{"app", "bus", "cli", "config", "ops", "stock"}, tests: []string{prometheus, natsGo}},
	"readtest":     {own: []string{"fetch", "fingerprint", "sources", "stock"}},
	"crashlab":     {own: []string{"bus", "channel", "natsd", "notify", "stock"}},

	"bench": {own: []string{"app", "config", "fetch", "sources", "stock"}, libraries: []string{colly, compress, xText}},

	"cli": {
		own:       []string{"access", "app", "board", "bus", "config", "fetch", "migrate", "notify", "ops", "pricing", "schedule", "schedule/sim", "sources", "stock", "web"},
		libraries: []string{natsGo, prometheus, qrCode},
	},
	"app": {
		own: []string{
			"access", "alerttext", "bus", "button", "channel", "channel/apprise", "channel/discord", "channel/email", "channel/gotify", "channel/line", "channel/log", "channel/mqtt", "channel/ntfy", "channel/pushover",
			"channel/slack", "channel/telegram", "channel/webhook", "channel/webpush", "config", "diff", "feed", "fetch", "homeassistant", "notify", "ops", "pack", "press", "pricing",
			"schedule", "shop", "sources", "sources/rakutenapi", "sources/yahooapi", "stock", "watch", "web", "wishlist",
		},
		libraries: []string{natsGo, prometheus, xSync, flock},
		beside:    []string{"channel/mqtt/mqtttest"},
		tests:     []string{"github.com/coder/websocket"}, // a push service, and the way to steer a browser
	},

	// These never import one another: each declares the interfaces that it
	// needs, and app joins them.
	"watch":  {own: []string{"diff", "pack", "schedule", "schedule/sim", "stock", "trust"}, libraries: []string{prometheus, xSync}},
	"web":    {own: []string{"access", "board", "chart", "guard", "history", "pack", "pricing", "shop", "stock"}, libraries: []string{prometheus}, tests: []string{goquery}},
	"notify": {own: []string{"alerttext", "button", "channel", "group", "guard", "history", "press", "pricing", "receipt", "rules", "stock", "wording"}, libraries: []string{prometheus, xSync}},
	"pack":   {own: []string{"stock"}, libraries: []string{compress}, pure: true},
	"bus":    {own: []string{"stock"}, libraries: []string{natsGo, prometheus, xSync, compress}}, // compress: the form of a stream's copy
	"feed":   {own: []string{"stock"}, libraries: []string{"github.com/mmcdole/gofeed"}},

	"wishlist": {own: []string{"stock"}},

	"channel/email": {
		own: []string{"channel", "stock"}, libraries: []string{"github.com/wneessen/go-mail"},
		tests: []string{"github.com/emersion/go-sasl", "github.com/emersion/go-smtp"}, // a server to send to
	},
	"channel/discord":       {own: []string{"channel", "stock"}},
	"channel/apprise":       {own: []string{"channel"}},
	"channel/gotify":        {own: []string{"channel", "stock"}},
	"channel/line":          {own: []string{"channel", "stock"}},
	"channel/mqtt":          {own: []string{"channel", "stock"}, libraries: []string{paho}, beside: []string{"channel/mqtt/mqtttest"}},
	"channel/mqtt/mqtttest": {libraries: []string{paho}},
	"homeassistant":         {own: []string{"alerttext", "channel/mqtt", "clock", "guard", "pricing", "shop", "stock"}, libraries: []string{paho}, beside: []string{"channel/mqtt/mqtttest"}},
	"channel/pushover":      {own: []string{"channel", "stock"}},
	"channel/slack":         {own: []string{"channel", "stock"}},
	"channel/telegram":      {own: []string{"channel", "stock"}},
	"channel/log":           {own: []string{"channel", "stock"}},
	"channel/ntfy":          {own: []string{"channel", "stock"}},
	"channel/webpush":       {own: []string{"channel", "stock"}},
	"channel/webhook":       {own: []string{"channel", "stock", "wording"}},
	"channel/channeltest":   {own: []string{"alerttext", "channel", "stock"}},

	"press":     {own: []string{"alerttext", "button", "channel", "stock"}},
	"receipt":   {own: []string{"alerttext", "rules", "stock"}},
	"alerttext": {own: []string{"button", "channel", "guard", "shop", "stock", "wording"}},
	"channel":   {own: []string{"stock"}, libraries: []string{"github.com/rivo/uniseg"}},

	"config": {own: []string{"access", "pricing", "shop", "stock", "wording"}, libraries: []string{toml, xNet, "github.com/andybalholm/cascadia"}}, // what the user writes of pages and header fields
	"ops":    {libraries: []string{prometheus, "github.com/prometheus/client_model", "github.com/prometheus/common"}},
	"natsd":  {libraries: []string{natsServer, natsGo, flock, prometheus}},

	"fetch": {
		own: []string{"fetch/chrome", "fingerprint", "stock"},
		libraries: []string{
			colly, compress, prometheus, xNet, xText,
			"github.com/andybalholm/brotli", "github.com/saintfish/chardet",
		},
		tests: []string{"github.com/temoto/robotstxt"}, // colly's own reader of robots.txt, to compare with
	},
	"fetch/chrome": {own: []string{"stock"}, libraries: []string{"github.com/chromedp/cdproto", "github.com/coder/websocket"}},

	"sources": {
		own: []string{
			"pattern", "shop", "sources/amazon", "sources/auctions", "sources/fleamarket", "sources/mercari", "sources/official", "sources/page", "sources/rakuten", "sources/rakutenapi", "sources/rakutenbooks", "sources/yahoo", "sources/yahooapi",
			"sources/shops", "stock",
		},
		libraries: []string{prometheus},
		tests:     []string{"github.com/andybalholm/cascadia"},
	},
	"schedule/sim":         {own: []string{"schedule", "stock"}, pure: true},
	"sources/amazon":       {own: []string{"sources/page", "stock"}, libraries: []string{goquery}},
	"sources/auctions":     {own: []string{"sources/page", "stock"}, libraries: []string{goquery}},
	"sources/fleamarket":   {own: []string{"sources/page", "stock"}},
	"sources/mercari":      {own: []string{"sources/page", "stock"}, libraries: []string{goquery}},
	"sources/rakuten":      {own: []string{"sources/page", "stock"}, libraries: []string{goquery}},
	"sources/rakutenbooks": {own: []string{"sources/page", "stock"}, libraries: []string{goquery}},
	"sources/yahoo":        {own: []string{"sources/page", "stock"}, libraries: []string{goquery}},
	"sources/shops":        {own: []string{"shop", "sources/page", "stock"}},
	"sources/rakutenapi":   {own: []string{"sources/official", "sources/page", "stock"}},
	"sources/yahooapi":     {own: []string{"sources/official", "stock"}},
	"sources/official":     {own: []string{"sources/page", "stock"}},
	"sources/page":         {own: []string{"htmltree", "pattern", "stock"}, libraries: []string{goquery, xNet, xText}},

	"group":    {own: []string{"rules", "stock"}, pure: true},
	"rules":    {own: []string{"guard", "stock"}, pure: true},
	"board":    {own: []string{"guard", "pricing", "stock"}, libraries: []string{xText}, pure: true},
	"chart":    {pure: true},
	"history":  {own: []string{"rules", "stock"}, pure: true},
	"diff":     {own: []string{"stock"}, beside: []string{"guard"}, pure: true}, // whether what it finds rings
	"schedule": {own: []string{"stock"}, pure: true},
	"trust":    {own: []string{"stock"}, pure: true},
	"pricing":  {own: []string{"shop", "stock"}, pure: true},
	"shop":     {pure: true},
	"guard":    {own: []string{"stock"}, pure: true},
	"wording":  {pure: true},
	"migrate":  {own: []string{"stock"}, libraries: []string{yaml}},
	"button":   {pure: true},
	"access":   {own: []string{"stock"}, libraries: []string{"golang.org/x/crypto/argon2"}},
	"stock":    {libraries: []string{xText}},

	"pattern":     {pure: true},
	"fingerprint": {tests: []string{xText}, pure: true},
	"htmltree":    {libraries: []string{xNet}, pure: true},

	"fakeshop":   {own: []string{"stock"}, libraries: []string{compress, xText}, tests: []string{goquery}},
	"natstest":   {own: []string{"natsd"}, libraries: []string{natsGo, natsServer, "github.com/nats-io/nkeys"}},
	"importtest": {},

	"clock": {},
}

// bothClocks are the packages that may use time.Now: clock, which tells the two
// apart, and what is for tests alone.
var bothClocks = []string{"clock", "fakeshop", "natstest"}

// everybody may import these, but for the pure packages, which are told the time.
var everybody = []string{"clock"}

// Any package's tests may use these besides what the package itself may.
var (
	testPackages  = []string{"fakeshop", "natstest", "natsd", "channel/channeltest"}
	testLibraries = []string{
		"github.com/google/go-cmp", "github.com/rogpeppe/go-internal", "pgregory.net/rapid",
		natsGo,                     // the connection that natstest gives
		prometheus + "/prometheus", // testutil reads what a package counts
	}
)

// impure are parts of the standard library that a pure package has no use for.
var impure = []string{"log", "net", "os"}
