package stock

// Offer is what one seller asks for one variant of a product (schema.org Offer).
// A fact that the page does not state is left at its zero value or nil and does
// not appear in JSON; nothing is invented.
type Offer struct {
	Availability Availability `json:"availability"`
	SaleMode     SaleMode     `json:"sale_mode,omitempty"`
	Price        Price        `json:"price,omitzero"`           // tax included, without shipping and points
	Effective    Price        `json:"effective_price,omitzero"` // by the user's own rates; set by whoever knows them
	Shipping     *Price       `json:"shipping,omitempty"`       // nil: not said; an amount of 0: free
	Points       *int64       `json:"points,omitempty"`
	Quantity     *int64       `json:"quantity,omitempty"` // units left
	Seller       string       `json:"seller,omitempty"`   // a shop's name; a private person's only as a hash
	SellerRating *Rating      `json:"seller_rating,omitempty"`
	Condition    string       `json:"condition,omitempty"`
	Title        string       `json:"title,omitempty"`
	SKU          string       `json:"sku,omitempty"`
	Variant      string       `json:"variant,omitempty"` // colour, size: what tells this offer from its siblings
	JAN          string       `json:"jan,omitempty"`     // JAN, EAN, GTIN-13
	URL          string       `json:"url,omitempty"`
	Image        string       `json:"image,omitempty"`
}

// Condition values, by schema.org's OfferItemCondition.
const (
	ConditionNew         = "new"
	ConditionUsed        = "used"
	ConditionRefurbished = "refurbished"
)

// Listing is one row of a search page: an offer for a thing of which there may
// be only this one.
type Listing struct {
	ID           string       `json:"id"` // the shop's own id, stable over edits
	Title        string       `json:"title,omitempty"`
	URL          string       `json:"url,omitempty"`
	Price        Price        `json:"price,omitzero"`
	Availability Availability `json:"availability"`
	Condition    string       `json:"condition,omitempty"`
}

// Method names a way to read a fact from an answer.
type Method string

// The methods. Strong ones are written for machines by somebody who answers for
// them; weak ones are written for people or for search engines' previews.
const (
	MethodRule      Method = "rule"       // the user's own rule for the page
	MethodAPI       Method = "api"        // the shop's official API
	MethodPageData  Method = "page-data"  // the JSON that the shop's own page is drawn from
	MethodJSONLD    Method = "json-ld"    // schema.org JSON-LD
	MethodMicrodata Method = "microdata"  // schema.org microdata
	MethodOpenGraph Method = "open-graph" // og:, product: and other meta elements
	MethodBuyBox    Method = "buy-box"    // price, button and words of the order form
	MethodStatus    Method = "http"       // status line and headers
)

// Strong reports whether one look by this method is enough to confirm a change.
func (m Method) Strong() bool {
	switch m {
	case MethodRule, MethodAPI, MethodPageData, MethodJSONLD, MethodMicrodata, MethodStatus:
		return true
	}
	return false
}
