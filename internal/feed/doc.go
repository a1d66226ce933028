// Package feed follows RSS, Atom and JSON feeds of those who tell of restocks,
// and makes a hint of every new item that speaks of a product.
//
// A hint moves looks and nothing else: whether something is in stock is for the
// shop's own page to say, and how far a feed is trusted is learned where its
// hints are heeded. The package keeps nothing over a restart, since an hour-old
// item is worth nothing.
package feed
