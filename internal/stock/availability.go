package stock

import (
	"fmt"
	"strings"
)

// Availability says whether an offer can be bought, in the terms of schema.org's
// ItemAvailability (https://schema.org/ItemAvailability). The zero value Unknown
// means that the page did not say; it is never a synonym for "out of stock".
type Availability uint8

// The members of ItemAvailability, and Unknown.
const (
	Unknown Availability = iota
	InStock
	LimitedAvailability
	OnlineOnly
	PreOrder
	PreSale
	BackOrder
	MadeToOrder
	OutOfStock
	SoldOut
	InStoreOnly
	Reserved
	Discontinued
)

var availabilityNames = [...]string{
	Unknown: "Unknown", InStock: "InStock", LimitedAvailability: "LimitedAvailability", OnlineOnly: "OnlineOnly",
	PreOrder: "PreOrder", PreSale: "PreSale", BackOrder: "BackOrder", MadeToOrder: "MadeToOrder",
	OutOfStock: "OutOfStock", SoldOut: "SoldOut", InStoreOnly: "InStoreOnly", Reserved: "Reserved", Discontinued: "Discontinued",
}

// Availabilities returns every Availability, Unknown first.
func Availabilities() []Availability {
	all := make([]Availability, len(availabilityNames))
	for i := range all {
		all[i] = Availability(i)
	}
	return all
}

// String returns the schema.org name, for example "InStock".
func (a Availability) String() string {
	if int(a) >= len(availabilityNames) {
		return fmt.Sprintf("Availability(%d)", uint8(a))
	}
	return availabilityNames[a]
}

// ParseAvailability reads a schema.org name in any of the forms that shops
// write: "InStock", "https://schema.org/InStock", "http://schema.org/instock",
// "schema:InStock", "in_stock" (Google's and Open Graph's form), "in stock". ok is
// false for anything else; the availability is then Unknown.
func ParseAvailability(s string) (a Availability, ok bool) {
	for i, name := range availabilityNames { // as our own records have it
		if name == s {
			return Availability(i), true
		}
	}
	s = strings.TrimRight(strings.TrimSpace(s), "/")
	if i := strings.LastIndexAny(s, "/#:"); i >= 0 {
		s = s[i+1:]
	}
	s = strings.Map(func(r rune) rune {
		switch r {
		case '_', '-', ' ':
			return -1
		}
		return r
	}, strings.ToLower(s))
	switch s {
	case "oos":
		return OutOfStock, true
	case "available", "availablefororder": // Open Graph product:availability, "available for order" in old catalogues
		return Unknown, false // says too little: a shop prints it for back-orders too
	}
	for i, name := range availabilityNames {
		if len(name) == len(s) && strings.ToLower(name) == s {
			return Availability(i), true
		}
	}
	return Unknown, false
}

// MarshalText writes the schema.org name.
func (a Availability) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads a schema.org name and refuses any other text.
func (a *Availability) UnmarshalText(b []byte) error {
	v, ok := ParseAvailability(string(b))
	if !ok {
		return fmt.Errorf("unknown availability %q", b)
	}
	*a = v
	return nil
}

// Group is what an Availability means to a buyer.
type Group uint8

// The groups of the change table. GroupUnknown takes part in no change.
const (
	GroupUnknown Group = iota
	Now                // can be bought and is sent at once
	Later              // can be ordered, comes later
	No                 // cannot be ordered here
)

// String returns "unknown", "now", "later" or "no".
func (g Group) String() string {
	switch g {
	case Now:
		return "now"
	case Later:
		return "later"
	case No:
		return "no"
	default:
		return "unknown"
	}
}

// Group returns the group that a is in.
func (a Availability) Group() Group {
	switch a {
	case InStock, LimitedAvailability, OnlineOnly:
		return Now
	case PreOrder, PreSale, BackOrder, MadeToOrder:
		return Later
	case OutOfStock, SoldOut, InStoreOnly, Reserved, Discontinued:
		return No
	default:
		return GroupUnknown
	}
}

// Purchasable reports whether an order can be placed: the groups now and later.
func (a Availability) Purchasable() bool { g := a.Group(); return g == Now || g == Later }

// SaleMode says who may buy. The zero value means that the page did not say;
// rules treat it as Open.
type SaleMode string

// The sale modes.
const (
	Open        SaleMode = "open"         // anybody
	Lottery     SaleMode = "lottery"      // 抽選: a draw decides who may buy
	Invitation  SaleMode = "invitation"   // 招待: the shop invites buyers
	MembersOnly SaleMode = "members_only" // Prime and the like
)

// Drawn reports whether wanting to buy is not enough: a lottery or an invitation.
func (m SaleMode) Drawn() bool { return m == Lottery || m == Invitation }
