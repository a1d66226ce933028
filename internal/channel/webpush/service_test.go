package webpush_test

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/channel/webpush"
)

// browser is the receiving end of a subscription.
type browser struct {
	private *ecdh.PrivateKey
	auth    []byte
}

func newBrowser(t *testing.T) browser {
	t.Helper()
	private, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatalf("make a browser's key: %v", err)
	}
	b := browser{private, make([]byte, 16)}
	_, _ = rand.Read(b.auth)
	return b
}

func (b browser) subscription(endpoint string) webpush.Subscription {
	encode := base64.RawURLEncoding.EncodeToString
	return webpush.Subscription{Endpoint: endpoint, Keys: webpush.Secrets{P256dh: encode(b.private.PublicKey().Bytes()), Auth: encode(b.auth)}}
}

// decrypt reads a body as RFC 8291 and RFC 8188 say, with the standard library
// alone: a second opinion on what the library under test writes.
func (b browser) decrypt(body []byte) ([]byte, error) {
	const head = 16 + 4 + 1 + 65
	if len(body) <= head || body[20] != 65 {
		return nil, fmt.Errorf("the body has %d bytes, or no public key", len(body))
	}
	salt, size, theirs := body[:16], binary.BigEndian.Uint32(body[16:20]), body[21:head]
	if len(body) > int(size) {
		return nil, fmt.Errorf("the body has %d bytes in a record of %d", len(body), size)
	}
	public, err := ecdh.P256().NewPublicKey(theirs)
	if err != nil {
		return nil, err
	}
	shared, err := b.private.ECDH(public)
	if err != nil {
		return nil, err
	}
	info := "WebPush: info\x00" + string(b.private.PublicKey().Bytes()) + string(theirs)
	ikm, err := hkdf.Key(sha256.New, shared, b.auth, info, 32)
	if err != nil {
		return nil, err
	}
	key, err := hkdf.Key(sha256.New, ikm, salt, "Content-Encoding: aes128gcm\x00", 16)
	if err != nil {
		return nil, err
	}
	nonce, err := hkdf.Key(sha256.New, ikm, salt, "Content-Encoding: nonce\x00", 12)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	padded, err := gcm.Open(nil, nonce, body[head:], nil)
	if err != nil {
		return nil, err
	}
	text, last := strings.CutSuffix(strings.TrimRight(string(padded), "\x00"), "\x02")
	if !last {
		return nil, errors.New("the record is not marked as the last")
	}
	return []byte(text), nil
}

// service is a push service that takes only what the specifications allow.
type service struct {
	*httptest.Server
	browser browser

	mu     sync.Mutex
	pushes []pushed
}

type pushed struct {
	ttl            int
	topic, urgency string
	token          string
	claims         claims
	size           int
	text           []byte
}

type claims struct {
	Aud string `json:"aud"`
	Exp int64  `json:"exp"`
	Sub string `json:"sub"`
}

func newService(t *testing.T) *service {
	t.Helper()
	s := &service{browser: newBrowser(t)}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p, err := s.read(r)
		if err != nil {
			t.Errorf("the push service does not take it: %v", err)
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.pushes = append(s.pushes, p)
		w.Header().Set("Location", fmt.Sprintf("%s/message/%d", s.URL, len(s.pushes)))
		w.WriteHeader(http.StatusCreated)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *service) got() []pushed {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pushes
}

var topicShape = regexp.MustCompile(`^[-_A-Za-z0-9]{1,32}$`)

// read checks a push by RFC 8030 and 8292, and decrypts it.
func (s *service) read(r *http.Request) (pushed, error) {
	h := r.Header
	p := pushed{topic: h.Get("Topic"), urgency: h.Get("Urgency")}
	var err error
	if p.ttl, err = strconv.Atoi(h.Get("TTL")); err != nil || p.ttl < 0 {
		return p, fmt.Errorf("TTL %q", h.Get("TTL"))
	}
	if !topicShape.MatchString(p.topic) {
		return p, fmt.Errorf("topic %q", p.topic)
	}
	if h.Get("Content-Encoding") != "aes128gcm" || r.Method != http.MethodPost {
		return p, fmt.Errorf("%s with encoding %q", r.Method, h.Get("Content-Encoding"))
	}
	if p.claims, p.token, err = vapid(h.Get("Authorization")); err != nil {
		return p, err
	}
	left := time.Until(time.Unix(p.claims.Exp, 0))
	if p.claims.Aud != "http://"+r.Host || left <= 0 || left > 24*time.Hour {
		return p, fmt.Errorf("claims %+v", p.claims)
	}
	if a, ok := strings.CutPrefix(p.claims.Sub, "mailto:"); ok == strings.HasPrefix(p.claims.Sub, "https://") || ok && strings.Contains(a, ":") {
		return p, fmt.Errorf("sub %q", p.claims.Sub)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil || len(body) > 4096 {
		return p, fmt.Errorf("body of %d bytes: %w", len(body), err)
	}
	p.size = len(body)
	p.text, err = s.browser.decrypt(body)
	return p, err
}

// vapid verifies "vapid t=JWT, k=KEY" by RFC 8292.
func vapid(header string) (c claims, token string, err error) {
	rest, ok := strings.CutPrefix(header, "vapid t=")
	token, key, ok2 := strings.Cut(rest, ", k=")
	parts := strings.Split(token, ".")
	if !ok || !ok2 || len(parts) != 3 {
		return c, "", fmt.Errorf("authorization %q", header)
	}
	var raw [4][]byte
	for i, part := range append(parts, key) {
		if raw[i], err = base64.RawURLEncoding.DecodeString(part); err != nil {
			return c, "", fmt.Errorf("part %d of the authorization: %w", i, err)
		}
	}
	var head struct{ Alg, Typ string }
	if err := json.Unmarshal(raw[0], &head); err != nil || head.Alg != "ES256" || head.Typ != "JWT" {
		return c, "", fmt.Errorf("token is %s", raw[0])
	}
	public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), raw[3])
	if err != nil {
		return c, "", err
	}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if len(raw[2]) != 64 || !ecdsa.Verify(public, sum[:], new(big.Int).SetBytes(raw[2][:32]), new(big.Int).SetBytes(raw[2][32:])) {
		return c, "", errors.New("the token's signature is wrong")
	}
	return c, token, json.Unmarshal(raw[1], &c)
}
