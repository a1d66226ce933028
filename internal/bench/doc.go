// Package bench measures what a look costs, beside the least that it could cost: each
// row of docs/performance.md. All variants run interleaved in one process, the shops
// that they ask in another one, and what is compared is CPU time.
//
// It holds nobody to a figure: machines differ. What must not grow, allocations and
// bytes, is asserted by the tests of the packages that make them.
package bench
