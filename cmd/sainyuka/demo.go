package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path"
	"path/filepath"
	"syscall"
	"time"

	"github.com/sainyuka/sainyuka/internal/app"
	"github.com/sainyuka/sainyuka/internal/cli"
	"github.com/sainyuka/sainyuka/internal/config"
	"github.com/sainyuka/sainyuka/internal/fakeshop"
	"github.com/sainyuka/sainyuka/internal/ops"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// demo runs the real thing on a street of simulated shops. Only the shops are
// not real: they are reached through a proxy on loopback, under the hosts of the
// shops that they speak like.
func demo(ctx context.Context, env cli.Env, args []string) error {
	fs := flag.NewFlagSet("sainyuka demo", flag.ContinueOnError)
	fs.SetOutput(env.Stderr)
	length := fs.Duration("for", 0, "end by itself after this `TIME`; 0: when interrupted")
	listen := fs.String("listen", "127.0.0.1:0", "`ADDRESS` of the dashboard")
	verbose := fs.Bool("v", false, "show the log")
	if err := cli.ParseFlags(fs, args); err != nil {
		return err
	}
	if err := config.CheckListen(*listen, false); err != nil {
		return cli.UsageError(fmt.Errorf("-listen: %w", err))
	}
	// A terminal that is closed ends a demo: it would go on where nobody sees it.
	ctx, end := signal.NotifyContext(ctx, syscall.SIGHUP)
	defer end()
	if *length > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, *length, errors.New("the demo is over"))
		defer cancel()
	}
	dir, err := os.MkdirTemp("", "sainyuka-demo-")
	if err != nil {
		return fmt.Errorf("make a folder for the demo: %w", err)
	}
	defer os.RemoveAll(dir)
	street := fakeshop.New()
	defer street.Close()
	proxy, closeStreet, err := openStreet(street)
	if err != nil {
		return err
	}
	defer closeStreet()
	stockShelves(street)
	load, err := demoConfig(dir, proxy, *listen)
	if err != nil {
		return err
	}
	cfg, err := load()
	if err != nil {
		return err
	}
	go script().Loop(ctx, street, scriptPeriod) //nolint:errcheck // ends with ctx
	level := slog.LevelWarn
	if *verbose {
		level = slog.LevelInfo
	}
	o := app.Options{Config: cfg, Load: load, Roles: app.Watch | app.Notify}
	// A browser does not use the proxy: it visits the street at its own address.
	o.ShopPage = func(address string) string { return proxy + fakeshop.VisitorPath(address) }
	o.Listening = func(address string) {
		fmt.Fprintf(env.Stdout, "sainyuka demo: a street of simulated shops is open. Dashboard: http://%s/ (Ctrl-C ends it)\n"+
			"再入荷デモ: 模擬商店街が開店しました。数秒で最初の通知が届きます。\n\n", address)
	}
	return cli.Serve(ctx, env, o, ops.NewLogger(env.Stderr, level))
}

// openStreet serves the street on a free port and returns its address.
func openStreet(street *fakeshop.Street) (url string, closeStreet func(), err error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, fmt.Errorf("open the street: %w", err)
	}
	server := &http.Server{Handler: street.Visitors(), ReadHeaderTimeout: 10 * time.Second}
	go server.Serve(ln) //nolint:errcheck // ends with Close
	return "http://" + ln.Addr().String(), func() { server.Close() }, nil
}

// The pages of the demo. The hosts are those of real shops so that their own
// sources read them; the flea market's has a name of its own, because the real
// one asks for ten minutes between two looks.
const (
	ichiba  = "http://" + fakeshop.RakutenHost + "/kazaguruma/console-2/"
	shopYah = "http://" + fakeshop.YahooHost + "/hikari-denki/console-2.html"
	furima  = "http://furima.example/item/m10000000001"
	bakery  = "http://oyatsu.example/items/castella"
	pens    = "http://bungu.example/items/fountain-pen"
	toys    = "http://omocha.example/items/robot"
	coffee  = "http://kissa.example/items/beans"
)

// demoTOML is a configuration as a user would write one, with a faster clock.
const demoTOML = `data_dir = "data"
language = "ja"

[web]
listen = %q

[fetch]
proxy = %q
contact = "demo@example.invalid"

[host."item.rakuten.co.jp"]
every = "250ms"
[host."store.shopping.yahoo.co.jp"]
every = "250ms"
[host."furima.example"]
every = "250ms"
[host."oyatsu.example"]
every = "250ms"
[host."bungu.example"]
every = "250ms"
[host."omocha.example"]
every = "250ms"
[host."kissa.example"]
every = "250ms"

[alerts]
flap_limit = 0

[[product]]
id = "console-2"
name = "ゲーム機 カザグルマ2"
list_price = 49980
max_price = 54978
low_stock = 3

[[product.watch]]
url = %q
interval = "1s"
[[product.watch]]
url = %q
interval = "1s"
[[product.watch]]
url = %q
interval = "1s"

[[product]]
id = "castella"
name = "五三焼カステラ"

[[product.watch]]
url = %q
interval = "1s"

[[product]]
id = "pen"
name = "万年筆 あさぎり"

[[product.watch]]
url = %q
interval = "1s"

[[product]]
id = "robot"
name = "ブリキのロボット"
sellers_deny = ["転売市"]

[[product.watch]]
url = %q
interval = "1s"

[[product]]
id = "beans"
name = "深煎り豆 200g"

[[product.watch]]
url = %q
interval = "1s"

[[channel]]
id = "screen"
type = "log"
`

// demoConfig writes the demo's configuration and returns what reads it.
func demoConfig(dir, proxy, listen string) (load func() (*config.Config, error), err error) {
	path := filepath.Join(dir, "config.toml")
	text := fmt.Sprintf(demoTOML, listen, proxy, ichiba, shopYah, furima, bakery, pens, toys, coffee)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return nil, fmt.Errorf("write the demo's configuration: %w", err)
	}
	return func() (*config.Config, error) { return config.Load(path) }, nil
}

// stockShelves puts the goods on the pages as they are when the demo begins.
func stockShelves(s *fakeshop.Street) {
	console := fakeshop.Item{Title: "ゲーム機 カザグルマ2 本体", Price: stock.Yen(49980), JAN: "4900000000016", Availability: stock.OutOfStock}
	atIchiba := console
	atIchiba.Seller, atIchiba.Image = "かざぐるま玩具店", pictureAt(ichiba)
	s.Set(ichiba, atIchiba)
	atYahoo := console
	atYahoo.Seller, atYahoo.Price = "ひかり電器", stock.Yen(52800)
	s.Set(shopYah, atYahoo)
	dear := console
	dear.Layout, dear.Price = fakeshop.Mercari, stock.Yen(79800)
	s.Set(furima, dear)
	s.Set(bakery, fakeshop.Item{Image: pictureAt(bakery), Title: "五三焼カステラ 一号", Price: stock.Yen(2916), Availability: stock.OutOfStock, Seller: "おやつ堂", Validators: true})
	s.Set(pens, fakeshop.Item{Image: pictureAt(pens), Title: "万年筆 あさぎり", Price: stock.Yen(9800), Availability: stock.OutOfStock, Seller: "文具の灯", StaleData: true})
	s.Set(toys, fakeshop.Item{Image: pictureAt(toys), Title: "ブリキのロボット", Price: stock.Yen(6600), Availability: stock.OutOfStock, Seller: officialToys})
	s.Set(coffee, fakeshop.Item{Image: pictureAt(coffee), Title: "深煎り豆 200g", Price: stock.Yen(1480), Availability: stock.Unknown, Seller: "喫茶こもれび", Layout: fakeshop.OpenGraph})
}

// pictureAt returns the address of a picture in the shop of a page.
func pictureAt(page string) string {
	return "http://" + stock.HostOf(page) + "/picture/" + path.Base(page) + ".png"
}

const scriptPeriod = 40 * time.Second

// The sellers of the toy: the shop itself, and one that the user does not take.
const (
	officialToys = "おもちゃの森"
	reseller     = "転売市"
)

// sells puts the toy on sale by a seller.
func sells(at time.Duration, seller string) fakeshop.Step {
	return fakeshop.Step{At: at, Do: func(s *fakeshop.Street) {
		s.Change(toys, func(it *fakeshop.Item) { it.Availability, it.Seller = stock.InStock, seller })
	}}
}

// script is a day on the street in forty seconds: a restock that is gone again
// within seconds, one that is too dear to ring, one that is only for order, a
// shop that stops answering, one whose data always says in stock, one whose first
// seller is not taken, and one that sells out by removing its button.
func script() fakeshop.Script {
	return fakeshop.Script{
		fakeshop.Turn(3*time.Second, ichiba, stock.InStock),
		fakeshop.Turn(7*time.Second, furima, stock.InStock), // over max_price: shown, never rings
		fakeshop.Turn(8*time.Second, pens, stock.InStock),   // until then its box denied what its data says
		sells(9*time.Second, reseller),                      // held
		fakeshop.Turn(10*time.Second, bakery, stock.PreOrder),
		fakeshop.Turn(12*time.Second, ichiba, stock.SoldOut),
		{At: 14 * time.Second, Do: func(s *fakeshop.Street) { s.Fail(fakeshop.RakutenHost, fakeshop.Reference()) }},
		sells(15*time.Second, officialToys), // rings: the seller is acceptable now
		fakeshop.Turn(16*time.Second, shopYah, stock.InStock),
		fakeshop.Turn(18*time.Second, coffee, stock.InStock), // until then there was no button
		{At: 20 * time.Second, Do: func(s *fakeshop.Street) { s.Heal(fakeshop.RakutenHost) }},
		fakeshop.Turn(24*time.Second, bakery, stock.InStock),
		fakeshop.Turn(26*time.Second, pens, stock.OutOfStock),
		fakeshop.Turn(28*time.Second, shopYah, stock.OutOfStock),
		fakeshop.Turn(29*time.Second, toys, stock.OutOfStock),
		fakeshop.Turn(30*time.Second, furima, stock.SoldOut),
		fakeshop.Turn(34*time.Second, bakery, stock.OutOfStock),
		fakeshop.Turn(35*time.Second, coffee, stock.Unknown), // its button is gone again
	}
}
