//go:build !race

package fetch

// spoil is for tests: see spoil_race.go.
func spoil([]byte) {}
