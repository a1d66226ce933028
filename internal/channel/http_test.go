package channel

import (
	"errors"
	"net/http"
	"testing"
	"time"
)

func TestAnswerErr(t *testing.T) {
	for status, want := range map[int]Class{
		301: BadRecipient, 302: Transient, 307: Transient, 308: BadRecipient, 304: Transient,
		400: BadMessage, 401: BadCredential, 403: BadCredential, 404: BadRecipient, 405: BadRecipient, 408: Transient, 410: BadRecipient,
		413: BadMessage, 421: Transient, 422: BadMessage, 425: Transient, 429: RateLimited, 451: BadMessage,
		500: Transient, 502: Transient, 503: Transient, 504: Transient, 507: Transient, 599: Transient,
	} {
		err := Answer{Status: status}.Err()
		if e, ok := errors.AsType[*SendError](err); !ok || e.Class != want || e.Status != status {
			t.Errorf("Answer{%d}.Err() = %v, want class %q", status, err, want)
		}
	}
	for _, status := range []int{200, 201, 202, 204, 299} {
		if err := (Answer{Status: status}).Err(); err != nil {
			t.Errorf("Answer{%d}.Err() = %v, want nil", status, err)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	const date = "Sat, 03 Oct 2026 03:00:00 GMT"
	for _, tt := range []struct {
		value, date string
		want        time.Duration
	}{
		{"", date, 0},
		{"2", date, 2 * time.Second},
		{" 120 ", "", 2 * time.Minute},
		{"0", "", 0},
		{"-5", "", 0},
		{"1.5", "", 0},
		{"99999999999999999999", "", 0},
		{"2147483647", "", maxRetryAfter},
		{"Sat, 03 Oct 2026 03:00:30 GMT", date, 30 * time.Second},
		{"Saturday, 03-Oct-26 03:00:30 GMT", date, 30 * time.Second},
		{"Sat, 03 Oct 2026 02:59:00 GMT", date, 0},
		{"Sat, 03 Oct 2099 02:59:00 GMT", date, maxRetryAfter},
		{"soon", date, 0},
	} {
		a := Answer{Status: 429, Header: http.Header{"Retry-After": {tt.value}, "Date": {tt.date}}}
		if got := a.retryAfter(); got != tt.want {
			t.Errorf("Retry-After %q at %q = %v, want %v", tt.value, tt.date, got, tt.want)
		}
	}
}
