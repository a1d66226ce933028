package stock

// Step is one line of the reckoning from an offer's price to its effective
// price. The amounts of all lines add up to it.
type Step struct {
	Label  StepLabel `json:"label"`
	Name   string    `json:"name,omitempty"`   // what the user calls a coupon or a bonus
	Points int64     `json:"points,omitempty"` // that Amount is the worth of
	Amount Price     `json:"amount"`           // what the line adds; below zero for what it takes off
}

// StepLabel says what a line of a reckoning is about.
type StepLabel string

// The labels.
const (
	StepPrice           StepLabel = "price"            // what the shop asks
	StepShipping        StepLabel = "shipping"         // an amount of 0 is free shipping
	StepShippingUnknown StepLabel = "shipping_unknown" // neither page nor user says: left out of the sum
	StepCoupon          StepLabel = "coupon"
	StepPoints          StepLabel = "points" // of every day
	StepBonus           StepLabel = "bonus"  // points of this day
)
