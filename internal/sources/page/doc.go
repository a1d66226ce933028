// Package page reads the product page of any shop from its bytes: schema.org
// JSON-LD and microdata, Open Graph and other meta elements, and the buy box.
// Each method gives a Finding with the evidence it rests on; Merge joins them
// into one observation and refuses to choose between two that contradict each
// other. The price parser lives here too.
//
// The package fetches nothing, keeps no state and knows no shop by name: what is
// true of one shop only stands in that shop's own package.
package page
