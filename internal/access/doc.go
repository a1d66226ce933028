// Package access keeps what lets people and programs in: the password of the
// dashboard, the sessions of browsers that gave it once, and the tokens of programs.
//
// Of sessions and tokens only hashes are kept, in the store that the other facts
// about people are in, so that all processes of a cluster know them. It serves
// nothing over HTTP and decides about no request: package web does.
package access
