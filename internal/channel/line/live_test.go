//go:build live

package line

import (
	"net/http"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/channel/channeltest"
)

// go test -tags live -run TestLive ./internal/notify/line
func TestLive(t *testing.T) {
	client := &http.Client{Timeout: 30 * time.Second}
	channeltest.Live(t, New(Config{
		Token: channeltest.Env(t, "SAINYUKA_LIVE_LINE_TOKEN"),
		To:    channeltest.Env(t, "SAINYUKA_LIVE_LINE_TO"),
	}, client))
}
