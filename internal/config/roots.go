package config

import (
	"crypto/x509"
	"errors"
	"fmt"
	"os"
)

// errNoCertificate says that a file of authorities has none.
var errNoCertificate = errors.New("holds no certificate: it must be PEM, and begin with -----BEGIN CERTIFICATE-----")

// ReadRoots returns the certificate authorities of the system together with those of a
// PEM file. Without a file it returns nil, which crypto/tls takes for those of the system.
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
		pool = x509.NewCertPool() // the machine has no authorities
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
