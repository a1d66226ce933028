package chrome

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// maxVersion bounds the answer that says where a browser's WebSocket is.
const maxVersion = 64 << 10

// Endpoint is where a browser listens.
type Endpoint struct{ url url.URL }

// ParseEndpoint reads the URL of a browser: of its HTTP door, such as
// http://127.0.0.1:9222, or of its WebSocket (ws:// or wss://).
func ParseEndpoint(raw string) (Endpoint, error) {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" {
		return Endpoint{}, errors.New("not a URL like http://127.0.0.1:9222")
	}
	switch u.Scheme {
	case "http", "https", "ws", "wss":
		return Endpoint{*u}, nil
	}
	return Endpoint{}, errors.New("only http://, https://, ws:// and wss:// can be dialled")
}

// Address returns the host:port that is dialled, always with the port.
func (e Endpoint) Address() (host, port string) {
	port = e.url.Port()
	if port == "" {
		port = map[string]string{"http": "80", "ws": "80", "https": "443", "wss": "443"}[e.url.Scheme]
	}
	return e.url.Hostname(), port
}

// socket returns the URL of the browser's WebSocket, asking the browser for it
// unless the user wrote it. Of the answer only path and query are taken: a
// connection never leads elsewhere than the user wrote.
func (e Endpoint) socket(ctx context.Context, client *http.Client) (string, error) {
	u := e.url
	if u.Scheme == "ws" || u.Scheme == "wss" {
		return u.String(), nil
	}
	told, err := e.ask(ctx, client)
	if err != nil {
		return "", fmt.Errorf("ask for the browser's version: %w", err)
	}
	u.Scheme = map[string]string{"http": "ws", "https": "wss"}[u.Scheme]
	u.Path, u.RawPath = told.Path, told.RawPath
	if told.RawQuery != "" {
		u.RawQuery = told.RawQuery
	}
	return u.String(), nil
}

// ask returns where the browser says that its WebSocket is.
func (e Endpoint) ask(ctx context.Context, client *http.Client) (*url.URL, error) {
	u := *e.url.JoinPath("json", "version")
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, stock.Because(stock.ReasonURLNotAsked).Err()
	}
	answer, err := client.Do(req)
	if err != nil {
		return nil, plain(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("status %d", answer.StatusCode)
	}
	var version struct {
		WebSocketDebuggerURL string `json:"webSocketDebuggerUrl"`
	}
	if err := json.NewDecoder(io.LimitReader(answer.Body, maxVersion)).Decode(&version); err != nil {
		return nil, stock.Because(stock.ReasonNotABrowser).Err()
	}
	told, err := url.Parse(version.WebSocketDebuggerURL)
	if err != nil || told.Path == "" {
		return nil, stock.Because(stock.ReasonNoWebsocket).Err()
	}
	return told, nil
}

// plain takes the URL out of an error of net/http.
func plain(err error) error {
	var request *url.Error
	if errors.As(err, &request) {
		return request.Err
	}
	return err
}
