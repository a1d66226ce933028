package fetch

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// An answer that is the same as the one that the asker has read comes without a body.
func TestSameAnswers(t *testing.T) {
	const body = `<html><head><meta charset="utf-8"></head><body><!-- %d --><p>%s</p></body></html>`
	for _, encoding := range []string{"gzip", "zstd", "br", "identity"} {
		status, kind, token, text := 200, "text/html", 1, "売り切れ"
		s := openShop(t, map[string]http.HandlerFunc{"/": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			w.Header().Set("Content-Encoding", encoding)
			w.WriteHeader(status)
			_, _ = w.Write(compress(t, encoding, fmt.Appendf(nil, body, token, text)))
		}})
		c := newClient(t)
		request := stock.Request{URL: s.URL + "/"}
		ask := func(what string, same bool) {
			t.Helper()
			p := c.Fetch(t.Context(), request)
			if p.Outcome != stock.OK || p.Same != same || (len(p.Body) == 0) != same || p.Print == (stock.Print{}) && status == 200 {
				t.Errorf("%s, %s: outcome %s (%s), same %t with %d bytes and print %v; want same %t", encoding, what, p.Outcome, p.Reason, p.Same, len(p.Body), p.Print, same)
			}
			request.Last = p.Print
		}
		ask("the first answer", false)
		ask("the same bytes", true)
		token = 2
		ask("another comment", true)
		ask("the same bytes again", true)
		text = "在庫あり"
		ask("another text", false)
		kind = "text/html; charset=utf-8"
		ask("another type", false)
		status = http.StatusNonAuthoritativeInfo
		ask("another status", false)
		status = http.StatusOK
		ask("the first status again, nothing known", false)
		request.Last = stock.Print{}
		ask("nothing to compare with", false)
	}
}
