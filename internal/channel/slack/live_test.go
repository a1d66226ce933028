//go:build live

package slack

import (
	"net/http"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/channel/channeltest"
)

// go test -tags live -run TestLive ./internal/notify/slack
func TestLive(t *testing.T) {
	client := &http.Client{Timeout: 30 * time.Second}
	channeltest.Live(t, New(Config{
		URL: channeltest.Env(t, "SAINYUKA_LIVE_SLACK_URL"),
	}, client))
}
