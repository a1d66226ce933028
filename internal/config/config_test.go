package config

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sainyuka/sainyuka/internal/pricing"
	"github.com/sainyuka/sainyuka/internal/stock"
	"github.com/sainyuka/sainyuka/internal/wording"
)

// The first lines of a file under testdata/bad say what is wrong with it:
//
//	# want: LINE: key: message
func TestEveryMistakeIsNamed(t *testing.T) {
	t.Setenv("SAINYUKA_TEST_EMPTY", "")
	files, err := filepath.Glob("testdata/bad/*.toml")
	if err != nil || len(files) < 100 {
		t.Fatalf("testdata/bad has %d files (%v), want more than 100", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".toml"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var want []string
			for line := range strings.Lines(string(text)) {
				rest, ok := strings.CutPrefix(line, "# want: ")
				if !ok {
					break
				}
				want = append(want, file+":"+strings.TrimSuffix(rest, "\n"))
			}
			c, err := Load(file)
			if err == nil {
				t.Fatalf("Load(%s) = %v, want %q", file, c, want)
			}
			if diff := cmp.Diff(want, strings.Split(err.Error(), "\n")); diff != "" {
				t.Errorf("Load(%s): mistakes (-want +got):\n%s", file, diff)
			}
		})
	}
}

func TestNoSecretInMistakes(t *testing.T) {
	for _, setting := range []string{
		"[web]\nlisten = \":1\"\npassword = \"hunter2${\"",
		"[web]\npassword = [\"hunter2\"]",
		"[fetch]\nproxy = \"me:hunter2@proxy.example:3128\"",
		"[fetch]\nproxy = \"http://me:hunter2/x@proxy.example:3128\"",
		"[fetch]\nproxy = \"http://me:hunter2%zz@proxy.example:3128\"",
		"[fetch]\nproxy = \"socks5://me:hunter2@proxy.example:3128\"",
		"[fetch]\nproxy = \"http://me:hunter2@proxy.example:99999\"",
		"[nats]\nurl = \"nats://me:hunter2@a:4222,nats://me:hunter2%zz@b\"",
		"[api.rakuten]\napplication_id = \"hunter2 hunter2\"",
		"[api.yahoo]\napp_id = \"hunter2${\"",
		"[[channel]]\nid = \"x\"\ntype = \"ntfy\"\nurl = \"https://ntfy.example/hunter2/\"\ntoken = \"${hunter\"",
		"[[channel]]\nid = \"x\"\ntype = \"webhook\"\nurl = \"https://hook.example/hunter2#\"\nsecret = \"hunter2\"",
		"[[channel]]\nid = \"x\"\ntype = \"telegram\"\ntoken = \"hunter2\"\nchat_id = \"hunter2 \"",
		"[[channel]]\nid = \"x\"\ntype = \"line\"\ntoken = \"hunter2 \"\nto = \"hunter2\"",
		"[[channel]]\nid = \"x\"\ntype = \"email\"\nhost = \"mail.example\"\nfrom = \"a@b.example\"\nto = \"a@b.example\"\ntls = \"none\"\nusername = \"hunter2\"\npassword = \"hunter2\"",
		"[[channel]]\nid = \"x\"\ntype = \"discord\"\nurl = \"https://discord.example/hunter2\"",
		"[[channel]]\nid = \"x\"\ntype = \"webhook\"\nurl = \"https://hook.example:hunter2/\"\nsecret = \"whsec_hunter2\"",
	} {
		_, err := parse([]byte(setting), "f.toml", testReader(t, nil))
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("parse(%s) = %v, want an error without the secret", setting, err)
		}
	}
}

func testReader(t *testing.T, env map[string]string) *reader {
	t.Helper()
	return newReader(t.TempDir(), func(name string) (string, bool) {
		value, ok := env[name]
		return value, ok
	})
}

func TestDefaults(t *testing.T) {
	c := load(t, "testdata/good/least.toml")
	here, err := filepath.Abs("testdata/good")
	if err != nil {
		t.Fatal(err)
	}
	want := &Config{
		Path:     "testdata/good/least.toml",
		DataDir:  filepath.Join(here, "data"),
		Language: "ja",
		NATS:     NATS{Replicas: 1},
		Web:      Web{Listen: "127.0.0.1:8480", Pictures: true},
		Fetch:    Fetch{Timeout: 15 * time.Second},
		Hosts:    map[string]Host{},
		Shops:    map[string]pricing.Shop{},
		Alerts: Alerts{
			Owner:     []string{"log"},
			Kinds:     []stock.Kind{stock.Restocked, stock.LotteryOpen, stock.Orderable, stock.MaybeRestocked, stock.NewListing},
			FlapLimit: 6,
			Limits:    stock.Limits{SuspiciousBelow: 50_00, MinRating: 90_00, MinRatings: 10},
			Receipts:  true,
			Weekly:    stock.DigestPlan{Weekly: true, Day: time.Monday, At: 9 * time.Hour, Channels: []string{"log"}},
		},
		Products: []stock.Product{{
			ID: "a", Name: "a", Currency: "JPY",
			Limits:  stock.Limits{MaxAboveList: new(stock.Share(20_00)), SuspiciousBelow: 50_00, MinRating: 90_00, MinRatings: 10},
			MinDrop: stock.Drop{Percent: 5}, LowStock: 3, Priority: 1,
			NotifyAll: true, Notify: []string{},
			Watches: []stock.Watch{{
				ID: stock.WatchID("a", "https://shop.example/a"), URL: "https://shop.example/a",
				Interval: time.Minute, MinInterval: 15 * time.Second,
			}},
		}},
		Channels: []Channel{{ID: "log", Type: "log", Format: "text"}},
	}
	compare(t, c, want)
	if got := c.Timezone.String(); got != "Asia/Tokyo" {
		t.Errorf("time zone %s, want Asia/Tokyo", got)
	}
}

func TestEveryKeyIsRead(t *testing.T) {
	t.Setenv("SAINYUKA_TEST_TOKEN", "tk_123")
	c := load(t, "testdata/good/full.toml")
	watch := func(url string, w stock.Watch) stock.Watch {
		w.ID, w.URL = stock.WatchID("switch2", url), url
		return w
	}
	texts, wrong := wording.Parse(read(t, "testdata/good/alerts.tmpl"), []string{"email"}, nil)
	if len(wrong) > 0 {
		t.Fatal(wrong)
	}
	usual := stock.Limits{
		MaxAboveList: new(stock.Share(300_00)), SuspiciousBelow: 40_00, MinRating: 90_00, MinRatings: 10, SellersDeny: []string{"転売屋"},
	}
	want := &Config{
		Path:     "testdata/good/full.toml",
		DataDir:  "/var/lib/sainyuka",
		Language: "en",
		NATS: NATS{
			URL: "nats://a:4222,nats://me:pw@b:4222", CredentialsFile: abs(t, "testdata/good/nats.creds"), Replicas: 3,
			CAFile: abs(t, "testdata/good/ca.pem"), CertFile: abs(t, "testdata/good/client.pem"), KeyFile: abs(t, "testdata/good/client.key"),
		},
		Web: Web{Listen: "[::]:8480", PublicURL: "https://box.example/stock", Password: "correct horse", HintsToken: "hint-tk_123"},
		Fetch: Fetch{
			UserAgent: "mine/1.0", Contact: "me@example.org", Timeout: 20 * time.Second, Proxy: "http://127.0.0.1:3128",
			AllowPrivateAddresses: true, BrowserURL: "http://127.0.0.1:9222", TermsAccepted: []string{"jp.mercari.com"},
		},
		API: API{
			Rakuten: RakutenAPI{
				ApplicationID: "0c3f1b1e-0000-4000-8000-1234567890ab", AccessKey: "pk_tk_123",
				Referer: "https://box.example/", URL: "http://127.0.0.1:8082",
			},
			Yahoo: YahooAPI{AppID: "dj00aiZpPWFiYyZzPWNvbnN1bWVyc2VjcmV0Jng9MDA-", URL: "http://127.0.0.1:8083"},
		},
		Shops: map[string]pricing.Shop{
			"rakuten": {
				Currency: "JPY", Points: 100, WithoutTax: true, Tax: 1000, PointsPer: 100, PointsCap: 15000, PointWorth: 100,
				Shipping: new(int64(550)), FreeShippingFrom: 3980,
				Bonuses: []pricing.Bonus{
					{Name: "5と0のつく日", Points: 100, Cap: 1000, When: pricing.Calendar{Days: []int{5, 10, 15, 20, 25, 30}}},
					{Name: "marathon", Points: 250, Min: 1000, When: pricing.Calendar{
						Weekdays: []time.Weekday{time.Sunday, time.Saturday},
						From:     time.Date(2026, 12, 4, 20, 0, 0, 0, time.UTC), Until: time.Date(2026, 12, 11, 2, 0, 0, 0, time.UTC),
					}},
				},
				Coupons: []pricing.Coupon{
					{Name: "autumn", Share: 1000, Min: 5000, Max: 1000, When: pricing.Calendar{
						Days: []int{1}, Weekdays: []time.Weekday{time.Monday},
						From: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), Until: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC),
					}},
					{Amount: 300},
				},
			},
			"shop.example:8443": {
				Currency: "USD", Points: 50, IgnoreStated: true, WithoutTax: true, Tax: 800, PointsPer: 100, PointWorth: 8000,
				Shipping: new(int64(490)),
			},
		},
		Hosts: map[string]Host{"item.rakuten.co.jp": {Every: 3 * time.Second, Zone: time.UTC}, "shop.example:8443": {Every: 100 * time.Millisecond, Zone: japan}, "drawn.example": {
			Every: 2 * time.Second, Zone: japan, Draw: &stock.Drawing{Ready: ".cart", Hosts: []string{"api.drawn.example", "*.cdn.example"}},
		}},
		Feeds: []Feed{
			{ID: "bot", URL: "https://bot.example/feed.xml", Interval: time.Minute},
			{ID: "community", URL: "http://127.0.0.1:8084/atom", Interval: 30 * time.Second, Within: 5 * time.Minute},
		},
		Wishes: []WishList{{ID: "wishes", URL: "https://www.amazon.co.jp/hz/wishlist/ls/1ABCDEFGHIJK", Interval: 12 * time.Hour}},
		Alerts: Alerts{
			Owner: []string{"hook"}, Kinds: []stock.Kind{stock.Restocked, stock.PriceDrop},
			FlapLimit: 0, Cooldown: 10 * time.Minute,
			Limits: usual, Template: texts,
			Digest:   stock.DigestPlan{Weekly: true, Day: time.Saturday, At: 7*time.Hour + 30*time.Minute, Channels: []string{"hook"}},
			Receipts: true,
			Weekly:   stock.DigestPlan{Weekly: true, Day: time.Sunday, At: 18*time.Hour + 5*time.Minute, Channels: []string{"hook"}},
		},
		Routes: wantRoutes(),
		Products: []stock.Product{
			{
				ID: "switch2", Name: "Nintendo Switch 2", JAN: "4902370553024", Keywords: []string{"Switch 2", "スイッチ2"}, Currency: "JPY", ListPrice: stock.Yen(49980), MaxPrice: stock.Yen(54978),
				MaxEffective: stock.Yen(52000),
				Limits: stock.Limits{
					MaxAboveList: new(stock.Share(12_50)), SuspiciousBelow: 60_00, MinRating: 95_00, MinRatings: 20,
					SellersAllow: []string{"Amazon.co.jp"}, SellersDeny: []string{}, Conditions: []string{"new", "refurbished"},
					RingUnpriced: true, RingSuspicious: true,
				},
				MinDrop: stock.Drop{Amount: stock.Yen(1000)}, LowStock: 5, AlertOnFirst: true, Priority: 2.5, Notify: []string{"phone"}, Tags: []string{"console", "gift"},
				Watches: []stock.Watch{
					watch("https://item.rakuten.co.jp/shop/item/", stock.Watch{Interval: 30 * time.Second, MinInterval: 10 * time.Second, Confirm: 2}),
					watch("https://jp.mercari.com/search?keyword=switch2", stock.Watch{Interval: 10 * time.Minute, MinInterval: 15 * time.Second, MinPrice: stock.Yen(30000), Condition: "used"}),
					watch("http://127.0.0.1:8081/item", stock.Watch{Interval: 5 * time.Second, MinInterval: 5 * time.Second}),
					watch("rakuten-api:?jan=4902370553024&max_price=54978", stock.Watch{Interval: time.Minute, MinInterval: 15 * time.Second}),
					watch("yahoo-api:?q=switch2 本体&not=ケース", stock.Watch{Interval: 2 * time.Minute, MinInterval: 15 * time.Second}),
				},
			},
			{
				ID: "book", Name: "book", Currency: "USD", ListPrice: stock.Price{Minor: 1980, Currency: "USD"}, MaxPrice: stock.Price{Minor: 2000, Currency: "USD"},
				Limits:  usual,
				MinDrop: stock.Drop{Percent: 2.5}, LowStock: 0, Priority: 1, Notify: []string{},
				Watches: []stock.Watch{{
					ID: stock.WatchID("book", "https://shop.example/book"), URL: "https://shop.example/book",
					Interval: time.Minute, MinInterval: 15 * time.Second,
				}},
			},
		},
		Channels: []Channel{
			{ID: "phone", Fallback: "hook", MonthlyLimit: 200, Shared: true, Type: "ntfy", URL: "https://ntfy.example/my-topic", Token: "tk_123", Quiet: stock.Quiet{
				From: 23 * time.Hour, To: 24 * time.Hour, Days: []time.Weekday{time.Friday, time.Saturday},
				Timezone: "Europe/Berlin", Mode: stock.QuietSilent,
			}},
			{ID: "hook", Type: "webhook", URL: "https://hook.example/in?a=b", Secret: "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz"},
			{ID: "log", Type: "log", Format: "json"},
			{ID: "gotify", Type: "gotify", URL: "https://gotify.example/", Token: "Atk_123"},
			{ID: "pushover", Type: "pushover", Token: "aaaaaaaaaabbbbbbbbbbcccccccccc", To: "ddddddddddeeeeeeeeeeffffffffff", APIURL: "http://127.0.0.1:8084"},
			{ID: "telegram", Type: "telegram", Token: "123456:AAAA-bbbb_CCCCddddEEEE", To: "-1001234567890", APIURL: "http://127.0.0.1:8085"},
			{ID: "discord", Type: "discord", URL: "https://discord.com/api/webhooks/123/abc-DEF_ghi"},
			{ID: "slack", Type: "slack", URL: "https://hooks.slack.com/services/T0/B0/abc"},
			{ID: "line", Type: "line", Token: "line+token/=", To: "U0123456789abcdef0123456789abcdef", APIURL: "http://127.0.0.1:8086"},
			{
				ID: "mail", Type: "email", To: "me@example.org",
				Mail: Mail{Host: "smtp.example.com", Port: 2525, TLS: "tls", From: "再入荷 <watch@example.com>", Username: "watch", Password: "mailpass"},
			},
			{ID: "browser", Type: "webpush", Contact: "me@example.org", Services: []string{"push.example", "127.0.0.1:8087"}},
			{ID: "apprise", Type: "apprise", URL: "https://apprise.example/notify/key"},
			{ID: "own", Type: "webhook", URL: "https://hook.example/own", Method: "PUT"},
			{ID: "home", Type: "mqtt", URL: "mqtts://broker.example", MQTT: MQTT{Username: "stock", Password: "brokerpass", Topic: "home/stock", Discovery: "homeassistant"}},
		},
	}
	if got := c.Channels[0].Quiet.Location.String(); got != "Europe/Berlin" {
		t.Errorf("quiet hours in %s, want Europe/Berlin", got)
	}
	c.Channels[0].Quiet.Location = nil // has its name beside it
	compare(t, c, want)
	if got := c.Timezone.String(); got != "UTC" {
		t.Errorf("time zone %s, want UTC", got)
	}
}

func TestFileMayBeginWithByteOrderMark(t *testing.T) {
	text := "\ufeff" + read(t, "testdata/good/least.toml")
	if _, err := parse([]byte(text), "f.toml", testReader(t, nil)); err != nil {
		t.Errorf("parse of a file with a byte order mark: %v", err)
	}
}

func TestPricesMayBeWrittenInSeveralWays(t *testing.T) {
	for _, tt := range []struct {
		currency, written string
		want              int64
	}{
		{"JPY", `1980`, 1980},
		{"JPY", `1_980`, 1980},
		{"JPY", `"1980"`, 1980},
		{"EUR", `19`, 1900},
		{"EUR", `19.8`, 1980},
		{"EUR", `"19.80"`, 1980},
		{"KWD", `1.234`, 1234},
	} {
		text := strings.Replace(read(t, "testdata/good/least.toml"), `id = "a"`,
			fmt.Sprintf("id = \"a\"\ncurrency = %q\nmax_price = %s", tt.currency, tt.written), 1)
		c, err := parse([]byte(text), "f.toml", testReader(t, nil))
		if err != nil {
			t.Errorf("max_price = %s %s: %v", tt.written, tt.currency, err)
			continue
		}
		if got, want := c.Products[0].MaxPrice, (stock.Price{Minor: tt.want, Currency: tt.currency}); got != want {
			t.Errorf("max_price = %s %s: %v, want %v", tt.written, tt.currency, got, want)
		}
	}
}

func TestEvery(t *testing.T) {
	c := &Config{Hosts: map[string]Host{
		"shop.example": {Every: 3 * time.Second}, "shop.example:8443": {Every: 4 * time.Second}, "::1": {Every: 5 * time.Second},
	}}
	for host, want := range map[string]time.Duration{
		"shop.example":      3 * time.Second,
		"shop.example:8443": 4 * time.Second,
		"shop.example:9000": 3 * time.Second,
		"[::1]:80":          5 * time.Second,
		"[::1]":             5 * time.Second,
		"www.shop.example":  2 * time.Second,
		// What the documents of the official APIs allow.
		"openapi.rakuten.co.jp": time.Second,
		"shopping.yahooapis.jp": 2 * time.Second,
		"":                      2 * time.Second,
	} {
		if got := c.Every(host); got != want {
			t.Errorf("Every(%q) = %v, want %v", host, got, want)
		}
	}
}

func TestHashIsOfTheMeaning(t *testing.T) {
	t.Setenv("SAINYUKA_TEST_TOKEN", "tk_123")
	text := read(t, "testdata/good/full.toml")
	hash := func(change ...string) string {
		r := newReader(abs(t, "testdata/good"), os.LookupEnv)
		c, err := parse([]byte(strings.NewReplacer(change...).Replace(text)), "f.toml", r)
		if err != nil {
			t.Fatalf("%q: %v", change, err)
		}
		return c.Hash
	}
	before := hash()
	for _, same := range [][]string{
		{"[web]", "# a remark\n\n[web]"},
		{"priority = 2.5", "priority = 2.50"},
		{`"60s"`, `"1m"`},
		{"/var/lib/sainyuka", "/srv/sainyuka"},
		{"[::]:8480", "127.0.0.1:8480"},
		{"${SAINYUKA_TEST_TOKEN}", "another"},
		{"nats://a:4222", "nats://c:4222"},
	} {
		if got := hash(same...); got != before {
			t.Errorf("replacing %q: hash %s, want %s as before", same, got, before)
		}
	}
	for _, different := range [][]string{
		{`interval = "30s"`, `interval = "31s"`},
		{"max_price = 54978", "max_price = 54979"},
		{"100ms", "200ms"},
		{"shipping = 550", "shipping = 500"},
		{"my-topic", "your-topic"},
		{`language = "en"`, `language = "ja"`},
		{`timezone = "UTC"`, `timezone = "Asia/Tokyo"`},
	} {
		if got := hash(different...); got == before {
			t.Errorf("replacing %q: the same hash, want another", different)
		}
	}
	if !regexp.MustCompile(`^[A-Za-z0-9_-]{16}$`).MatchString(before) {
		t.Errorf("hash %q, want 16 characters that are safe in a lease", before)
	}
}

func TestFileThatCannotBeRead(t *testing.T) {
	for _, path := range []string{"testdata/none.toml", "testdata"} {
		if c, err := Load(path); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("Load(%s) = %v, %v, want an error that names it", path, c, err)
		}
	}
}

func TestCheckListen(t *testing.T) {
	for _, tt := range []struct {
		address  string
		password bool
		ok       bool
	}{
		{"127.0.0.1:8480", false, true},
		{"127.9.9.9:0", false, true},
		{"localhost:8480", false, true},
		{"[::1]:8480", false, true},
		{"[::ffff:127.0.0.1]:8480", false, true},
		{":8480", false, false},
		{":8480", true, true},
		{"0.0.0.0:8480", false, false},
		{"192.168.1.2:8480", false, false},
		{"192.168.1.2:8480", true, true},
		{"localhost.example:8480", false, false},
		{"127.0.0.1", true, false},
		{"127.0.0.1:http", true, false},
		{"", true, false},
	} {
		if err := CheckListen(tt.address, tt.password); (err == nil) != tt.ok {
			t.Errorf("CheckListen(%q, %v) = %v, want ok %v", tt.address, tt.password, err, tt.ok)
		}
	}
}
