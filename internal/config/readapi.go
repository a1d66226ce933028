package config

import (
	"strings"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// api reads the keys of the official APIs.
func (s *section) api() API {
	defer s.done()
	return API{Rakuten: s.table("rakuten").rakutenAPI(), Yahoo: s.table("yahoo").yahooAPI()}
}

func (s *section) rakutenAPI() RakutenAPI {
	defer s.done()
	a := RakutenAPI{
		ApplicationID: s.token("application_id"),
		AccessKey:     s.token("access_key"),
		Referer:       s.link("referer", "https", "http"),
		URL:           s.link("api_url", "https", "http"),
	}
	for _, pair := range [][2]string{{"application_id", "access_key"}, {"access_key", "application_id"}} {
		if s.hasSecret(pair[0]) && !s.hasSecret(pair[1]) {
			s.r.list.missing(s.lineOf(s.given(pair[0])), join(s.path, pair[1]), "is missing: Rakuten wants both application_id and access_key")
		}
	}
	return a
}

func (s *section) yahooAPI() YahooAPI {
	defer s.done()
	return YahooAPI{AppID: s.token("app_id"), URL: s.link("api_url", "https", "http")}
}

func (s *section) hasSecret(key string) bool { return s.has(key) || s.has(key+"_file") }

// token reads a secret that is sent as it is in an address or a header. One that
// is there and cannot be read is a mistake already; it is not missing too.
func (s *section) token(key string) Secret {
	before := len(s.r.list.all)
	t := s.secret(key)
	if strings.ContainsFunc(t.Reveal(), func(r rune) bool { return r <= ' ' || r > '~' }) {
		s.errorf(s.given(key), "must be plain letters, digits and signs, without spaces")
	}
	if len(s.r.list.all) > before {
		return "?"
	}
	return t
}

// query checks the URL of a watch that asks an official API.
func (a API) query(api stock.API, raw string) error {
	if len(raw) > maxURL {
		return sayf("is longer than %d bytes", maxURL)
	}
	q, err := stock.ParseQuery(raw)
	if err != nil {
		return sayf("%s: %v", api, err)
	}
	if a.Has(api) || q.Item != "" { // without a key the item's page is read
		return nil
	}
	keys := choices{"api.rakuten.application_id and api.rakuten.access_key"}
	if api == stock.YahooAPI {
		keys = choices{"api.yahoo.app_id"}
	}
	return sayf("%s: needs a key: set %s, or give an item's page, an https URL", api, keys)
}

// Has reports whether there is a key for an API.
func (a API) Has(api stock.API) bool {
	if api == stock.YahooAPI {
		return a.Yahoo.AppID != ""
	}
	return a.Rakuten.ApplicationID != "" && a.Rakuten.AccessKey != ""
}
