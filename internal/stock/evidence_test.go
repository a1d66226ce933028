package stock

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"
)

func TestDecisiveFirst(t *testing.T) {
	of := []Fact{
		FactTitle, FactQuantity, FactPrice, FactOffer, FactAvailability, FactSaleMode, FactAvailability, FactShipping, "", FactNoPrice,
	}
	all := make([]Evidence, len(of))
	for i, f := range of {
		all[i] = Evidence{Fact: f, Where: string(rune('a' + i))}
	}
	before := slices.Clone(all)
	want := []int{4, 6, 5, 2, 1, 0, 3, 7, 8, 9}
	for i, e := range DecisiveFirst(all) {
		if !reflect.DeepEqual(e, all[want[i]]) {
			t.Errorf("evidence %d is %v, want %v", i, e, all[want[i]])
		}
	}
	if !reflect.DeepEqual(all, before) {
		t.Error("DecisiveFirst changed the list that it was given")
	}
	if got := DecisiveFirst(nil); got != nil {
		t.Errorf("of nothing DecisiveFirst makes %v, want nil", got)
	}
}

func TestEvidenceSentence(t *testing.T) {
	tests := []struct {
		name   string
		e      Evidence
		en, ja string
	}{
		{"a fact", Evidence{Fact: FactAvailability, Value: "InStock", Text: "カートに入れる"}, `availability InStock: "カートに入れる"`, `在庫 在庫あり: "カートに入れる"`},
		{"a note", Evidence{Fact: FactAvailability, Value: "InStock", Text: "Add", Note: NoteByButton}, `availability InStock, by its button: "Add"`, `在庫 在庫あり（ボタンから）: "Add"`},
		{"a value that is the text", Evidence{Fact: FactTitle, Value: "Switch 2", Text: "Switch 2"}, `title: "Switch 2"`, `商品名: "Switch 2"`},
		{"a value of ours that is the text", Evidence{Fact: FactCondition, Value: "new", Text: "new"}, `condition new: "new"`, `状態 新品: "new"`},
		{"no value", Evidence{Fact: FactAvailability, Text: "maybe", Note: NoteNotSchemaOrg}, `availability is not one of schema.org's: "maybe"`, `在庫がschema.orgの値ではありません: "maybe"`},
		{"a range", Evidence{Fact: FactPriceFrom, Value: "100 JPY", Text: "100", Note: NoteByVariant, Args: []string{"200 JPY"}}, `price from 100 JPY to 200 JPY, by variant: "100"`, `最低価格 100 JPY〜200 JPY（種類による）: "100"`},
		{"no text", Evidence{Fact: FactOffer, Value: "1", Note: NoteAddressed, Args: []string{"3"}}, "offer 1 of 3: named by the page's address", "選んだ販売条件 1/3（アドレスが指すもの）"},
		{"a note behind the text", Evidence{Fact: FactListing, Value: "m1", Text: "Switch", Note: NotePriced, Args: []string{"100 JPY"}}, `new listing m1: "Switch", 100 JPY`, `新しい出品 m1: "Switch"、100 JPY`},
		{"of a page", Evidence{Fact: FactPage, Note: NoteSearch}, "search page", "検索ページ"},
		{"an answer", Evidence{Fact: FactAnswer, Value: "4902370553024", Note: NoteAskedAll, Args: []string{"9", "5", "2", "1"}}, "asked for all offers of 4902370553024: 9 found, 5 shown, 2 of them meant, 1 can be bought", "4902370553024 のすべての出品を検索: 9件中5件を表示、該当2件、購入可1件"},
		{"arguments that are missing", Evidence{Fact: FactOffer, Value: "1", Note: NoteAddressed}, "offer 1 of : named by the page's address", "選んだ販売条件 1/（アドレスが指すもの）"},
		{"braces in a text", Evidence{Fact: FactTitle, Text: "{1} {x}", Note: NoteByButton}, `title, by its button: "{1} {x}"`, `商品名（ボタンから）: "{1} {x}"`},
		{"of an old record", Evidence{Said: `availability InStock: "在庫あり"`}, `availability InStock: "在庫あり"`, `availability InStock: "在庫あり"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.e.Sentence(); got != tt.en {
				t.Errorf("in English %q, want %q", got, tt.en)
			}
			if got := tt.e.In(Japanese); got != tt.ja {
				t.Errorf("in Japanese %q, want %q", got, tt.ja)
			}
		})
	}
}

// What is written can be read back, and says its sentence to whoever knows no fields.
func TestEvidenceJSON(t *testing.T) {
	e := Evidence{Method: MethodJSONLD, Fact: FactOffer, Value: "1", Text: "t", Where: "$", Note: NoteCheapest, Args: []string{"3"}}
	b, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"method":"json-ld","says":"offer 1 of 3: the cheapest that can be bought, or the first: \"t\"","where":"$","fact":"offer","value":"1","text":"t","note":"cheapest","note_args":["3"]}`
	if string(b) != want {
		t.Errorf("%v is written as\n%s\nwant\n%s", e, b, want)
	}
	var got Evidence
	if err := json.Unmarshal(b, &got); err != nil || !reflect.DeepEqual(got, e) {
		t.Errorf("%s is read as %#v (%v), want %#v", b, got, err, e)
	}
}

// Evidence of another version says what it said when it was written, and is written
// again as it was.
func TestEvidenceOfOtherVersions(t *testing.T) {
	const said = `availability InStock: \"在庫あり\"`
	for _, tt := range []struct{ name, in, want string }{
		{"before it had fields", `{"method":"page-data","says":"` + said + `","where":"$"}`, `{"method":"page-data","says":"` + said + `","where":"$"}`},
		{"a fact that is not known", `{"method":"page-data","says":"` + said + `","fact":"colour","value":"red"}`, `{"method":"page-data","says":"` + said + `"}`},
		{"a note that is not known", `{"method":"page-data","says":"` + said + `","fact":"price","note":"by_magic"}`, `{"method":"page-data","says":"` + said + `"}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var e Evidence
			if err := json.Unmarshal([]byte(tt.in), &e); err != nil {
				t.Fatal(err)
			}
			if got, want := e.In(Japanese), `availability InStock: "在庫あり"`; got != want {
				t.Errorf("%s says %q, want %q", tt.in, got, want)
			}
			if b, err := json.Marshal(e); err != nil || string(b) != tt.want {
				t.Errorf("%s is written again as %s (%v), want %s", tt.in, b, err, tt.want)
			}
		})
	}
}

func TestEveryFactAndNoteHasWords(t *testing.T) {
	for _, f := range Facts() {
		checkWords(t, "the fact "+string(f), facts[f].words)
	}
	for _, n := range Notes() {
		checkWords(t, "the note "+string(n), notes[n].words)
	}
}

// checkWords demands that both languages are there and have the same arguments.
func checkWords(t *testing.T, what string, w words) {
	t.Helper()
	if (w.en == "") != (w.ja == "") {
		t.Errorf("%s is said in one language only: %q, %q", what, w.en, w.ja)
	}
	if strings.ContainsFunc(w.en, unicode.IsLower) && !strings.ContainsFunc(w.ja, func(r rune) bool { return r > unicode.MaxLatin1 }) && w.en != "jan" {
		t.Errorf("%s has no Japanese: %q", what, w.ja)
	}
	for n := range 10 {
		place := "{" + string(rune('0'+n)) + "}"
		if en, ja := strings.Count(w.en, place), strings.Count(w.ja, place); en != ja {
			t.Errorf("%s names argument %d %d times in English and %d times in Japanese", what, n, en, ja)
		}
	}
}
