// Package fakeshop is a simulated street of shops for tests, the end-to-end
// suite and `sainyuka demo`: an http.Handler that serves an Ichiba-like mall, a
// Yahoo!-Shopping-like mall, a flea market as a browser renders it, and any
// number of small shops, each told from the others by the request's host.
//
// Requests reach it in three ways: as an HTTP forward proxy (absolute-URI
// requests, so that http://item.rakuten.co.jp/... stays on loopback with
// fetch.proxy), by a Host header, or plainly by its own address.
//
// What is on sale is scripted (Set, Change, Script), so is what goes wrong
// (Fail), and every request is recorded, so that a test can ask afterwards
// whether the shops were treated politely (Stats, Requests).
//
// The pages have the shape of real ones, decoys included: other goods that are
// sold out or can be put into the cart, prices that are not the price. They are
// our own and copy no shop's page. The package does not speak TLS, keeps no cart,
// sells nothing and never dials out.
package fakeshop
