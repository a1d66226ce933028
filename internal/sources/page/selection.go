package page

import "github.com/PuerkitoBio/goquery"

// Visible returns the text of the first element of s as a reader sees it, folded:
// no scripts and styles, no struck-out text, nothing that its own attributes hide.
func Visible(s *goquery.Selection) string {
	if s.Length() == 0 {
		return ""
	}
	return visible(s.Nodes[0])
}
