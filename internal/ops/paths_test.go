package ops

import "testing"

func TestNoPathIsShownToEverybody(t *testing.T) {
	for text, want := range map[string]string{
		"engine: open /home/hanako/sainyuka/data/jetstream/x.blk: no space left on device": "engine: open (path): no space left on device",
		`open "/var/lib/sainyuka": permission denied`:                                      `open "(path)": permission denied`,
		"/data is full":                        "(path) is full",
		`open C:\\Users\\hanako\\data: denied`: "open (path): denied",
		"channel phone: failing since 2026-11-29T10:00:00Z: Post https://ntfy.example/topic: 503": "channel phone: failing since 2026-11-29T10:00:00Z: Post https://ntfy.example/topic: 503",
		"NATS: no route to host":      "NATS: no route to host",
		"3 of 4 checks/second failed": "3 of 4 checks/second failed",
	} {
		if got := hidePaths(text); got != want {
			t.Errorf("hidePaths(%q) = %q, want %q", text, got, want)
		}
	}
}
