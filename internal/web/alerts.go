package web

import (
	"bytes"
	"cmp"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// Told is what an alert said.
type Told struct {
	Title, Body, Link string
	Watch             stock.WatchRef
	Price             stock.Price
	Seller            string
}

// alertsData is the page of alerts.
type alertsData struct {
	Sent    []deliveryView
	Dead    []deadView
	Waiting []waitingView
	Mutes   []muteView
}

// waitingView is a letter that waits for the end of quiet hours.
type waitingView struct {
	toldView
	ID, Product, Channel string
	Kind                 stock.Kind
	At                   *moment
}

// toldView is what an alert said, as a page shows it.
type toldView struct {
	Title, Body, Link string
	Shop, Price       string
	Watch             string // its page; "": none
}

func (s *Server) alertsPage(r *http.Request) (reply, error) {
	sent, err := s.o.Store.Deliveries(r.Context(), deliveriesShown)
	if err != nil {
		return reply{}, fmt.Errorf("read the delivery log: %w", err)
	}
	dead, err := s.o.Store.Dead(r.Context())
	if err != nil {
		return reply{}, fmt.Errorf("read dead letters: %w", err)
	}
	now, names := clock.Wall(), s.names()
	data := alertsData{Dead: s.deadViews(dead[max(0, len(dead)-deliveriesShown):])}
	for _, d := range sent {
		v := s.deliveryView(d, now)
		v.toldView = s.toldOf(r.Context(), d.Event)
		if name, ok := names[d.Product]; ok {
			v.Product, v.Page = cmp.Or(name, d.Product), d.Product
		}
		data.Sent = append(data.Sent, v)
	}
	data.Waiting = s.waiting(r.Context(), now)
	data.Mutes, _ = s.switched(now)
	return s.draw(r, "alerts", page{Title: s.words.say("alerts"), Data: data})
}

// names are those of the products, by id.
func (s *Server) names() map[string]string {
	names := map[string]string{}
	for _, p := range s.o.Products() {
		names[p.ID] = p.Name
	}
	return names
}

// toldOf says what an alert told; nothing where that is not known any more.
func (s *Server) toldOf(ctx context.Context, event string) toldView {
	if s.o.Told == nil {
		return toldView{}
	}
	told, err := s.o.Told(ctx, event, s.words.lang())
	if err != nil {
		if !errors.Is(err, stock.ErrNotFound) && ctx.Err() == nil {
			s.o.Logger.Warn("what an alert told cannot be shown", "event", event, "err", err)
		}
		return toldView{}
	}
	return s.toldView(told)
}

func (s *Server) toldView(t Told) toldView {
	v := toldView{Title: t.Title, Body: t.Body, Link: stock.WebLink(t.Link), Price: t.Price.Text(), Shop: t.Seller}
	if p, w, ok := s.find(t.Watch.ID); ok {
		o := s.offerOf(p, w)
		v.Watch, v.Shop = w.ID, joinNonEmpty(v.Shop, shopName(shopKey(o), s.words))
	}
	return v
}

// waiting lists the letters that quiet hours keep back.
func (s *Server) waiting(ctx context.Context, now time.Time) []waitingView {
	if s.o.Waiting == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	letters, err := s.o.Waiting(ctx)
	if err != nil {
		s.o.Logger.Warn("read the letters that wait", "err", err)
	}
	var list []waitingView
	for _, l := range letters {
		a := l.Alert
		v := waitingView{ID: l.ID(), Product: cmp.Or(a.Product.Name, a.Product.ID), Channel: l.Channel, Kind: a.Kind, At: s.clock.show(l.MadeAt, now)}
		v.toldView = s.toldView(Told{Link: a.Watch.URL, Watch: a.Watch, Price: a.Offer.Price, Seller: a.Offer.Seller})
		list = append(list, v)
	}
	return list
}

// The parts of an Atom feed (RFC 4287).
type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string      `xml:"xml:lang,attr"`
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"`
	Author  string      `xml:"author>name"`
	Entries []atomEntry `xml:"entry"`
}

type atomEntry struct {
	ID      string    `xml:"id"`
	Title   string    `xml:"title"`
	Updated string    `xml:"updated"`
	Link    *atomLink `xml:"link"`
	Summary string    `xml:"summary"`
}

type atomLink struct {
	Href string `xml:"href,attr"`
}

// atom is the feed of alerts: one entry for each event, however many heard of it.
func (s *Server) atom(r *http.Request) (reply, error) {
	sent, err := s.o.Store.Deliveries(r.Context(), deliveriesShown)
	if err != nil {
		return reply{}, fmt.Errorf("read the delivery log: %w", err)
	}
	feed := atomFeed{Lang: s.words.lang(), ID: "urn:sainyuka:alerts", Title: "sainyuka: " + s.words.say("alerts"), Author: "sainyuka"}
	feed.Updated = time.Unix(0, 0).UTC().Format(time.RFC3339)
	names, met := s.names(), map[string]bool{}
	for i, d := range sent {
		at := d.SentAt.In(s.clock.loc).Format(time.RFC3339)
		if i == 0 {
			feed.Updated = at
		}
		if met[d.Epoch+d.Event] {
			continue
		}
		met[d.Epoch+d.Event] = true
		told := s.toldOf(r.Context(), d.Event)
		e := atomEntry{
			ID: "urn:sainyuka:alert:" + d.Epoch + ":" + d.Event, Updated: at, Summary: told.Body,
			Title: cmp.Or(told.Title, joinNonEmpty(s.words.kind(d.Kind), cmp.Or(names[d.Product], d.Product))),
		}
		if told.Link != "" {
			e.Link = &atomLink{told.Link}
		}
		feed.Entries = append(feed.Entries, e)
	}
	var b bytes.Buffer
	b.WriteString(xml.Header)
	if err := xml.NewEncoder(&b).Encode(feed); err != nil {
		return reply{}, fmt.Errorf("write the feed of alerts: %w", err)
	}
	return reply{status: http.StatusOK, contentType: "application/atom+xml; charset=utf-8", body: b.Bytes()}, nil
}

// quota says how much of a channel's monthly limit is used, "" when it has none.
func (s *Server) quota(channel string) string {
	if s.o.Switches == nil {
		return ""
	}
	for _, q := range s.o.Switches.Quotas() {
		if q.Channel == channel {
			said := strconv.Itoa(q.Sent)
			if q.Limit > 0 {
				said += " / " + strconv.Itoa(q.Limit)
			}
			return said
		}
	}
	return ""
}
