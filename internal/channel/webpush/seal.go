package webpush

import (
	"bytes"
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
	"fmt"
	"strings"
	"time"
)

// sealFor encrypts a message for one browser, with a key and a salt that are used once, padded to size bytes.
func sealFor(to Secrets, message []byte, size int) ([]byte, error) {
	once, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	salt := make([]byte, 16)
	_, _ = rand.Read(salt) // never fails
	return seal(to, message, size, once, salt)
}

// seal writes the one record of an aes128gcm body (RFC 8188) under the keys of RFC 8291, sections 3.3 and 3.4.
func seal(to Secrets, message []byte, size int, once *ecdh.PrivateKey, salt []byte) ([]byte, error) {
	theirs, err := decode(to.P256dh)
	if err != nil {
		return nil, err
	}
	auth, err := decode(to.Auth)
	if err != nil {
		return nil, err
	}
	browser, err := ecdh.P256().NewPublicKey(theirs)
	if err != nil {
		return nil, err
	}
	shared, err := once.ECDH(browser)
	if err != nil {
		return nil, err
	}
	ours := once.PublicKey().Bytes()
	ikm, err := hkdf.Key(sha256.New, shared, auth, "WebPush: info\x00"+string(theirs)+string(ours), 32)
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
	body := append([]byte(nil), salt...)
	body = binary.BigEndian.AppendUint32(body, maxRecord)
	body = append(append(body, byte(len(ours))), ours...)
	plain := append(bytes.Clone(message), 2) // the delimiter of the last record; zeros after it are padding
	plain = append(plain, make([]byte, max(0, size-len(body)-len(plain)-gcm.Overhead()))...)
	return gcm.Seal(body, nonce, plain, nil), nil
}

// tokenValid is how long a token holds; push services take at most a day.
const tokenValid = 12 * time.Hour

// sign returns the header by which the push service of an origin knows whose messages these are: a JWT with ES256,
// by RFC 8292.
func (s *Sender) sign(origin string, now time.Time) (string, error) {
	raw, err := decode(s.keys.Private)
	if err != nil {
		return "", err
	}
	private, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), raw)
	if err != nil {
		return "", err
	}
	subject := s.contact
	if !strings.HasPrefix(subject, "https:") && !strings.HasPrefix(subject, "mailto:") {
		subject = "mailto:" + subject
	}
	claims, err := json.Marshal(map[string]any{"aud": origin, "exp": now.Add(tokenValid).Unix(), "sub": subject})
	if err != nil {
		return "", err
	}
	encode := base64.RawURLEncoding.EncodeToString
	text := encode([]byte(`{"alg":"ES256","typ":"JWT"}`)) + "." + encode(claims)
	sum := sha256.Sum256([]byte(text))
	r, v, err := ecdsa.Sign(rand.Reader, private, sum[:])
	if err != nil {
		return "", err
	}
	signature := make([]byte, 64)
	r.FillBytes(signature[:32])
	v.FillBytes(signature[32:])
	return fmt.Sprintf("vapid t=%s.%s, k=%s", text, encode(signature), s.keys.Public), nil
}
