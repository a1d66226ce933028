// Package readtest holds tests that read saved pages from their bytes to the
// observation: the decoding of fetch and the readers of sources together, as
// `sainyuka inspect -file` does. It has no code of its own.
package readtest
