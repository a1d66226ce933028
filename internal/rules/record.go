package rules

import (
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// SeenAt returns when the look behind the record was made: what ages, windows and
// cool-downs are reckoned from, so that a record told late, or again after a
// restart, is judged as it was at first. A clock ahead of the server's is not
// believed.
func SeenAt(e stock.Entry) time.Time {
	at := e.Change.ObservedAt
	if at.IsZero() || !e.At.IsZero() && at.After(e.At) {
		return e.At
	}
	return at
}

// Price returns the price that a record speaks of: its offer's, else its state's.
func Price(c stock.Change) stock.Price {
	if c.Offer.Price.Known() {
		return c.Offer.Price
	}
	return c.Price
}

// SaleMode is who may buy; a page that does not say means anybody.
func SaleMode(c stock.Change) stock.SaleMode {
	for _, m := range []stock.SaleMode{c.Offer.SaleMode, c.SaleMode} {
		if m != "" {
			return m
		}
	}
	return stock.Open
}

// Doubted reports whether a watch still shows what a maybe told of.
func Doubted(c stock.Change) bool {
	return c.Clarity != nil && c.Clarity.Maybe && c.Clarity.Leans != stock.LeansNo
}

// Holds reports whether what an alert says still stands after the watch's last record.
func Holds(a stock.Alert, c stock.Change) bool {
	orderable := c.Availability.Purchasable()
	now, then := Price(c), a.Offer.Price
	switch a.Kind.Info().Holds {
	case stock.HoldsWhileNow:
		return c.Availability.Group() == stock.Now || orderable && c.SaleMode.Drawn()
	case stock.HoldsWhileOrderable:
		return orderable
	case stock.HoldsWhileDoubted:
		return Doubted(c)
	case stock.HoldsWhileCheaper:
		return orderable && now.Comparable(then) && now.Minor <= then.Minor
	case stock.HoldsWhileDearer:
		return now.Comparable(then) && now.Minor >= then.Minor
	case stock.HoldsWhileNo:
		return c.Availability.Group() == stock.No
	case stock.HoldsWhileGone:
		return c.Availability == stock.Discontinued
	case stock.HoldsWhileUnread:
		return c.Problem != nil
	case stock.HoldsWhileRead:
		return c.Problem == nil
	}
	return true
}
