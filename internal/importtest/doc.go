// Package importtest holds the test that keeps the package map of the design
// true: who may import whom, which package may use which library, that every
// package says what it is for, and that no file grows beyond a few screens.
//
// It has no code for programs, and it judges no package's inside: that is the
// work of the linters.
package importtest
