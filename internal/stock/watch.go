package stock

import (
	"crypto/sha256"
	"encoding/base32"
	"time"
)

// Product is what the user wants, with the limits that make an offer worth an
// alert.
type Product struct {
	ID           string
	Name         string
	JAN          string
	Keywords     []string // by which others speak of it, see Mentioned; none: its name
	Currency     string   // of the limits; an offer in another currency has no price for them
	ListPrice    Price
	MaxPrice     Price // zero: no limit
	MaxEffective Price // of the effective price; zero: no limit
	Limits       Limits
	MinDrop      Drop
	LowStock     int64
	AlertOnFirst bool
	Priority     float64
	NotifyAll    bool     // no `notify` key: all channels
	Notify       []string // channel ids; empty and not NotifyAll: nobody
	Tags         []string // the user's own words, for routes
	Watches      []Watch
	Paused       bool // not looked at for now; all that is known of it stays
}

// Drop is the smallest fall of a price worth an alert: an amount or a share of
// the old price. The zero Drop means that any fall is.
type Drop struct {
	Percent float64 // 5 means five percent; 0 when Amount is meant
	Amount  Price
}

// Watch is one page, search or API query of one shop that may sell a product.
type Watch struct {
	ID          string // tid, see WatchID
	URL         string // as the user wrote it
	Interval    time.Duration
	MinInterval time.Duration
	Confirm     int // looks that must agree; 0: 1 for strong evidence, 2 for weak
	// What a search's listings must be, beside the product's limit. A listing that
	// does not tell its condition may have any.
	MinPrice  Price  // zero: no limit
	Condition string // ConditionNew or ConditionUsed; "": any
	Paused    bool   // not looked at for now, or its host is not
	Hours     Hours  // when it is looked at
	Rules     Rules  // how the user wants the page to be read, those of its host among them
}

// ShortIDLen is how long a ShortID is.
const ShortIDLen = 8

// ShortID is the beginning of the watch's id: enough to tell the pages of one host, or
// of one installation, apart where many are listed.
func (w Watch) ShortID() string { return w.ID[:min(ShortIDLen, len(w.ID))] }

// WatchID derives the identity of a watch ("tid") from its product's id and its
// URL, so that it survives restarts and any other edit of the configuration. It
// is frozen: changing it would orphan the state of every watch.
func WatchID(productID, rawURL string) string {
	sum := sha256.Sum256([]byte(productID + "\n" + NormalizeURL(rawURL)))
	return base32Lower.EncodeToString(sum[:17])[:26] // not of all of it: the rest would stay in memory
}

// base32Lower is RFC 4648's alphabet in lower case: safe in a NATS subject.
var base32Lower = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// ShortHash returns the first 16 characters of the lower-case base32 SHA-256 of
// s: how recipients and private sellers are named where they must not be told.
func ShortHash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return base32Lower.EncodeToString(sum[:10])
}
