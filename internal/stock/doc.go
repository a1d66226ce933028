// Package stock is the vocabulary of sainyuka: the types that two or more
// packages share, and the few rules that belong to a word itself (which group
// an availability is in, how an amount of money is written).
//
// It decides nothing (see diff and schedule), does no I/O and imports no other
// package of this module. The JSON names of its types are those of the
// contracts: what is written to the bus, sent by the webhook and printed by
// `sainyuka inspect -json` is these types.
package stock
