package alerttext

import (
	"fmt"
	"strings"
	"time"

	"github.com/sainyuka/sainyuka/internal/button"
	"github.com/sainyuka/sainyuka/internal/guard"
	"github.com/sainyuka/sainyuka/internal/stock"
)

var english = words{
	language: "en",
	kinds:    func(k stock.Kind) string { return k.Info().EN },
	marks: map[string]string{
		guard.MarkAboveList:          "Careful: dearer than the list price",
		string(guard.FarBelowList):   "Careful: far below the list price. Check the seller",
		string(guard.FarBelowOthers): "Careful: far below what other shops ask. Check the seller",
		string(guard.SellerBad):      "Careful: a badly rated seller",
		string(guard.SellerNew):      "Careful: a seller with few ratings",
		guard.MarkRatingUnknown:      "How the seller is rated is not known",
		guard.MarkSellerUnknown:      "Who sells it is not known",
		guard.MarkConditionUnknown:   "Whether it is new or used is not known",
		stock.MarkWasUnclear:         "For a while the page did not say whether it can be bought; now it does",
		MarkTogether:                 "Several shops at once: the best one is here, the others below",
		MarkHeld:                     "Kept back in quiet hours, checked again before it was sent",
		MarkEscalated:                "Nobody has acknowledged this alert yet",
	},
	news: map[stock.Kind]string{
		stock.MaybeRestocked: "The page looks as if it can be ordered, but its data says that it is out. Have a look",
		stock.Gone:           "The product page is gone",
		stock.StaleOut:       "Out of stock for 30 days or more, perhaps discontinued. Other shops may be worth a look",
		stock.Readable:       "The page can be read again",
		stock.Flapping:       "Its stock or price changed many times within 10 minutes. Changes of this page are not told until that calms down",
	},
	buttons: map[button.Kind]string{button.Mute: "Mute for an hour", button.Stop: "Stop", button.Acknowledge: "Seen"},

	plusOthers:  func(n int) string { return fmt.Sprintf(" (+%d more)", n) },
	joined:      "Alerts that waited as well:",
	open:        "Open product page",
	lateKind:    ", late",
	lastRead:    "When last read: ",
	whenSeen:    "When seen: ",
	test:        "This is a test alert, not a real restock",
	noPrice:     "Price unknown",
	taxIncluded: " incl. tax",
	separator:   " · ",
	seller:      "Sold by ",
	item:        "Item: ",
	others:      "Other shops:",
	within:      "Also within your new limits:",
	bullet:      "- ",
	evidence:    "Evidence: ",
	reckoning:   "Reckoning: ",
	seen:        "Seen: ",

	title: func(kind, product, amount, shop string) string {
		if amount != "" {
			product += " " + amount
		}
		return fmt.Sprintf("%s: %s (%s)", kind, product, shop)
	},
	late: func(age, now, asOf string) string {
		if now == "" {
			return fmt.Sprintf("This alert is late (seen %s ago). What is so now is not known", age)
		}
		return fmt.Sprintf("This alert is late (seen %s ago). Latest state: %s (%s)", age, now, asOf)
	},
	unreadable: func(since, reason string) string {
		s := "The page cannot be read"
		if since != "" {
			s += " since " + since
		}
		if reason != "" {
			s += ": " + reason
		}
		return s
	},
	nowWithin: func(reason string) string {
		if reason == "" {
			return "Within your limits now"
		}
		return "Within your limits now (before: " + reason + ")"
	},
	left: func(n int64) string { return fmt.Sprintf("%d left", n) },
	shipping: func(p stock.Price) string {
		if p.Minor == 0 {
			return "free shipping"
		}
		return "shipping " + moneyEN(p)
	},
	points:    func(n int64) string { return stock.Grouped(fmt.Sprint(n)) + " points" },
	effective: func(p stock.Price) string { return "effectively " + moneyEN(p) },
	step: func(s stock.Step) string {
		switch s.Label {
		case stock.StepShipping:
			if s.Amount.Minor == 0 {
				return "free shipping"
			}
			return "shipping " + moneyEN(s.Amount)
		case stock.StepShippingUnknown:
			return "shipping not known"
		case stock.StepCoupon:
			return "coupon " + moneyEN(without(s.Amount))
		case stock.StepPoints, stock.StepBonus:
			gift := stock.Grouped(fmt.Sprint(s.Points)) + " points"
			if worth := without(s.Amount); worth.Minor != s.Points {
				gift += " (worth " + moneyEN(worth) + ")"
			}
			return gift
		}
		return moneyEN(without(s.Amount))
	},
	brackets: func(s string) string { return " (" + s + ")" },
	rating:   func(r stock.Rating) string { return fmt.Sprintf("rated %d%% good by %d", r.GoodPercent, r.Count) },
	comparison: func(list, now stock.Price) string {
		d, percent := difference(list, now)
		switch {
		case now.Minor < list.Minor:
			return fmt.Sprintf("%s below the list price of %s (-%s)", moneyEN(d), moneyEN(list), percent)
		case now.Minor > list.Minor:
			return fmt.Sprintf("%s above the list price of %s (+%s)", moneyEN(d), moneyEN(list), percent)
		}
		return "Same as the list price of " + moneyEN(list)
	},
	change: func(before, now stock.Price) string {
		d, percent := difference(before, now)
		if now.Minor < before.Minor {
			return fmt.Sprintf("Down %s from %s (-%s)", moneyEN(d), moneyEN(before), percent)
		}
		return fmt.Sprintf("Up %s from %s (+%s)", moneyEN(d), moneyEN(before), percent)
	},
	before: func(availability, lasted string) string {
		if lasted == "" {
			return "Before: " + availability
		}
		return fmt.Sprintf("Before: %s (for %s)", availability, lasted)
	},
	more:     func(n int) string { return fmt.Sprintf("- %d more", n) },
	money:    moneyEN,
	when:     whenEN,
	duration: durationEN,
}

func moneyEN(p stock.Price) string {
	if p.Currency == "" {
		return p.Text() + " (currency unknown)"
	}
	return p.Text()
}

func whenEN(at, now time.Time) string {
	layout := "Mon 2 Jan 15:04:05 "
	if at.Year() != now.Year() {
		layout = "Mon 2 Jan 2006 15:04:05 "
	}
	return at.Format(layout) + timeZone(at)
}

func durationEN(d time.Duration) string {
	days, hours, minutes, seconds := units(d)
	var parts []string
	for _, u := range []struct {
		n    int
		name string
	}{{days, "d"}, {hours, "h"}, {minutes, "min"}, {seconds, "s"}} {
		if u.n > 0 {
			parts = append(parts, fmt.Sprint(u.n, " ", u.name))
		}
	}
	if len(parts) == 0 {
		return "0 s"
	}
	return strings.Join(parts, " ")
}
