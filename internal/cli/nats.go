package cli

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"

	"github.com/nats-io/nats.go"

	"github.com/sainyuka/sainyuka/internal/bus"
	"github.com/sainyuka/sainyuka/internal/config"
)

// dialNATS makes a connection to the servers of nats.url, in the background for
// as long as it takes.
func dialNATS(n config.NATS, log *slog.Logger) (*nats.Conn, error) {
	options := bus.ClientOptions(log)
	if n.CredentialsFile != "" {
		login, err := credentials(n.CredentialsFile)
		if err != nil {
			return nil, fmt.Errorf("read nats.credentials_file: %w", err)
		}
		options = append(options, login)
	}
	if n.Inbox != "" {
		options = append(options, nats.CustomInboxPrefix(n.Inbox))
	}
	if n.CAFile != "" {
		options = append(options, nats.RootCAs(n.CAFile))
	}
	if n.CertFile != "" {
		options = append(options, nats.ClientCert(n.CertFile, n.KeyFile))
	}
	conn, err := nats.Connect(n.URL, options...)
	if err != nil {
		return nil, fmt.Errorf("connect to nats.url: %w", err)
	}
	return conn, nil
}

// credentials returns the way to log in that a file is for: a user's token with
// its key, as nsc writes them, or the seed of an nkey alone.
func credentials(path string) (nats.Option, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if bytes.Contains(text, []byte("NATS USER JWT")) {
		return nats.UserCredentials(path), nil
	}
	return nats.NkeyOptionFromSeed(path)
}
