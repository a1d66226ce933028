// Package official holds what the answers of official APIs have in common: which
// of many rows a query is about, what they say together, and what a refusal
// means. The packages of the APIs read their own fields into Rows.
//
// It knows no API's field names but those in which errors are told, makes no
// request, and never takes silence for "sold out": only a complete answer to a
// question about all offers, sold-out ones included, can say that nobody sells.
package official
