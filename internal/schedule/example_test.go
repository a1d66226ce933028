package schedule_test

import (
	"fmt"
	"time"

	"github.com/sainyuka/sainyuka/internal/schedule"
)

// A host may be asked once in two seconds. The page that nobody has looked at yet
// comes first, and the other when its interval is over.
func ExampleHost() {
	now := time.Date(2026, 10, 1, 12, 0, 0, 0, time.UTC)
	h := schedule.NewHost(2*time.Second, time.UTC)
	h.Set([]schedule.Page{
		{ID: "new", Interval: time.Minute, MinInterval: time.Minute},
		{ID: "known", Interval: time.Minute, MinInterval: time.Minute, Looked: now},
	})
	id, at, _ := h.Next(now)
	fmt.Println(id, at.Sub(now))
	h.Saw(id, now, schedule.Seen{Good: true})
	_, at, _ = h.Next(now.Add(2 * time.Second))
	fmt.Println("then not before", at.Sub(now) >= time.Minute)
	// Output:
	// new 0s
	// then not before true
}
