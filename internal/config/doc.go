// Package config turns config.toml into a checked, typed [Config], or into a
// list of everything that is wrong with it: each mistake once, with its line,
// its key and what to do about it.
//
// The way of the data: the file becomes a tree of nodes that know their lines
// (tree.go), and readers walk the tree and take out what they know (read*.go),
// so that one value of the wrong type hides no other mistake. A key that nobody
// took is unknown. In messages lists count from 0, as TOML's tools do:
// `product[0]` is the first product.
//
// It does not know what the settings are good for: it opens no connection,
// knows no shop and builds nothing. The only other files that it reads are those
// that `KEY_file` settings name.
package config
