package config

import (
	"crypto/x509"
	"errors"
	"fmt"
	"os"
)

// errNoCertificate says that a file of authorities has none.
var errNoCertificate = errors.New("holds no certificate: it must be PEM, and begin with -----BEGIN CERTIFICATE-----")

// ReadRoots returns those whom the system trusts to vouch for a host, and the authorities of
// a file beside them; nil, which is the former alone, without a file.
func ReadRoots(path string) (*x509.CertPool, error) {
	if path == "" {
		return nil, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read ca_file: %w", err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool() // a machine without any
	}
	if !pool.AppendCertsFromPEM(text) {
		return nil, errNoCertificate
	}
	return pool, nil
}

// authorities reads the path of a file with certificates.
func (s *section) authorities(key string) string {
	path := s.file(key)
	if _, err := ReadRoots(path); errors.Is(err, errNoCertificate) {
		s.errorf(key, "holds no certificate: it must be PEM, and begin with -----BEGIN CERTIFICATE-----")
	}
	return path
}
