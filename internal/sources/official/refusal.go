package official

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/sainyuka/sainyuka/internal/sources/page"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// Refusal says what an answer means that is no answer to the question, found
// false when it may be one. Advice tells what to look at when the API refuses the
// key.
func Refusal(p stock.Page, advice stock.Reason) (o stock.Observation, found bool) {
	if p.Status == 0 && p.Outcome != stock.OK && p.Outcome != "" {
		return stock.Observation{Outcome: p.Outcome, Reason: p.Reason}, true
	}
	status, message := p.Status, ""
	if e := errorOf(p.Body); e.found {
		message = e.message
		if status == http.StatusOK && e.status != 0 {
			status = e.status
		}
		if status == http.StatusOK {
			status = http.StatusBadRequest
		}
	}
	outcome, reason := meaning(status, p)
	if outcome == stock.OK {
		return stock.Observation{}, false
	}
	if message != "" {
		reason = reason.And(stock.Because(stock.ReasonAPISays, message))
	}
	if status == http.StatusUnauthorized || status == http.StatusForbidden {
		reason = reason.And(advice)
	}
	return stock.Observation{Outcome: outcome, Reason: reason}, true
}

// meaning gives the outcome of a status. Nothing here is evidence of stock: a
// 404 is what the APIs promise for "no such data", but also what an address gives
// whose version was switched off, while a search without hits is answered by 200
// and a count of 0.
func meaning(status int, p stock.Page) (stock.Outcome, stock.Reason) {
	switch {
	case status == http.StatusBadRequest:
		return stock.Unreadable, stock.Because(stock.ReasonAPIRejects)
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return stock.Blocked, stock.Because(stock.ReasonAPIKeyRefused, status)
	case status == http.StatusNotFound || status == http.StatusGone:
		return stock.Unreadable, stock.Because(stock.ReasonAPINoData, status)
	case status == http.StatusTooManyRequests:
		return stock.RateLimited, stock.Because(stock.ReasonAPITooOften)
	case p.Outcome == stock.OK || p.Outcome == "":
		if status >= 500 {
			return stock.Failed, stock.Because(stock.ReasonAPITrouble, status)
		}
		return stock.OK, stock.Reason{}
	}
	return p.Outcome, stock.Because(stock.ReasonAPIAnswers, p.Reason)
}

// told is an error as an API tells it.
type told struct {
	found   bool
	status  int // 0: not said
	message string
}

// maxMessage bounds what is repeated of an API's own words.
const maxMessage = 200

// errorOf finds the error in an answer. The shapes are Rakuten's
// {"error": "wrong_parameter", "error_description": "..."} and
// {"errors": {"errorCode": 403, "errorMessage": "..."}}, and Yahoo's
// {"Error": {"Code": 400, "Message": "..."}}.
func errorOf(body []byte) told {
	var answer struct {
		Error       json.RawMessage `json:"error"` // also "Error": names are matched without case
		Description Text            `json:"error_description"`
		Errors      json.RawMessage `json:"errors"`
		Message     Text            `json:"message"`
	}
	if json.Unmarshal(body, &answer) != nil {
		return told{}
	}
	var name Text
	var detail struct {
		Code         Number `json:"code"`
		ErrorCode    Number `json:"errorCode"`
		Message      Text   `json:"message"`
		ErrorMessage Text   `json:"errorMessage"`
	}
	for _, raw := range []json.RawMessage{answer.Error, answer.Errors} {
		if present(raw) {
			_ = name.UnmarshalJSON(raw)
			_ = json.Unmarshal(raw, &detail)
		}
	}
	if !present(answer.Error) && !present(answer.Errors) {
		return told{}
	}
	var words []string
	for _, t := range []Text{name, answer.Description, detail.Message, detail.ErrorMessage, answer.Message} {
		if t != "" {
			words = append(words, string(t))
		}
	}
	status := detail.Code.Value + detail.ErrorCode.Value
	if status < 400 || status > 599 {
		status = named[string(name)]
	}
	return told{found: true, status: int(status), message: brief(strings.Join(words, ": "))}
}

func present(raw json.RawMessage) bool { return len(raw) > 0 && string(raw) != "null" }

// named are the errors that Rakuten gives by name.
var named = map[string]int64{
	"wrong_parameter":     http.StatusBadRequest,
	"not_found":           http.StatusNotFound,
	"too_many_requests":   http.StatusTooManyRequests,
	"system_error":        http.StatusInternalServerError,
	"service_unavailable": http.StatusServiceUnavailable,
}

// brief makes one short line of an API's words.
func brief(s string) string {
	s = page.Fold(s)
	if runes := []rune(s); len(runes) > maxMessage {
		s = string(runes[:maxMessage]) + "…"
	}
	return s
}
