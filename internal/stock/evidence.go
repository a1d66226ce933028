package stock

import (
	"cmp"
	"encoding/json"
	"slices"
)

// Evidence is one reason for one fact of an offer: how it was read, which text
// stated it, and where that text stands.
type Evidence struct {
	Method Method
	Fact   Fact
	Value  string   // of the fact: "InStock", "1980 JPY"; "" where the text is the value, or there is none
	Text   string   // the text that the fact rests on, as the page has it
	Where  string   // JSON path or CSS selector
	Note   Note     // a qualifier; "" for none
	Args   []string // of the note

	// Said is the sentence of a record written before evidence had fields, which is
	// shown as it is; "" otherwise.
	Said string
}

// Sentence says the evidence in English, as JSON has it: `availability InStock:
// "在庫あり"`. It is for people: what decides looks at the fields.
func (e Evidence) Sentence() string { return e.In(English) }

// In says the evidence in a language.
func (e Evidence) In(l Language) string {
	if e.Fact == "" {
		return e.Said
	}
	label, note := facts[e.Fact], notes[e.Note]
	s := label.In(l)
	if e.Value != "" && (e.Value != e.Text || label.named) && !note.whole {
		s = spaced(s, valueIn(l, e.Fact, e.Value))
	}
	remark := fill(note.In(l), append([]string{e.Value}, e.Args...))
	if !note.after {
		s += remark
	}
	if e.Text != "" {
		if s != "" {
			s += ": "
		}
		s += `"` + e.Text + `"`
	}
	if note.after {
		s += remark
	}
	return s
}

// String is the sentence with how and where it was read, for logs and tests.
func (e Evidence) String() string {
	return string(e.Method) + ": " + e.Sentence() + " (" + e.Where + ")"
}

// About reports whether the evidence speaks of one of the facts.
func (e Evidence) About(any ...Fact) bool { return slices.Contains(any, e.Fact) }

// Clip returns the evidence with no text longer than clip makes it.
func (e Evidence) Clip(clip func(string) string) Evidence {
	e.Method, e.Fact, e.Note = Method(clip(string(e.Method))), Fact(clip(string(e.Fact))), Note(clip(string(e.Note)))
	e.Value, e.Text, e.Where, e.Said = clip(e.Value), clip(e.Text), clip(e.Where), clip(e.Said)
	e.Args = slices.Clone(e.Args)
	for i := range e.Args {
		e.Args[i] = clip(e.Args[i])
	}
	return e
}

// evidenceJSON is how records, webhooks and the API have evidence.
type evidenceJSON struct {
	Method Method   `json:"method"`
	Says   string   `json:"says"` // the sentence
	Where  string   `json:"where,omitempty"`
	Fact   Fact     `json:"fact,omitempty"`
	Value  string   `json:"value,omitempty"`
	Text   string   `json:"text,omitempty"`
	Note   Note     `json:"note,omitempty"`
	Args   []string `json:"note_args,omitempty"`
}

// MarshalJSON writes the fields with their sentence.
func (e Evidence) MarshalJSON() ([]byte, error) {
	return json.Marshal(evidenceJSON{Method: e.Method, Says: e.Sentence(), Where: e.Where, Fact: e.Fact, Value: e.Value, Text: e.Text, Note: e.Note, Args: e.Args})
}

// UnmarshalJSON reads evidence. Of a record without fields it keeps the sentence.
func (e *Evidence) UnmarshalJSON(b []byte) error {
	var j evidenceJSON
	if err := json.Unmarshal(b, &j); err != nil {
		return err
	}
	*e = Evidence{Method: j.Method, Fact: j.Fact, Value: j.Value, Text: j.Text, Where: j.Where, Note: j.Note, Args: j.Args}
	if _, known := facts[j.Fact]; !known || !e.Note.known() {
		*e = Evidence{Method: j.Method, Where: j.Where, Said: j.Says}
	}
	return nil
}

// decisive are the facts that decide whether somebody is told, strongest first.
var decisive = []Fact{FactAvailability, FactSaleMode, FactPrice, FactPriceFrom, FactQuantity}

// DecisiveFirst returns the evidence with that of the decisive facts first, and
// otherwise in its order: wherever there is room for some only, the rest goes.
func DecisiveFirst(all []Evidence) []Evidence {
	rank := func(e Evidence) int {
		if i := slices.Index(decisive, e.Fact); i >= 0 {
			return i
		}
		return len(decisive)
	}
	return slices.SortedStableFunc(slices.Values(all), func(a, b Evidence) int { return cmp.Compare(rank(a), rank(b)) })
}
