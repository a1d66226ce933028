package web

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"
)

// Names of what a form carries to show that it is ours.
const (
	formField  = "csrf"
	formHeader = "X-CSRF-Token"
	formCookie = "sainyuka_form" // of a browser that has no session
)

// formToken is what the forms of a browser carry. A page of another site cannot read
// it, nor the cookie that it is made from.
func formToken(key string) string {
	h := hmac.New(sha256.New, []byte(key))
	h.Write([]byte("sainyuka form"))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:18])
}

// withForm notes who sent a request, and gives a browser without a session a cookie
// from which the tokens of its forms are made.
func (s *Server) withForm(w http.ResponseWriter, r *http.Request, v visitor) *http.Request {
	if v.formKey == "" {
		v.formKey = cookieOf(r, formCookie)
	}
	if v.formKey == "" && wantsPage(r) && v.how != byToken {
		v.formKey = rand.Text()
		s.setCookie(w, r, formCookie, v.formKey, 0)
	}
	return withVisitor(r, v)
}

// ownForm refuses a change that a browser sends without the token of our forms. What
// is no browser has no cookies that another site could use.
func (s *Server) ownForm(r *http.Request, v visitor) error {
	if safe(r) || v.how != bySession && !byBrowser(r) {
		return nil
	}
	if strings.HasPrefix(r.URL.Path, "/api/") {
		if v.how != bySession || r.Header.Get("Sec-Fetch-Site") == "same-origin" || s.ownOrigin(r) {
			return nil // our own scripts: no browser lets a page choose these fields
		}
	}
	given := r.Header.Get(formHeader)
	if given == "" {
		given = r.PostFormValue(formField)
	}
	if v.formKey == "" || !hmac.Equal([]byte(given), []byte(formToken(v.formKey))) {
		return failure{status: http.StatusForbidden, says: s.words.say("form_old")}
	}
	return nil
}

// byBrowser reports whether a request carries what only browsers send.
func byBrowser(r *http.Request) bool {
	return r.Header.Get("Sec-Fetch-Site") != "" || r.Header.Get("Origin") != "" || r.Header.Get("Cookie") != ""
}

// ownOrigin reports whether the browser says that one of our own pages sent this.
func (s *Server) ownOrigin(r *http.Request) bool {
	origin := strings.ToLower(r.Header.Get("Origin"))
	_, host, ok := strings.Cut(origin, "://")
	return ok && (host == strings.ToLower(r.Host) || s.public.Host != "" && origin == strings.ToLower(s.public.Scheme+"://"+s.public.Host))
}

// withTokens puts the token into every form of a page that posts, so that no template
// can forget it. Text that comes from shops cannot look like a form: html/template
// has escaped it.
func withTokens(page []byte, token string) []byte {
	const mark = `method="post"`
	field := []byte(`<input type="hidden" name="` + formField + `" value="` + token + `">`)
	var out bytes.Buffer
	for {
		i := bytes.Index(page, []byte(mark))
		if i < 0 {
			break
		}
		end := bytes.IndexByte(page[i:], '>')
		if end < 0 {
			break
		}
		out.Write(page[:i+end+1])
		out.Write(field)
		page = page[i+end+1:]
	}
	if out.Len() == 0 {
		return page
	}
	out.Write(page)
	return out.Bytes()
}
