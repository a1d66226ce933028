package stock

import "strings"

// Clip shortens a text to at most n bytes of whole characters.
func Clip(s string, n int) string { return strings.ToValidUTF8(s[:min(len(s), n)], "") }
