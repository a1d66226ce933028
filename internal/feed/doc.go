// Package feed follows RSS, Atom and JSON feeds that announce restocks, and makes a
// hint of every new item that names a product.
//
// A hint only says when a page is worth a look: whether something is in stock is read
// from the shop's own page, and how much a feed is trusted is learned by package
// schedule. Nothing is kept over a restart, since an item that is an hour old is of no use.
package feed
