package alerttext

import (
	"strings"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
	"github.com/sainyuka/sainyuka/internal/wording"
)

func ownTexts(t *testing.T, file string) *wording.Set {
	t.Helper()
	set, wrong := wording.Parse(file, []string{"ntfy", "email"}, []string{string(stock.Restocked)})
	if len(wrong) > 0 {
		t.Fatalf("Parse = %v", wrong)
	}
	return set
}

func TestTemplates(t *testing.T) {
	p := switch2()
	full := fullAlert(p)
	full.Offer.Effective, full.Marks = stock.Yen(48481), []string{MarkTest}
	full.Reckoning = []stock.Step{{Label: stock.StepPrice, Amount: stock.Yen(49980)}, {Label: stock.StepPoints, Points: 1499, Amount: stock.Yen(-1499)}}
	for _, tt := range []struct{ name, file, title, body string }{
		{
			"everything", `{{define "title"}}{{.What}} {{.Product}} {{.Effective}} {{.Shop}}{{end}}{{define "body"}}
{{.Status}} {{.Quantity}} {{.Group}} {{.Availability}}
{{.Price}} {{.ListPrice}} {{.Shipping}} {{.Points}}
{{.Reckoning}}


{{range .Others}}{{.Name}}: {{.Availability}} {{.Price}}
{{end}}{{join .Evidence "; "}}
{{.Type}} {{.Language}} {{.Channel}} {{.Kind}} {{.ProductID}} {{.URL}}{{end}}`,
			"再入荷 Nintendo Switch 2 ¥48,481 楽天市場",
			"これは試験の通知です。実際の入荷ではありません\n在庫あり・残り2点 2 now InStock\n¥49,980 ¥49,980 ¥0 1499\n内訳: ¥49,980 - 1,499ポイント\n\n" +
				"denki.example: 予約受付中 ¥52,000\nYahoo!ショッピング: 在庫なし ¥51,000\nページ内データ: 在庫 在庫あり: \"在庫あり\"\nntfy ja phone restocked switch2 " + rakutenURL,
		},
		{"control characters", "{{define \"title\"}}a\x1b\n\tb\u202e{{end}}", "a b", ""},
		{"an empty title", `{{define "title"}} {{with .News}}{{.}}{{end}}{{end}}`, "", ""},
		{"another channel's", `{{define "title email"}}x{{end}}`, "", ""},
		{"one that fails although it was tried", `{{define "title"}}x{{end}}{{define "body"}}{{if eq .Product "Nintendo Switch 2"}}{{if eq .Shop "楽天市場"}}{{index .Warnings 0}}{{end}}{{end}}{{end}}`, "x", ""},
	} {
		v := View{Language: "ja", Location: tokyo, Product: p, Now: noon.Add(3 * time.Second), Type: "ntfy"}
		plain, err := Render(stock.Letter{Event: "7", Channel: "phone", Alert: full}, v)
		if err != nil {
			t.Fatal(err)
		}
		failed := 0
		v.Template, v.Failed = ownTexts(t, tt.file), func(error) { failed++ }
		m, err := Render(stock.Letter{Event: "7", Channel: "phone", Alert: full}, v)
		want := plain
		if tt.title != "" {
			want.Title = tt.title
		}
		if tt.body != "" {
			want.Body = tt.body
		}
		if err != nil || m.Title != want.Title || m.Body != want.Body || m.URL != plain.URL {
			t.Errorf("%s: Render = %v\n%s\n\n%s\nwant\n%s\n\n%s", tt.name, err, m.Title, m.Body, want.Title, want.Body)
		}
		if (failed > 0) != strings.HasPrefix(tt.name, "one that fails") {
			t.Errorf("%s: %d failures were told", tt.name, failed)
		}
	}
}

// A template gets a shop's words without what could do harm, and cannot make more
// than a channel takes.
func TestTemplatesGetHarmlessWords(t *testing.T) {
	p := switch2()
	a := fullAlert(p)
	a.Offer.Title, a.Offer.Seller, a.Offer.Variant, a.Offer.Condition = "a\r\nX: https://evil.example/", "\u202e@everyone", strings.Repeat("再", 10000), "www.evil.example"
	a.Evidence[0].Text = "https://evil.example"
	set := ownTexts(t, `{{define "body"}}{{.Item}} {{.Seller}} {{.Condition}} {{range .Evidence}}{{.}}{{end}}{{end}}`)
	m, err := Render(stock.Letter{Alert: a}, View{Language: "en", Product: p, Now: noon, Type: "ntfy", Template: set})
	if err != nil || strings.Contains(m.Body, "evil.example") || strings.ContainsAny(m.Body, "\r\n\u202e") || len(m.Body) > 2000 {
		t.Errorf("Render = %q (%v), want one harmless line", m.Body, err)
	}
	long := ownTexts(t, `{{define "body"}}{{range .Lines}}{{range $.Lines}}{{.}}`+"\n"+`{{end}}{{end}}{{end}}`)
	m, err = Render(stock.Letter{Alert: a}, View{Language: "en", Product: p, Now: noon, Type: "ntfy", Template: long})
	if lines := strings.Count(m.Body, "\n") + 1; err != nil || lines > maxOwnLines {
		t.Errorf("Render = %d lines (%v), want at most %d", lines, err, maxOwnLines)
	}
}
