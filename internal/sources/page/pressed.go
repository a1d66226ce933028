package page

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sainyuka/sainyuka/internal/pattern"
	"github.com/sainyuka/sainyuka/internal/stock"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// isDisabled reports whether a button cannot be pressed: it says so itself, what
// stands close around it does, or anything that it is in takes all presses away.
func isDisabled(n *html.Node) bool {
	for p, i := n, 0; p != nil; p, i = p.Parent, i+1 {
		if hasAttr(p, "inert") || p.DataAtom == atom.Fieldset && hasAttr(p, "disabled") {
			return true
		}
		if i < 3 && (hasAttr(p, "disabled") || attr(p, "aria-disabled") == "true" || disabledClass.MatchString(attr(p, "class"))) {
			return true
		}
		if style := attr(p, "style"); style != "" && styled(style, "pointer-events", "none") {
			return true
		}
	}
	return false
}

var disabledClass = pattern.MustCompile(`(?i)(^|[\s_-])(disabled|is-?disabled|inactive|sold-?out|out-?of-?stock|no-?stock|un-?available|not-?available|not-?purchasable)([\s_-]|$)`)

// idle says why the part of the page around the product offers nothing to press:
// of the buttons that would order none can be pressed, or one offers to write when
// the thing is back. "" when neither is so, or when a choice must be made first.
func (d *Document) idle(disabled []button, box *html.Node) stock.Reason {
	if box == nil {
		return stock.Reason{}
	}
	region := d.region(box)
	for _, b := range disabled {
		if contains(region, b.node) && !pendingChoice(region) {
			return stock.Because(stock.ReasonButtonIdle, quotation(b.label))
		}
	}
	for n := range below(region) {
		if n.DataAtom != atom.Button && n.DataAtom != atom.Input && n.DataAtom != atom.A || d.elsewhere(n) || concealed(n) {
			continue
		}
		if label := buttonLabel(n); notifies(key(label)) {
			return stock.Because(stock.ReasonOnlyNotifies, quotation(label))
		}
	}
	return stock.Reason{}
}

// notifies reports whether the folded lower-case text of a button offers to write
// when the thing can be had.
func notifies(k string) bool {
	if k == "" || utf8.RuneCountInString(k) > 60 {
		return false
	}
	return backNotices.in(k) || restockNotices.in(k) || slices.Contains(noticeLabels, strings.Trim(k, " !.>»"))
}

// restockNotices are parts of such texts that are too short to deny anything by
// themselves, since shops show them beside an order button too.
var restockNotices = newLexicon("再入荷", "入荷お知らせ", "入荷のお知らせ", "入荷通知", "入荷連絡", "入荷したら", "入荷案内", "入荷リクエスト", "waitlist", "wait list", "waiting list", "back in stock", "when available", "when it's back", "when it is back", "when back", "wenn verfügbar", "warteliste", "liste d'attente", "liste d’attente", "lista de espera", "lista d'attesa", "到货提醒", "到貨提醒", "缺货登记", "재입고", "입고알림")

// noticeLabels are all that such a button may say.
var noticeLabels = []string{"notify me", "get notified", "notify", "remind me", "set reminder", "benachrichtigen", "erinnern", "me notifier", "être notifié", "notifícame", "avísame", "avvisami", "通知我", "알림 신청", "通知を受け取る", "お知らせを受け取る"}

// pendingChoice reports whether a choice must be made before a button can be
// pressed: a list whose chosen entry is none, or alternatives of which none is taken.
func pendingChoice(box *html.Node) bool {
	groups := map[string]bool{} // of radio buttons: whether one is taken
	choices := 0
	for n := range below(box) {
		if n.Type == html.ElementNode && choiceName.MatchString(attr(n, "class")) {
			if choices++; choices > 1 || hasAttr(n, "data-product_variations") {
				return true
			}
		}
		switch n.DataAtom {
		case atom.Select:
			if placeholder(n) && !hidden(n) {
				return true
			}
		case atom.Input:
			if strings.EqualFold(attr(n, "type"), "radio") && !hasAttr(n, "disabled") {
				name := attr(n, "name")
				groups[name] = groups[name] || hasAttr(n, "checked")
			}
		}
	}
	for _, taken := range groups {
		if !taken {
			return true
		}
	}
	return false
}

// choiceName are names of what one chooses a variant with, where it is no field of a
// form.
var choiceName = pattern.MustCompile(`(?i)swatch|variations?[-_]?form|variant[-_]|variation[-_]|(^|[\s_-])(sizes?|colou?rs?|talle?s?|tailles?|taglie?|größe|groesse|farbe)([-_](attribute|option|item|button|value|select|list|picker|choice|box|tile)|[-_]?(btn)|$|\s)|attribute[-_]?value|option[-_]?value`)

// placeholder reports whether the entry of a list that is chosen stands for none.
func placeholder(list *html.Node) bool {
	var chosen *html.Node
	for n := range below(list) {
		if n.DataAtom == atom.Option && (chosen == nil || hasAttr(n, "selected")) {
			chosen = n
		}
	}
	if chosen == nil {
		return false
	}
	return hasAttr(chosen, "value") && strings.TrimSpace(attr(chosen, "value")) == "" || chooseWords.in(key(textOf(chosen)))
}

var chooseWords = newLexicon("選択", "選んで", "お選び", "choose", "select", "please", "wählen", "auswählen", "choisir", "sélectionnez", "choisissez", "elige", "selecciona", "seleccione", "scegli", "seleziona", "请选择", "請選擇", "선택")

// allOut reports whether a box lets one choose among variants of which none can be
// had: every entry of a list, or every alternative, is disabled or says so.
func (d *Document) allOut(box *html.Node) (line, bool) {
	radios, out := 0, 0
	var last line
	for n := range below(box) {
		switch n.DataAtom {
		case atom.Select:
			if l, all := d.listOut(n); all && !d.elsewhere(n) {
				return l, true
			}
		case atom.Input:
			if !strings.EqualFold(attr(n, "type"), "radio") || d.elsewhere(n) || concealed(n) {
				continue
			}
			radios++
			text := visible(n.Parent)
			if hasAttr(n, "disabled") || isDisabled(n) || d.denies(text) {
				out++
				last = line{text, n}
			}
		}
	}
	return last, radios > 0 && out == radios
}

func (d *Document) listOut(list *html.Node) (line, bool) {
	total, out := 0, 0
	var last line
	for n := range below(list) {
		if n.DataAtom != atom.Option {
			continue
		}
		text := Fold(textOf(n))
		if hasAttr(n, "value") && attr(n, "value") == "" || text == "" || chooseWords.in(key(text)) && !d.denies(text) {
			continue
		}
		if total++; hasAttr(n, "disabled") || d.denies(text) {
			out++
			last = line{text, list}
		}
	}
	return last, total > 0 && out == total && d.denies(last.text)
}

// denies reports whether a short text says that there is none.
func (d *Document) denies(text string) bool {
	if len(text) > 200 {
		return false
	}
	a, _ := d.StockPhrase(text)
	return a.Group() == stock.No
}
