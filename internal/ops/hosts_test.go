package ops

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestOnlyNamesThatNoStrangerCanHave(t *testing.T) {
	h := OwnNames("Box.example", http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	for host, want := range map[string]int{
		"127.0.0.1:8480": 200, "[::1]:8480": 200, "localhost": 200, "192.168.1.5:8480": 200, "sainyuka:8480": 200, "box.example": 200, "nas.local": 200,
		"sainyuka.default.svc": 200, "evil.example": 403, "127.0.0.1.evil.example": 403, "evil.example.": 403, "box.example.evil.example": 403,
	} {
		r := httptest.NewRequest("GET", "/metrics", nil)
		r.Host = host
		w := httptest.NewRecorder()
		if h.ServeHTTP(w, r); w.Code != want {
			t.Errorf("Host %q = %d, want %d", host, w.Code, want)
		}
	}
}
