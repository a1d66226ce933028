package bus

import (
	"fmt"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// encodeFit encodes v, making the cuts one after the other until it fits.
func encodeFit(v any, cuts []func()) ([]byte, error) {
	b, err := encode(v)
	for _, cut := range cuts {
		if err != nil || len(b) <= maxRecord {
			break
		}
		cut()
		b, err = encode(v)
	}
	switch {
	case err != nil:
		return nil, fmt.Errorf("write as JSON: %w", err)
	case len(b) > maxRecord:
		return nil, fmt.Errorf("write as JSON: %d bytes are left after all cuts, at most %d fit", len(b), maxRecord)
	}
	return b, nil
}

// The cuts go from what explains to what is needed. Evidence goes first, and
// the list of listings seen late: a listing that is forgotten rings again as
// new. A URL is dropped rather than shortened, since half a URL leads somewhere
// else; readers then fall back to the watch's own, from their configuration.
// The last cuts leave so little that anything fits.

func (r *record) cuts() []func() {
	return []func(){
		func() { cutEvidence(&r.Evidence, 8, 200) },
		func() { cutEvidence(&r.Evidence, 3, 120) },
		func() { r.Seen.packed = true },
		func() { cutEvidence(&r.Evidence, 1, 80) },
		func() { cutOffer(&r.Offer, 150); cutPrevious(&r.Previous, 150); cutRefs(&r.Product, &r.Watch, 300) },
		func() { r.Seen.keep(300) },
		func() { r.Evidence = nil; cutProblem(&r.Problem, 80) },
		func() { r.Seen.keep(100) },
		func() { dropURL(&r.Offer.URL, 1000); dropURL(&r.Watch.URL, 1000) },
		func() {
			r.Seen.keep(0)
			cutOffer(&r.Offer, 40)
			cutPrevious(&r.Previous, 40)
			cutRefs(&r.Product, &r.Watch, 40)
		},
		func() {
			r.Also = firstN(r.Also, 8)
			for i := range r.Also {
				r.Also[i] = stock.Kind(stock.Clip(string(r.Also[i]), 40))
			}
			r.Kind, r.SaleMode = stock.Kind(stock.Clip(string(r.Kind), 40)), stock.SaleMode(stock.Clip(string(r.SaleMode), 40))
			dropURL(&r.Watch.URL, 500)
			r.Watcher, r.Watch.ID = stock.Clip(r.Watcher, 40), stock.Clip(r.Watch.ID, 64)
			r.Offer = stock.Offer{Availability: r.Offer.Availability, Price: r.Offer.Price}
			for _, p := range []*stock.Price{&r.Price, &r.LastPriceNow, &r.Offer.Price} {
				cutCurrency(p)
			}
			cutClarity(&r.Clarity)
			if r.Previous != nil {
				r.Previous = &stock.Previous{Availability: r.Previous.Availability, Clarity: r.Previous.Clarity}
				cutClarity(&r.Previous.Clarity)
			}
		},
	}
}

func letterCuts(l *stock.Letter) []func() {
	a := &l.Alert
	return []func(){
		func() { cutDigest(&a.Digest, 10) },
		func() { cutDigest(&a.Digest, 3) },
		func() { cutSetup(&a.News, 8) },
		func() { cutSetup(&a.News, 2) },
		func() { cutEvidence(&a.Evidence, 5, 200) },
		func() { cutEvidence(&a.Evidence, 1, 120) },
		func() { a.Others = firstN(a.Others, 5) },
		func() { cutOffer(&a.Offer, 150); cutPrevious(&a.Previous, 150); cutRefs(&a.Product, &a.Watch, 300) },
		func() { a.Evidence, a.Others, a.Reckoning = nil, nil, nil },
		func() { dropURL(&a.Offer.URL, 1000); dropURL(&a.Watch.URL, 1000); cutMarks(&a.Marks) },
		func() { cutOffer(&a.Offer, 40); cutPrevious(&a.Previous, 40); cutRefs(&a.Product, &a.Watch, 40) },
		func() {
			a.Also = nil
			dropURL(&a.Watch.URL, 500)
			a.Kind, a.Watch.ID = stock.Kind(stock.Clip(string(a.Kind), 40)), stock.Clip(a.Watch.ID, 64)
			l.Epoch = stock.Clip(l.Epoch, 64)
			a.Offer = stock.Offer{Availability: a.Offer.Availability, Price: a.Offer.Price}
			cutCurrency(&a.Offer.Price)
			if a.Previous != nil {
				a.Previous = &stock.Previous{Availability: a.Previous.Availability}
			}
		},
	}
}

func firstN[T any](s []T, n int) []T { return append([]T(nil), s[:min(n, len(s))]...) }

// cutEvidence keeps the first n reasons, the decisive ones (diff sorts them), each
// of at most size bytes.
func cutEvidence(es *[]stock.Evidence, n, size int) {
	*es = firstN(*es, n) // a copy: the caller's own stays as it is
	for i := range *es {
		(*es)[i] = (*es)[i].Clip(func(s string) string { return stock.Clip(s, size/2) })
	}
}

func cutOffer(o *stock.Offer, size int) {
	for _, s := range []*string{&o.Seller, &o.Condition, &o.Title, &o.SKU, &o.Variant, &o.JAN} {
		*s = stock.Clip(*s, size)
	}
	o.SaleMode = stock.SaleMode(stock.Clip(string(o.SaleMode), 40))
	dropURL(&o.Image, size*2)
	dropURL(&o.URL, size*20)
}

// cutPrevious shortens the texts of what was known before.
func cutPrevious(p **stock.Previous, size int) {
	if *p == nil {
		return
	}
	cut := **p
	cut.SaleMode, cut.Seller, cut.Condition = stock.SaleMode(stock.Clip(string(cut.SaleMode), 40)), stock.Clip(cut.Seller, size), stock.Clip(cut.Condition, size)
	*p = &cut
}

func cutClarity(c **stock.Clarity) {
	if *c == nil {
		return
	}
	cut := **c
	cut.Reason, cut.Leans = stock.Doubt(stock.Clip(string(cut.Reason), 20)), stock.Lean(stock.Clip(string(cut.Leans), 20))
	*c = &cut
}

func cutRefs(p *stock.ProductRef, w *stock.WatchRef, size int) {
	p.ID, p.Name, w.Source = stock.Clip(p.ID, 64), stock.Clip(p.Name, size), stock.Clip(w.Source, 40)
	dropURL(&w.URL, size*20)
}

func cutProblem(p **stock.Problem, size int) {
	if *p != nil {
		*p = &stock.Problem{Outcome: (*p).Outcome, Reason: (*p).Reason.Clip(func(s string) string { return stock.Clip(s, size) }), Since: (*p).Since}
	}
}

// cutDigest keeps the first n products; the others are counted.
func cutDigest(d **stock.Digest, n int) {
	if *d == nil || len((*d).Products) <= n {
		return
	}
	cut := **d
	cut.More += len(cut.Products) - n
	cut.Products = firstN(cut.Products, n)
	*d = &cut
}

// cutSetup keeps the first n watches of a receipt; the others are counted.
func cutSetup(news **stock.News, n int) {
	if *news == nil || (*news).Setup == nil || len((*news).Setup.Watches) <= n {
		return
	}
	cut, setup := **news, *(*news).Setup
	setup.More += len(setup.Watches) - n
	setup.Watches = firstN(setup.Watches, n)
	cut.Setup = &setup
	*news = &cut
}

func cutMarks(marks *[]string) {
	*marks = firstN(*marks, 10)
	for i := range *marks {
		(*marks)[i] = stock.Clip((*marks)[i], 40)
	}
}

func cutCurrency(p *stock.Price) {
	if len(p.Currency) > 3 {
		*p = stock.Price{}
	}
}

func dropURL(u *string, size int) {
	if len(*u) > size {
		*u = ""
	}
}
