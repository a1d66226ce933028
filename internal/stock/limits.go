package stock

// Share is a part of something, in hundredths of a percent: 150 is 1.5 %.
type Share int64

// Whole is a share of 100 %.
const Whole Share = 100_00

// Of returns the share of an amount, rounded down; 0 of what is below zero. The
// amount is one that NewPrice makes, the share at most some hundred wholes.
func (s Share) Of(amount int64) int64 {
	if amount <= 0 || s <= 0 {
		return 0
	}
	whole := int64(Whole)
	return amount/whole*int64(s) + amount%whole*int64(s)/whole
}

// Limits say what makes an offer smell, beside the price limits of a product: it
// is marked, and does not ring unless the user says so. The zero Limits let
// everything pass.
type Limits struct {
	MaxAboveList    *Share // most above the list price; nil: any
	SuspiciousBelow Share  // of the list price, or of what others ask; 0: never
	MinRating       Share  // of a seller's ratings that are good; 0: any
	MinRatings      int64  // that a seller has; 0: any
	SellersAllow    []string
	SellersDeny     []string
	Conditions      []string // Condition values; none: any
	RingUnpriced    bool     // an offer whose price cannot be held against a limit rings
	RingSuspicious  bool     // one that looks like a scam rings
}

// Rating is what earlier buyers say of a seller.
type Rating struct {
	GoodPercent int64 `json:"good_percent"` // 0 to 100
	Count       int64 `json:"count"`
}
