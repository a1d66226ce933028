package sources

import (
	"strings"

	"github.com/sainyuka/sainyuka/internal/pattern"
	"github.com/sainyuka/sainyuka/internal/sources/page"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// verdict is what an answer is that is no product page.
type verdict struct {
	outcome stock.Outcome
	reason  stock.Reason
	text    string // of the page, that it rests on
}

func (v verdict) evidence() []stock.Evidence {
	if v.text == "" {
		return nil
	}
	return []stock.Evidence{page.Evidence(stock.MethodStatus, stock.FactOutcome, string(v.outcome), v.text, "")}
}

// wording is a family of texts that a page puts in the place of a product.
type wording struct {
	outcome stock.Outcome
	reason  stock.Reason
	text    *pattern.Regexp // of folded lower case
}

// What a shop says in the place of an item, and in that of any page.
var (
	itemGone = wording{stock.NotFound, stock.Because(stock.ReasonItemGone), pattern.MustCompile(`該当する商品は削除されています|この商品は削除されています|商品は存在しません|商品が存在しません|商品[はが](見つかりません|みつかりません)([^か]|$)|` +
		`(お探し|ご指定|指定(された)?)の?商品(は|が)(存在しません|ございません|削除|表示できません|見つかりません([^か]|$))|指定された商品は|` +
		`product not found|item not found|we (can ?not|can't|couldn't) find (that|this|the) product`)}
	pageGone = wording{stock.NotFound, stock.Because(stock.ReasonItemGone), pattern.MustCompile(`(お探し|ご指定|指定(された)?)の?(ページ|url)(は|が)(存在しません|ございません|削除|表示できません|見つかりません([^か]|$))|ページが(存在しません|見つかりません([^か]|$))|` +
		`\b404\b.*not found|\bnot found\b.*\b404\b|^404$|page not found|page (can ?not|can't|could not|couldn't) be found|we (can ?not|can't|couldn't) find (that|this|the) page`)}
)

// goneWordings returns which words say that what a watch asks for is gone: a search
// without a hit finds no item either, and a page that is drawn may say of itself, until
// it is, that it is none.
func goneWordings(src source, d *page.Document) []wording {
	var gone []wording
	if !d.IsSearch() && !searches(src, d.URL) && !strings.Contains(d.URL.Path, "/search") {
		gone = append(gone, itemGone)
	}
	if _, early := src.(earlyNotFound); !early {
		gone = append(gone, pageGone)
	}
	return gone
}

// earlyNotFound is a source whose shop sends "page not found" before it draws a page.
type earlyNotFound interface{ SendsNotFoundFirst() }

// wordings are looked for in a page's main statement only: see statements.
var wordings = []wording{
	{stock.Blocked, stock.Because(stock.ReasonCaptcha), pattern.MustCompile(`robot check|captcha|are you (a )?(robot|human)|not a robot|verify(ing)? (that )?you are (a )?human|unusual traffic|画像に表示されている文字|ロボットではありません|ロボットではない`)},
	{stock.Blocked, stock.Because(stock.ReasonGuard), pattern.MustCompile(`just a moment|checking your browser|attention required!|access denied|pardon our interruption|you have been blocked|request blocked|bot detect|アクセスが拒否|アクセスを拒否|アクセスが制限|アクセスを制限|不正なアクセス|^403( forbidden)?$|^forbidden$`)},
	{stock.Blocked, stock.Because(stock.ReasonChallenge), pattern.MustCompile(`javascript is (disabled|not enabled|required)|enable javascript (and|to)|javascriptを有効|javascriptが無効|please enable cookies`)},
	{stock.Blocked, stock.Because(stock.ReasonQueue), pattern.MustCompile(`アクセスが集中|アクセス集中|大変混み合って|混雑して(おり|い)|待合室|順番にご案内|you are now in line|waiting room|queue-it`)},
	{stock.Blocked, stock.Because(stock.ReasonMaintenance), pattern.MustCompile(`メンテナンス(中|のため|を実施|作業中|実施中)|ページが表示できません|サービスを停止|一時的に(サービス|ご利用)|under maintenance|scheduled maintenance|be back soon|temporarily (down|unavailable for)|service unavailable`)},
}

// reference matches what Akamai sends with status 200 in the place of a page.
var reference = pattern.MustCompile(`^Reference\s+#[0-9A-Fa-f.]+$`)

// A page whose text is no longer than this says one thing only.
const shortText = 500

// classify says what an answer is that is not the page of a product. It judges
// main statements: the same words in the footer of a product page are a notice.
func classify(src source, d *page.Document) (verdict, bool) {
	body := strings.TrimSpace(string(d.Page.Body[:min(len(d.Page.Body), 4096)]))
	if body == "" {
		return verdict{stock.Unreadable, stock.Because(stock.ReasonEmptyAnswer), ""}, true
	}
	if len(body) < 200 && reference.MatchString(page.Fold(body)) {
		return verdict{stock.Blocked, stock.Because(stock.ReasonGuardAkamai), page.Fold(body)}, true
	}
	if d.HasProduct() || d.BuyBox().Offer().Availability.Purchasable() {
		return verdict{}, false // no block comes with a product
	}
	gone := goneWordings(src, d)
	if v, ok := worded(d.Statements(shortText), append(gone, wordings...)); ok {
		return v, true
	}
	// A removed item is told of in a line of its own; a footer speaks of captchas
	// and maintenance on every page.
	if v, ok := worded(d.Lines(), gone); ok {
		return v, true
	}
	return wall(d)
}

// worded looks for the wordings in texts.
func worded(texts []string, among []wording) (verdict, bool) {
	for _, s := range texts {
		low := strings.ToLower(s)
		for _, w := range among {
			if hit := w.text.FindString(low); hit != "" {
				return verdict{w.outcome, w.reason, hit}, true
			}
		}
	}
	return verdict{}, false
}

// wall recognises, on a page that says little, forms that stand before the shop.
func wall(d *page.Document) (verdict, bool) {
	if !d.Short(2 * shortText) {
		return verdict{}, false
	}
	switch {
	case d.Has(`form[action*="validateCaptcha"], #captchacharacters, #px-captcha, .g-recaptcha, .h-captcha, .cf-turnstile, iframe[src*="captcha"], script[src*="captcha-delivery.com"]`):
		return verdict{stock.Blocked, stock.Because(stock.ReasonCaptcha), ""}, true
	case d.Has(`#challenge-form, #challenge-running, #challenge-stage, [id^="cf-chl"], #cf-wrapper, script[src*="/cdn-cgi/challenge-platform/"]`):
		return verdict{stock.Blocked, stock.Because(stock.ReasonGuardCloudflare), ""}, true
	case d.Has(`input[type="password"]`):
		return verdict{stock.Blocked, stock.Because(stock.ReasonLogin), ""}, true
	}
	return verdict{}, false
}

// refine adds to the reason of a refusal what its body says. A page that a browser
// could not draw may be none of the kind that was waited for: then it is what it
// says.
func refine(src source, p stock.Page) (stock.Outcome, stock.Reason) {
	switch p.Outcome {
	case stock.Blocked, stock.NotFound, stock.RateLimited, stock.Unreadable:
	default:
		return p.Outcome, p.Reason
	}
	if len(p.Body) == 0 {
		return p.Outcome, p.Reason
	}
	v, found := classify(src, page.Parse(p))
	switch {
	case !found:
		return p.Outcome, p.Reason
	case p.Outcome == stock.Unreadable:
		return v.outcome, v.reason
	case p.Reason.None():
		return p.Outcome, v.reason
	}
	return p.Outcome, p.Reason.And(v.reason)
}
