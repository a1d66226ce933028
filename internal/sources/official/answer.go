package official

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"github.com/sainyuka/sainyuka/internal/sources/page"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// maxOffers bounds what an observation carries: as many as the longest answer has.
const maxOffers = 50

// Row is one offer of an answer.
type Row struct {
	stock.Offer
	Digital bool   // a download, so nothing that has a bar code
	Text    string // what else the row says of its product, to be searched for codes
	Where   string // the JSON path of the row
	// Proof is what the availability rests on: a member of the row, and what
	// qualifies it.
	Proof stock.Evidence
}

// Answer is what an API said to a query about offers of every availability,
// or, for a query with InStock, about those that can be bought.
type Answer struct {
	Rows   []Row
	Total  int64 // of the rows that match on the API's side; Rows may be the first of them
	Broken int   // rows that could not be read
}

// API takes the answers of one API apart.
type API interface {
	// Answer returns what p holds, or says why that is no answer.
	Answer(p stock.Page) (Answer, *stock.Observation)
}

// Read says what an answer means for the watch of a query.
func Read(api API, q stock.Query, p stock.Page) stock.Observation {
	a, refused := api.Answer(p)
	if refused != nil {
		return *refused
	}
	return Observe(q, a)
}

// More reports whether what can be bought must be asked for too.
func More(api API, q stock.Query, p stock.Page) bool {
	a, refused := api.Answer(p)
	return refused == nil && undecided(q, a)
}

// Rows reads the rows of an answer, which stand at a place, and of which there are
// total on the API's side. T is a row as the API writes it.
func Rows[T any](total int64, rows []json.RawMessage, place string, row func(T) Row) Answer {
	a := Answer{Total: total}
	for i, raw := range rows[:min(len(rows), maxOffers)] {
		var one T
		if decode(raw, &one) != nil {
			a.Broken++
			continue
		}
		r := row(one)
		r.Where = fmt.Sprintf("%s[%d]", place, i)
		a.Rows = append(a.Rows, r)
	}
	return a
}

// complete reports whether the rows are all that there are.
func (a Answer) complete() bool { return a.Total <= int64(len(a.Rows)) && a.Broken == 0 }

// Observe says what an answer means for the watch of a query: the offer is the
// cheapest that can be bought of those that are surely meant, what is sent at
// once before what comes later.
func Observe(q stock.Query, a Answer) stock.Observation {
	kept, left := sift(q, a.Rows)
	slices.SortStableFunc(kept, better)
	o := stock.Observation{Outcome: stock.OK, Strong: true}
	for _, r := range kept[:min(len(kept), maxOffers)] {
		o.Offers = append(o.Offers, r.Offer)
	}
	if len(kept) > 0 {
		o.Offer = kept[0].Offer
	}
	o.Evidence = account(q, a, kept, left)
	switch {
	case len(kept) > 0 && kept[0].Availability.Purchasable():
		o.Evidence = append(facts(kept[0]), o.Evidence...)
	case !doubt(q, a, kept, left).None():
		o.Reason = doubt(q, a, kept, left)
		o.Offer.Availability, o.Strong = stock.Unknown, false
	case len(kept) == 0:
		o.Offer = stock.Offer{Availability: stock.OutOfStock, JAN: q.JAN}
	default:
		o.Evidence = append(facts(kept[0]), o.Evidence...)
	}
	return o
}

// better sorts what can be bought before the rest, what is sent at once first
// and the cheap before the dear. A row without a price comes after those with.
func better(a, b Row) int {
	return cmp.Or(
		cmp.Compare(rank(a.Availability), rank(b.Availability)),
		cmp.Compare(dearness(a.Price), dearness(b.Price)),
	)
}

func rank(a stock.Availability) int {
	switch a.Group() {
	case stock.Now:
		return 0
	case stock.Later:
		return 1
	case stock.No:
		return 2
	}
	return 3
}

func dearness(p stock.Price) int64 {
	if !p.Known() {
		return 1 << 62
	}
	return p.Minor
}

// facts returns the evidence for the offer of a row, its availability first.
func facts(r Row) []stock.Evidence {
	return append([]stock.Evidence{chosen(r)}, page.Facts(stock.MethodAPI, r.Offer, r.Where)...)
}

func chosen(r Row) stock.Evidence {
	e := page.Evidence(stock.MethodAPI, stock.FactAvailability, r.Availability.String(), r.Proof.Text, r.Where, r.Proof.Note)
	e.Args = r.Proof.Args
	return e
}

// doubt says why rows of which none can be bought do not mean that nobody sells;
// none when they do.
func doubt(q stock.Query, a Answer, kept []Row, left leftOut) stock.Reason {
	unsaid := slices.ContainsFunc(kept, func(r Row) bool { return r.Availability == stock.Unknown })
	switch {
	case unsaid:
		return stock.Because(stock.ReasonAPINoAvailability)
	case a.Broken > 0:
		return stock.Because(stock.ReasonAPIBrokenRows, a.Broken)
	case !a.complete():
		return stock.Because(stock.ReasonAPIIncomplete, len(a.Rows), a.Total).And(stock.Because(stock.ReasonAPINarrow))
	case len(kept) == 0 && q.Item != "" && left.unsure == 0:
		return stock.Because(stock.ReasonAPIItemNotShown, q.Item)
	case len(kept) == 0 && left.unsure > 0:
		return stock.Because(stock.ReasonAPIOtherCodes, left.unsure, q.JAN)
	}
	return stock.Reason{}
}

// account tells how the answer was taken: what was asked for, how many offers of
// which kind it had, and what is not meant by the query.
func account(q stock.Query, a Answer, kept []Row, left leftOut) []stock.Evidence {
	buyable := 0
	for _, r := range kept {
		if r.Availability.Purchasable() {
			buyable++
		}
	}
	asked := stock.NoteAskedAll
	if q.InStock {
		asked = stock.NoteAskedInStock
	}
	all := []stock.Evidence{page.Evidence(stock.MethodAPI, stock.FactAnswer, cmp.Or(q.JAN, q.Words), "", "", asked)}
	for _, n := range []int{int(max(a.Total, int64(len(a.Rows)))), len(a.Rows), len(kept), buyable} {
		all[0].Args = append(all[0].Args, strconv.Itoa(n))
	}
	if buyable > 1 {
		all = append(all, stock.Evidence{Method: stock.MethodAPI, Fact: stock.FactOffer, Value: "1", Note: stock.NoteCheapest, Args: []string{strconv.Itoa(buyable)}})
	}
	return append(all, left.evidence()...)
}

// undecided reports whether an answer leaves open what a second one, about what
// can be bought alone, would tell: nothing that it shows can be bought, and it
// does not show all, or not what is meant by it.
func undecided(q stock.Query, a Answer) bool {
	kept, left := sift(q, a.Rows)
	buyable := slices.ContainsFunc(kept, func(r Row) bool { return r.Availability.Purchasable() })
	asking := q.Item == "" || !a.complete() // else a page that it does not show will not be shown
	return !q.InStock && asking && !buyable && !doubt(q, a, kept, left).None()
}

// leftOut counts the rows that a query is not about.
type leftOut struct{ pages, other, unsure, condition, words, price int }

func (l leftOut) evidence() []stock.Evidence {
	var all []stock.Evidence
	for _, c := range []struct {
		n   int
		why stock.Note
	}{
		{l.pages, stock.NoteOtherPages},
		{l.other, stock.NoteOtherCode},
		{l.unsure, stock.NoteSeveralCodes},
		{l.condition, stock.NoteOtherCondition},
		{l.words, stock.NoteOtherWords},
		{l.price, stock.NoteOtherPrice},
	} {
		if c.n > 0 {
			all = append(all, stock.Evidence{Method: stock.MethodAPI, Fact: stock.FactLeftOut, Value: strconv.Itoa(c.n), Note: c.why})
		}
	}
	return all
}
