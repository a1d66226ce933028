//go:build live

package telegram

import (
	"net/http"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/channel/channeltest"
)

// go test -tags live -run TestLive ./internal/notify/telegram
func TestLive(t *testing.T) {
	client := &http.Client{Timeout: 30 * time.Second}
	channeltest.Live(t, New(Config{
		Token: channeltest.Env(t, "SAINYUKA_LIVE_TELEGRAM_TOKEN"),
		Chat:  channeltest.Env(t, "SAINYUKA_LIVE_TELEGRAM_CHAT"),
	}, client))
}
