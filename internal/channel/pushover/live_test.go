//go:build live

package pushover

import (
	"net/http"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/channel/channeltest"
)

// go test -tags live -run TestLive ./internal/notify/pushover
func TestLive(t *testing.T) {
	client := &http.Client{Timeout: 30 * time.Second}
	channeltest.Live(t, New(Config{
		Token: channeltest.Env(t, "SAINYUKA_LIVE_PUSHOVER_TOKEN"),
		User:  channeltest.Env(t, "SAINYUKA_LIVE_PUSHOVER_USER"),
	}, client))
}
