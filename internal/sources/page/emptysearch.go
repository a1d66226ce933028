package page

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/atom"

	"github.com/sainyuka/sainyuka/internal/pattern"
)

// nothingFound matches the line of a search that found nothing; below it shops
// recommend other things.
var nothingFound = pattern.MustCompile(`(^|[^0-9,.])0\s*件(の(商品|検索結果|結果|アイテム)|(が)?(ヒット|見つか)|中)|^[^0-9]{0,24}[\s::(「]?0\s*件\)?[。]?$|` +
	`(商品|アイテム|検索結果|オークション|該当.{0,6}|一致.{0,8}|条件.{0,12}|もの|作品|出品)[はがも、\s]*(ありません|ございません|見つかりません|みつかりません|見付かりません|存在しません|ヒットしません)|該当なし$|検索結果なし|(お探し|ご指定).{0,16}(見つかりません|ございません)|` +
	`\bno (search |matching )?(results?|products?|items?|listings?|matches|hits)\b( (were |was |could be )?(found|available|match)| for |[.!]?$)|\b(0|zero) (results?|products?|items?|matches|hits)\b|did(n['’]t| not) match any|nothing (was )?(found|matched)|no(thing)? match(es|ed)? (your|for)|(could ?n['’]t|could not|can['’]t|cannot|unable to) find any(thing| products| results| items| matches)?|returned no results|` +
	`keine (suchergebnisse|ergebnisse|treffer|produkte|artikel)( |\.|!|$)|nichts gefunden|aucun (résultat|produit|article)|0 résultat|nessun (risultato|prodotto|articolo)|no se (han )?encontr|sin resultados|no hay (productos|resultados)|nenhum (resultado|produto|item)|não encontr|geen (resultaten|producten|artikelen)|brak wyników|nie znaleziono|ничего не найдено|не найдено|нічого не знайдено|sonuç bulunamadı|` +
	`沒有找到|没有找到|找不到(相關|相关|符合|任何|您)|查無|無搜尋結果|无搜索结果|沒有符合|没有符合|未找到|검색\s?결과가 없|상품이 없|일치하는 .{0,10}없`)

// maxNothing bounds the line that says that nothing was found.
const maxNothing = 80

// NothingFound returns the line by which a search says that it found nothing; ""
// where none does.
func (d *Document) NothingFound() string {
	for _, p := range d.Leaves() {
		if p.Tag() == "a" || p.Tag() == "option" || p.Tag() == "button" || p.Tag() == "label" {
			continue
		}
		t := p.Text()
		if n := utf8.RuneCountInString(t); n < 2 || n > maxNothing || cartLine.MatchString(t) {
			continue
		}
		if nothingFound.MatchString(strings.ToLower(t)) {
			return t
		}
	}
	return ""
}

// cartLine are lines on the visitor's own things, which a new visitor has none of.
var cartLine = pattern.MustCompile(`(?i)カート|お気に入り|閲覧|履歴|レビュー|クーポン|ポイント|通知|\bcart\b|\bbasket\b|wish ?list|favou?rites?|recently|reviews?|history|coupon|notifications?`)

// RepeatsWords reports whether the page of a search repeats what was looked for: in
// its title, a heading or the field of its form.
func (d *Document) RepeatsWords() bool {
	words := key(d.searchWords())
	if words == "" {
		return false
	}
	if strings.Contains(key(d.title), words) {
		return true
	}
	for _, h := range append(d.headings, d.subheadings...) {
		if strings.Contains(key(textOf(h)), words) {
			return true
		}
	}
	for n := range below(d.HTML.Nodes[0]) {
		if n.DataAtom == atom.Input && key(attr(n, "value")) == words {
			return true
		}
	}
	return false
}

// searchWords returns what the page's address looks for.
func (d *Document) searchWords() string {
	best := ""
	for name, values := range d.URL.Query() {
		name = strings.ToLower(name)
		if (wordParams[name] || weakWords[name]) && len(values) > 0 && len(values[0]) > len(best) {
			best = values[0]
		}
	}
	if best != "" {
		return best
	}
	segments := pathSegments(d.URL)
	for i, s := range segments {
		if searchSegment.MatchString(s) && i+1 < len(segments) {
			best = segments[i+1]
		}
	}
	return best
}
