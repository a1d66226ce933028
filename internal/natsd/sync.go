package natsd

import (
	"fmt"
	"time"
)

// syncMode says when the engine makes the disk write.
type syncMode struct {
	always bool
	every  time.Duration
}

func parseSync(s string) (syncMode, error) {
	if s == "" || s == "always" {
		return syncMode{always: true}, nil
	}
	every, err := time.ParseDuration(s)
	if err != nil || every <= 0 {
		return syncMode{}, fmt.Errorf("sync %q: want \"always\" or a duration like \"10s\"", s)
	}
	return syncMode{every: every}, nil
}
