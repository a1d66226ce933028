// Package diff decides what counts as a change: it folds one observation after
// another into what is known of a watch and says, at most once per look, which
// record that makes. It is a pure state machine: no clock, no I/O, no memory but
// the Track that the caller holds. It does not decide who hears of a change, and
// it does not know shops.
//
// docs/state.md has the change table with worked histories. Where the contract
// leaves room, this package decides:
//
//   - A good look is one that tells something: it ends well and says an
//     availability (or is of a search page, which has none). A page that was read
//     and is of the product, and does not say it, is unclear: after some looks the
//     doubt is remembered, see docs/decisions/0012-doubt.md. All others leave every
//     fact, count and time as it was and are counted only towards unreadable, as
//     unclear looks are too.
//   - The first look that tells something is the baseline, confirmed by itself.
//     So is the first after 30 days in which none told or was unclear.
//   - "Gone" is two looks in a row that end with not_found, however strong the
//     evidence and whatever the watch's confirm. The state is then Discontinued,
//     in the group no, so that a page which returns rings as restocked; what
//     names the item (title, picture, link) stays, its price and quantity go.
//     The second 404 and those after it tell something: what is gone is neither
//     unreadable nor forgotten after 30 days. A page that already said
//     Discontinued and is then removed makes no second record.
//   - members_only and a sale mode that is not said count as open. Later (open) to
//     later (drawn) is lottery_open, as the table's words are; inside the group now
//     a draw that begins changes the offer, and its end is a restock.
//   - Availability, price and "few left" are confirmed each on their own, so that
//     a price which flickers cannot hold back a restock. State.Price and
//     State.Offer are what the last look saw, but for the offer's terms, which stay
//     until others are confirmed; State.LastPriceNow is the confirmed
//     price to beat, and only that is compared. It survives sold-out times: a
//     restock at a lower price is restocked and price_drop.
//   - A change of currency makes offer_changed and becomes the price to beat; a price
//     without a currency or of nothing is no price to beat.
//   - Previous.Price is State.Price before the change, or the last price told while
//     the thing could be ordered; in a record that tells a
//     price_drop or price_rise it is the price that was beaten.
//   - A search page has listings instead of an availability. Its first look is a
//     silent baseline; after it a listing is new once, when it can be bought within
//     the product's max_price. A watch stays what its baseline was, page or search.
//   - Quantities at a baseline make no record: few left then was never many.
//   - stale_out comes at a look that still sees the thing out, 30 days after the
//     first that did, and once until it could be ordered again; not of a page that
//     was removed, which was told.
//   - Times that go backwards count as the latest time met.
package diff
