package config

import (
	"encoding/base64"
	"errors"
	"net/http"
	"net/textproto"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/http/httpguts"

	"github.com/sainyuka/sainyuka/internal/wording"
)

func (s *section) webhook(c *Channel) {
	c.URL = s.address()
	c.Secret = s.secret("secret")
	c.Method = s.choice("method", "", http.MethodPost, http.MethodPut, http.MethodPatch)
	c.Headers = s.webhookHeaders()
	c.Body = s.requestBody(c.Headers["Content-Type"].Reveal())
	if c.Secret == "" {
		return
	}
	text, ok := strings.CutPrefix(c.Secret.Reveal(), "whsec_")
	key, err := base64.StdEncoding.DecodeString(text)
	if !ok || err != nil || len(key) < 24 || len(key) > 64 {
		s.errorf(s.given("secret"), `must be "whsec_" and the base64 of 24 to 64 random bytes`)
	}
}

// sendersHeaders are the header fields that say how a message is sent.
var sendersHeaders = []string{"Host", "Connection", "Content-Length", "Transfer-Encoding", "Accept-Encoding"}

// webhookHeaders reads what is sent to a webhook beside what is always sent:
// [channel.headers]. Each value may be a secret.
func (s *section) webhookHeaders() map[string]Secret {
	table := s.table("headers")
	if table.node == nil {
		return nil
	}
	all := map[string]Secret{}
	for _, key := range table.node.keys.names() {
		name := key
		if file, ok := strings.CutSuffix(key, "_file"); ok {
			name = file
		}
		field := textproto.CanonicalMIMEHeaderKey(name)
		value := table.secret(name)
		switch {
		case !httpguts.ValidHeaderFieldName(name):
			table.errorf(key, "is no name of a header field")
		case slices.Contains(sendersHeaders, field) || strings.HasPrefix(field, "Webhook-"):
			table.errorf(key, "is not yours to set: it says how the message is sent")
		case !httpguts.ValidHeaderFieldValue(value.Reveal()):
			table.errorf(key, "must be one line without control characters")
		default:
			all[field] = value
		}
	}
	return all
}

// requestBody reads the template of a webhook's body, which is JSON unless the
// header says otherwise.
func (s *section) requestBody(contentType string) *wording.Request {
	source, key := s.upTo("body", "", maxSecret), "body"
	if name := s.text("body_file", ""); name != "" {
		if source != "" {
			s.errorf("body_file", "cannot stand beside body: one of them")
			return nil
		}
		text, err := readSmall(s.r.abs(name))
		if err != nil {
			s.errorf("body_file", "cannot read %q: %v", name, cause(err))
			return nil
		}
		source, key = text, "body_file"
	}
	if source == "" {
		return nil
	}
	asJSON := contentType == "" || strings.Contains(contentType, "json")
	r, err := wording.ParseRequest(source, asJSON)
	var m wording.Mistake
	switch {
	case errors.As(err, &m):
		s.errorf(key, "line %d of the template: %s", m.Line, m.What)
	case err != nil:
		s.errorf(key, "%v", err)
	}
	return r
}

// apprise reads where an Apprise API server is.
func (s *section) apprise(c *Channel) {
	c.URL = s.address()
	u, err := url.Parse(c.URL)
	if c.URL == "" || err != nil {
		return
	}
	before, key, found := strings.Cut(strings.TrimSuffix(u.Path, "/"), "/notify/")
	if !found || key == "" || strings.Contains(key, "/") || strings.Contains(before, "?") {
		s.errorf(s.given("url"), "must end with /notify/ and the key of a configuration of the server, as in https://apprise.example/notify/sainyuka")
	}
}
