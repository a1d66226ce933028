//go:build !linux

package ops

// dropFilePages does nothing where it is not known how.
func dropFilePages() {}
