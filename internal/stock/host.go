package stock

import (
	"net/url"
	"strings"
)

// HostOf returns the HostKey of a page's URL, "" for what is none, such as the
// query of an API.
func HostOf(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil {
		return ""
	}
	return HostKey(u)
}

// maxWebURL is more than any shop's product page needs and less than what phones
// refuse to open.
const maxWebURL = 2000

// WebURL parses an absolute http or https URL without its user information; nil
// for anything else.
func WebURL(raw string) *url.URL {
	if len(raw) > maxWebURL {
		return nil
	}
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return nil
	}
	u.User = nil
	return u
}

// WebLink returns a URL if a click on it leads to a web page, else "".
func WebLink(raw string) string {
	u := WebURL(raw)
	if u == nil {
		return ""
	}
	return u.String()
}

// ShopHost names the host of a page as people do, without "www."; "" for what is none.
func ShopHost(rawURL string) string { return strings.TrimPrefix(HostOf(rawURL), "www.") }
