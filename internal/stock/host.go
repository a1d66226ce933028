package stock

import "net/url"

// HostOf returns the HostKey of a page's URL, "" for what is none, such as the
// query of an API.
func HostOf(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil {
		return ""
	}
	return HostKey(u)
}
