package alerttext

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/guard"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// goldenAlerts is one alert per kind, and those with something special to say.
func goldenAlerts(p stock.Product) map[string]stock.Alert {
	with := func(change func(*stock.Alert)) stock.Alert {
		a := fullAlert(p)
		change(&a)
		return a
	}
	bare := func(k stock.Kind, change func(*stock.Alert)) stock.Alert {
		return with(func(a *stock.Alert) {
			*a = stock.Alert{Kind: k, Product: a.Product, Watch: a.Watch, ObservedAt: a.ObservedAt}
			change(a)
		})
	}
	out := &stock.Previous{Availability: stock.SoldOut, Since: noon.Add(-40 * 24 * time.Hour)}
	return map[string]stock.Alert{
		"restocked": fullAlert(p),
		"restocked_bare": bare(stock.Restocked, func(a *stock.Alert) {
			a.Watch = stock.WatchRef{ID: p.Watches[2].ID, URL: p.Watches[2].URL, Source: "page"}
			a.Offer = stock.Offer{Availability: stock.InStock}
		}),
		"restocked_effective": with(func(a *stock.Alert) {
			a.Offer.Effective, a.Others[0].Effective = stock.Yen(46815), stock.Yen(51480)
			a.Reckoning = []stock.Step{
				{Label: stock.StepPrice, Amount: stock.Yen(49980)},
				{Label: stock.StepShipping, Amount: stock.Yen(0)},
				{Label: stock.StepCoupon, Name: "秋のクーポン", Amount: stock.Yen(-1000)},
				{Label: stock.StepPoints, Points: 444, Amount: stock.Yen(-444)},
				{Label: stock.StepBonus, Name: "5と0のつく日", Points: 444, Amount: stock.Yen(-444)},
				{Label: stock.StepBonus, Points: 1500, Amount: stock.Yen(-1277)},
			}
		}),
		"restocked_no_shipping": with(func(a *stock.Alert) {
			a.Offer.Effective, a.Offer.Shipping = stock.Yen(48481), nil
			a.Reckoning = []stock.Step{
				{Label: stock.StepPrice, Amount: stock.Yen(49980)}, {Label: stock.StepShippingUnknown, Amount: stock.Yen(0)}, {Label: stock.StepPoints, Points: 1499, Amount: stock.Yen(-1499)},
			}
		}),
		"restocked_hostile": with(func(a *stock.Alert) {
			a.Product.Name = ""
			a.Offer.Title = "<script>alert(1)</script> @everyone *_[]()~`\r\nX-Evil: 1\u202e https://evil.example/ " + strings.Repeat("再入荷", 4000)
			a.Offer.Seller, a.Offer.Variant = "@here evil.example", "<b>\u2066赤\u2069</b>"
			a.Evidence[0].Text = "[買う](https://evil.example)"
		}),
		"restocked_dear": with(func(a *stock.Alert) {
			a.Offer.Price, a.Offer.Shipping, a.Marks = stock.Yen(54978), new(stock.Yen(550)), []string{guard.MarkAboveList}
		}),
		"restocked_suspicious": with(func(a *stock.Alert) {
			const page = "https://jp.mercari.com/item/m1"
			a.Offer.Price, a.Offer.Seller, a.Offer.URL = stock.Yen(19800), stock.ShortHash("somebody"), page
			a.Watch, a.Marks = stock.WatchRef{ID: "m1", URL: page, Source: "mercari"}, []string{string(guard.FarBelowList), guard.MarkRatingUnknown}
		}),
		"now_within": with(func(a *stock.Alert) {
			a.Also, a.Marks = []stock.Kind{stock.OfferChanged}, []string{guard.MarkAboveList, guard.MarkNowWithin, string(guard.FarBelowList)}
			a.Previous = &stock.Previous{Availability: stock.InStock, Price: stock.Yen(9800)}
		}),
		"was_unclear": with(func(a *stock.Alert) {
			a.Marks = []string{stock.MarkWasUnclear}
		}),
		"maybe_restocked": with(func(a *stock.Alert) {
			a.Kind, a.Offer.Availability, a.Offer.Quantity, a.Previous = stock.MaybeRestocked, stock.OutOfStock, nil, &stock.Previous{Availability: stock.OutOfStock}
			a.Evidence = []stock.Evidence{
				{Method: stock.MethodBuyBox, Fact: stock.FactAvailability, Value: "InStock", Text: "カートに入れる", Where: "button#cart"},
				{Method: stock.MethodJSONLD, Fact: stock.FactAvailability, Value: "OutOfStock", Text: "https://schema.org/OutOfStock", Where: "$.offers.availability"},
			}
		}),
		"limits_changed": with(func(a *stock.Alert) {
			a.Kind, a.Previous, a.Marks = stock.LimitsChanged, nil, []string{guard.MarkNowWithin, string(guard.AboveMax)}
			own := stock.Within{Product: a.Product, Watch: a.Watch, Offer: a.Offer, NoLonger: string(guard.AboveMax)}
			other := own
			other.Product, other.Offer.Price = stock.ProductRef{ID: "camera", Name: "カメラ"}, stock.Yen(98000)
			a.Within = []stock.Within{own, other}
		}),
		"lottery_open": with(func(a *stock.Alert) {
			a.Kind, a.Offer.SaleMode, a.Offer.Quantity = stock.LotteryOpen, stock.Lottery, nil
		}),
		"orderable": with(func(a *stock.Alert) {
			a.Kind, a.Offer.Availability, a.Offer.Quantity, a.Offer.SaleMode = stock.Orderable, stock.PreOrder, nil, stock.MembersOnly
		}),
		"new_listing": bare(stock.NewListing, func(a *stock.Alert) {
			a.Offer = stock.Offer{Title: "スイッチ2 本体のみ", Price: stock.Yen(45000), Condition: stock.ConditionUsed, URL: rakutenURL + "m123"}
		}),
		"price_drop": with(func(a *stock.Alert) {
			a.Kind, a.Previous = stock.PriceDrop, &stock.Previous{Availability: stock.InStock, Price: stock.Yen(54978)}
		}),
		"price_rise": with(func(a *stock.Alert) {
			a.Kind, a.Previous = stock.PriceRise, &stock.Previous{Availability: stock.InStock, Price: stock.Yen(45000)}
		}),
		"low_stock": with(func(a *stock.Alert) {
			a.Kind, a.Previous = stock.LowStock, &stock.Previous{Availability: stock.InStock, Price: stock.Yen(49980)}
		}),
		"sold_out": with(func(a *stock.Alert) {
			a.Kind, a.Offer.Availability = stock.SoldOutKind, stock.SoldOut
			a.Previous = &stock.Previous{Availability: stock.InStock, Price: stock.Yen(49980), Since: noon.Add(-47 * time.Second)}
		}),
		"gone":      bare(stock.Gone, func(a *stock.Alert) { a.Previous = out }),
		"stale_out": bare(stock.StaleOut, func(a *stock.Alert) { a.Offer.Availability = stock.SoldOut }),
		"unreadable": bare(stock.Unread, func(a *stock.Alert) {
			a.Offer = stock.Offer{Availability: stock.SoldOut, Price: stock.Yen(49980)}
			a.Problem = &stock.Problem{Reason: stock.Said("captcha at https://captcha.example/x"), Since: noon.Add(-6 * time.Hour)}
		}),
		"unreadable_known": bare(stock.Unread, func(a *stock.Alert) {
			a.Problem = &stock.Problem{Outcome: stock.Blocked, Reason: stock.Because(stock.ReasonHTTPStatus, "403 Forbidden").And(stock.Because(stock.ReasonGuard)), Since: noon.Add(-6 * time.Hour)}
		}),
		"readable": bare(stock.Readable, func(a *stock.Alert) { a.Offer.Availability = stock.OutOfStock }),
		"flapping": with(func(a *stock.Alert) { a.Kind, a.Also, a.Others = stock.Flapping, []stock.Kind{stock.Restocked}, nil }),
		"foreign": with(func(a *stock.Alert) {
			a.Offer.Price, a.Previous, a.Offer.Points = stock.Price{Minor: 123456, Currency: "USD"}, nil, nil
		}),
	}
}

// goldenNews is what the owner may hear of sainyuka itself.
func goldenNews() map[string]stock.Alert {
	began, over := noon.Add(-6*time.Hour), noon.Add(-time.Minute)
	lastWeek := noon.Add(-7 * 24 * time.Hour)
	all := map[string]stock.Alert{
		"host_unreadable":  {News: &stock.News{Host: "item.rakuten.co.jp", Outcome: stock.Blocked, Reason: stock.Because(stock.ReasonHTTPStatus, "403 Forbidden"), Since: began, Pages: 40, Unreadable: 38}},
		"host_readable":    {News: &stock.News{Host: "item.rakuten.co.jp", Outcome: stock.Blocked, Reason: stock.Because(stock.ReasonHTTPStatus, "403 Forbidden"), Since: began, Until: over, Pages: 37, Unreadable: 1}},
		"channel_refused":  {Kind: stock.ChannelDown, News: &stock.News{Channel: "phone", Cause: stock.CauseRefused, Reason: stock.Said("unrecognised answer (HTTP 200): answered by something that is not ntfy: a login page?"), Since: began}},
		"channel_disabled": {Kind: stock.ChannelDown, News: &stock.News{Channel: "phone", Cause: stock.CauseDisabled, Reason: stock.Said("not authorised (HTTP 401): unauthorized"), Since: began}},
		"channel_quota":    {Kind: stock.ChannelDown, News: &stock.News{Channel: "line", Cause: stock.CauseQuota, Since: noon, Until: time.Date(2026, 11, 1, 0, 0, 0, 0, tokyo)}},
		"channel_failing":  {Kind: stock.ChannelDown, News: &stock.News{Channel: "phone", Cause: stock.CauseFailing, Reason: stock.Said("trouble that may pass (HTTP 502)"), Since: noon.Add(-15 * time.Minute)}},
		"channel_up":       {News: &stock.News{Channel: "phone", Cause: stock.CauseFailing, Reason: stock.Said("trouble that may pass (HTTP 502)"), Since: noon.Add(-15 * time.Minute), Until: over}},
		"storage_down":     {News: &stock.News{Reason: stock.Said("engine is unavailable (503): JetStream not enabled"), Since: noon.Add(-30 * time.Second)}},
		"storage_up":       {News: &stock.News{Reason: stock.Said("engine is unavailable (503): JetStream not enabled"), Since: began, Until: over}},
		"data_lost": {News: &stock.News{Since: noon.Add(-time.Minute), Losses: []stock.Loss{
			{Kind: stock.LostLetters, Count: 22, Rebuilt: 20, Buried: 2},
			{Kind: stock.LostRecords, Count: 7},
			{Kind: stock.LostBrowsers, Count: 2, Names: []string{"browser", "browser"}},
			{Kind: stock.LostMutes, Count: 1, Names: []string{"switch2"}},
			{Kind: stock.LostProofs, Count: 10},
		}}},
		"weekly":         {News: &stock.News{Since: lastWeek, Pages: 57, LastLook: noon.Add(-3 * time.Second), Sent: 12}},
		"weekly_trouble": {Kind: stock.Weekly, News: &stock.News{Since: lastWeek, Pages: 57, Unreadable: 1, LastLook: noon.Add(-30 * time.Hour), Sent: 1, Troubled: []string{"line", "phone"}}},
		"weekly_nothing": {Kind: stock.Weekly, News: &stock.News{Since: lastWeek, Pages: 1}},
	}
	for name, s := range goldenSetups() {
		all[name] = stock.Alert{Kind: stock.SetupReceipt, News: &stock.News{Since: began, Pages: s.Read + s.Unread, Unreadable: s.Unread, Setup: &s}}
	}
	for name, a := range all {
		if a.ObservedAt = noon; a.Kind == "" {
			a.Kind = stock.Kind(name)
		}
		all[name] = a
	}
	return all
}

func TestTexts(t *testing.T) {
	p := switch2()
	for name, a := range goldenAlerts(p) {
		for _, language := range []string{"ja", "en"} {
			v := View{Language: language, Location: tokyo, Product: p, Now: noon.Add(3 * time.Second)}
			checkGolden(t, name+"."+language, a, v)
		}
	}
	for name, a := range goldenNews() {
		for _, language := range []string{"ja", "en"} {
			checkGolden(t, "news_"+name+"."+language, a, View{Language: language, Location: tokyo, Now: noon.Add(time.Hour)})
		}
	}
	for _, language := range []string{"ja", "en"} {
		long := View{Language: language, Location: tokyo, Product: p, Now: noon.Add(3 * time.Second), Type: "email"}
		checkGolden(t, "restocked_long."+language, fullAlert(p), long)
		v := View{Language: language, Location: tokyo, Product: p, Now: noon.Add(12 * time.Minute)}
		checkGolden(t, "late_unknown."+language, fullAlert(p), v)
		v.Current = &stock.State{Availability: stock.SoldOut, ObservedAt: noon.Add(9 * time.Minute)}
		checkGolden(t, "late_sold_out."+language, fullAlert(p), v)
	}
}

// The store drops a URL that does not fit; the configuration has the watch's.
func TestDroppedURLs(t *testing.T) {
	p := switch2()
	a := fullAlert(p)
	a.Watch.URL, a.Offer.URL = "", ""
	m, err := Render(stock.Letter{Alert: a}, View{Product: p, Now: noon})
	if err != nil || m.URL != rakutenURL {
		t.Errorf("Render of a letter without URLs: link %q (%v), want the watch's %q", m.URL, err, rakutenURL)
	}
}

func checkGolden(t *testing.T, name string, a stock.Alert, v View) {
	t.Helper()
	m, err := Render(stock.Letter{Event: "7", Channel: "phone", Recipient: "r", Epoch: "e", Alert: a}, v)
	if err != nil {
		t.Fatalf("Render(%s): %v", name, err)
	}
	got := fmt.Sprintf("priority %d\nurl %s\nimage %s\n\n%s\n\n%s\n", m.Priority, m.URL, m.Image, m.Title, m.Body)
	file := filepath.Join("testdata", "text", name+".txt")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v (go test -run TestTexts -update writes it)", err)
	}
	if got != string(want) {
		t.Errorf("%s:\ngot:\n%s\nwant:\n%s", name, got, want)
	}
}
