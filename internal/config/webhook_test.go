package config

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sainyuka/sainyuka/internal/wording"
)

func TestOwnWebhook(t *testing.T) {
	t.Setenv("SAINYUKA_TEST_TOKEN", "tk_123")
	c := load(t, "testdata/good/webhook.toml").Channels[0]
	want := map[string]Secret{"Authorization": "Bearer tk_123", "Content-Type": "text/plain"}
	if diff := cmp.Diff(want, c.Headers); diff != "" || c.Method != "PUT" {
		t.Errorf("method %q, want PUT; headers (-want +got):\n%s", c.Method, diff)
	}
	body, err := c.Body.Body(wording.Fields{Title: "再入荷", URL: "https://shop.example/a"})
	if got, want := string(body), "再入荷: https://shop.example/a"; err != nil || got != want {
		t.Errorf("body = %q, %v, want %q", got, err, want)
	}
}
