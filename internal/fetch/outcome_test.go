package fetch

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/sainyuka/sainyuka/internal/stock"
)

func TestJudge(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	tests := []struct {
		status     int
		retryAfter string
		body       string
		want       verdict
	}{
		{200, "", "", verdict{outcome: stock.OK}},
		{200, "30", "captcha", verdict{outcome: stock.OK}}, // the body is for sources to judge
		{203, "", "", verdict{outcome: stock.OK}},
		{202, "", "", verdict{outcome: stock.Failed, reason: stock.Because(stock.ReasonHTTPStatus, "202 Accepted")}},
		{204, "", "", verdict{outcome: stock.Failed, reason: stock.Because(stock.ReasonHTTPStatus, "204 No Content")}},
		{206, "", "", verdict{outcome: stock.Failed, reason: stock.Because(stock.ReasonHTTPStatus, "206 Partial Content")}},
		{300, "", "", verdict{outcome: stock.Failed, reason: stock.Because(stock.ReasonHTTPStatus, "300 Multiple Choices")}},
		{400, "", "", verdict{outcome: stock.Failed, reason: stock.Because(stock.ReasonHTTPStatus, "400 Bad Request")}},
		{401, "", "", verdict{outcome: stock.Blocked, reason: stock.Because(stock.ReasonHTTPStatus, "401 Unauthorized")}},
		{403, "", "", verdict{outcome: stock.Blocked, reason: stock.Because(stock.ReasonHTTPStatus, "403 Forbidden")}},
		{403, "60", "", verdict{outcome: stock.Blocked, reason: stock.Because(stock.ReasonHTTPStatus, "403 Forbidden")}},
		{404, "", "", verdict{outcome: stock.NotFound, reason: stock.Because(stock.ReasonHTTPStatus, "404 Not Found")}},
		{407, "", "", verdict{outcome: stock.Blocked, reason: stock.Because(stock.ReasonHTTPStatus, "407 Proxy Authentication Required")}},
		{410, "", "", verdict{outcome: stock.NotFound, reason: stock.Because(stock.ReasonHTTPStatus, "410 Gone")}},
		{418, "", "", verdict{outcome: stock.Failed, reason: stock.Because(stock.ReasonHTTPStatus, "418 I'm a teapot")}},
		{429, "", "", verdict{stock.RateLimited, stock.Because(stock.ReasonHTTPStatus, "429 Too Many Requests"), 0}},
		{429, "120", "", verdict{stock.RateLimited, stock.Because(stock.ReasonHTTPStatus, "429 Too Many Requests"), 2 * time.Minute}},
		{429, "later", "", verdict{stock.RateLimited, stock.Because(stock.ReasonHTTPStatus, "429 Too Many Requests"), 0}},
		{451, "", "", verdict{outcome: stock.Blocked, reason: stock.Because(stock.ReasonHTTPStatus, "451 Unavailable For Legal Reasons")}},
		{499, "", "", verdict{outcome: stock.Failed, reason: stock.Because(stock.ReasonHTTPStatus, "status 499")}},
		{500, "60", "", verdict{outcome: stock.Failed, reason: stock.Because(stock.ReasonHTTPStatus, "500 Internal Server Error")}},
		{503, "", "", verdict{outcome: stock.Failed, reason: stock.Because(stock.ReasonHTTPStatus, "503 Service Unavailable")}},
		{503, "", "<title>Backend fetch failed</title>", verdict{outcome: stock.Failed, reason: stock.Because(stock.ReasonHTTPStatus, "503 Service Unavailable")}},
		{503, "", "ただいまアクセスが集中しております", verdict{outcome: stock.Blocked, reason: stock.Because(stock.ReasonHTTPStatus, "503 Service Unavailable")}},
		{503, "", "Scheduled MAINTENANCE", verdict{outcome: stock.Blocked, reason: stock.Because(stock.ReasonHTTPStatus, "503 Service Unavailable")}},
		{503, "60", "Scheduled MAINTENANCE", verdict{stock.RateLimited, stock.Because(stock.ReasonHTTPStatus, "503 Service Unavailable"), time.Minute}},
		{503, "later", "", verdict{outcome: stock.Failed, reason: stock.Because(stock.ReasonHTTPStatus, "503 Service Unavailable")}},
	}
	for _, tt := range tests {
		header := http.Header{}
		if tt.retryAfter != "" {
			header.Set("Retry-After", tt.retryAfter)
		}
		if got := judge(tt.status, header, []byte(tt.body), now); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("status %d, Retry-After %q, body %q: %+v, want %+v", tt.status, tt.retryAfter, tt.body, got, tt.want)
		}
	}
}

func TestParseRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	tests := []struct {
		value string
		want  time.Duration
		ok    bool
	}{
		{"", 0, false},
		{"0", 0, true},
		{"90", 90 * time.Second, true},
		{" 90 ", 90 * time.Second, true},
		{"-5", 0, true},
		{"-99999999999999999999999", 0, true},
		{"86400", 24 * time.Hour, true},
		{"86401", 24 * time.Hour, true},
		{"99999999999999999999999", 24 * time.Hour, true},
		{"1.5", 0, false},
		{"-", 0, false},
		{"soon", 0, false},
		{"Sun, 22 Nov 2026 12:01:30 GMT", 90 * time.Second, true},
		{"Sunday, 22-Nov-26 12:01:30 GMT", 90 * time.Second, true},
		{"Sun Nov 22 12:01:30 2026", 90 * time.Second, true},
		{"Sun, 22 Nov 2026 11:00:00 GMT", 0, true},
		{"Sun, 22 Nov 2226 12:00:00 GMT", 24 * time.Hour, true},
		{"2026-11-22T12:01:30Z", 0, false},
	}
	for _, tt := range tests {
		if got, ok := parseRetryAfter(tt.value, now); got != tt.want || ok != tt.ok {
			t.Errorf("parseRetryAfter(%q) = %s, %t; want %s, %t", tt.value, got, ok, tt.want, tt.ok)
		}
	}
}

// A shop's date is of the shop's clock; ours may be wrong by years.
func TestRetryAfterGoesByTheShopsClock(t *testing.T) {
	shop := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	header := http.Header{"Date": {shop.Format(http.TimeFormat)}, "Retry-After": {shop.Add(90 * time.Second).Format(http.TimeFormat)}}
	for _, ours := range []time.Time{shop, time.Unix(60, 0), shop.Add(48 * time.Hour)} {
		if got := judge(http.StatusTooManyRequests, header, nil, ours); got.retryAfter != 90*time.Second {
			t.Errorf("at %s by our clock, an answer of %s that asks to come again 90s later: wait %s", ours, shop, got.retryAfter)
		}
	}
}

func FuzzRetryAfter(f *testing.F) {
	for _, seed := range []string{"", "120", "-1", "Sun, 22 Nov 2026 12:01:30 GMT", "1e9"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		wait, ok := parseRetryAfter(value, time.Unix(1_800_000_000, 0))
		if wait < 0 || wait > maxRetryAfter || !ok && wait != 0 {
			t.Errorf("parseRetryAfter(%q) = %s, %t", value, wait, ok)
		}
	})
}

// What a server or a resolver would have to be dialled for.
func TestReasons(t *testing.T) {
	c := newClient(t)
	tests := []struct {
		err  error
		want string
	}{
		{&net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "shop.example", IsNotFound: true}}, "DNS: no such host"},
		{&net.DNSError{Err: "server misbehaving", Name: "shop.example", Server: "192.0.2.1:53"}, "DNS: server misbehaving"},
		{&net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.EHOSTUNREACH)}, "host unreachable"},
		{&net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ENETUNREACH)}, "network unreachable"},
		{&net.OpError{Op: "write", Err: os.NewSyscallError("write", syscall.EPIPE)}, "connection reset"},
		{&net.OpError{Op: "dial", Err: os.ErrDeadlineExceeded}, "timeout while connecting"},
		{&tls.CertificateVerificationError{Err: x509.HostnameError{Certificate: &x509.Certificate{}, Host: "shop.example"}}, "TLS: x509: certificate is not valid for any names, but wanted to match shop.example"},
		{fmt.Errorf("remote error: %w", tls.AlertError(40)), "TLS: tls: handshake failure"},
		{&url.Error{Op: "Get", URL: "http://me:hunter2@shop.example/", Err: errors.New("odd")}, "odd"},
		{fmt.Errorf("dial shop.example: %w", Guard{}.Check(netip.MustParseAddr("10.0.0.1"))), "10.0.0.1 is refused (private address); fetch.allow_private_addresses = true would allow it"},
	}
	for _, tt := range tests {
		if got := c.reasonOf(tt.err).Text; got != tt.want {
			t.Errorf("reason of %v = %q, want %q", tt.err, got, tt.want)
		}
	}
}

func TestCut(t *testing.T) {
	long := cut("a" + strings.Repeat("再", 500))
	if len(long) > maxReason+len("…") || !utf8.ValidString(long) {
		t.Errorf("cut left %d bytes: %q", len(long), long)
	}
	if got := cut(" two\n lines\t"); got != "two lines" {
		t.Errorf("cut = %q, want one line", got)
	}
}
