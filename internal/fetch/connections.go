package fetch

import "context"

// Shares of the files that the process may open. A connection that is being made may
// take a few: a name is looked up, two addresses are tried.
const (
	filesPerRequest = 8
	filesPerIdle    = 4
	leastRequests   = 8
	mostRequests    = 1024
)

// connections bounds how many requests are under way at one moment, so that the files
// of a process suffice however many hosts are due at once. Nil: no limit.
type connections chan struct{}

// newConnections returns the bound for a limit of open files, 0: none is known.
func newConnections(files int) connections {
	if files <= 0 {
		return nil
	}
	return make(connections, max(leastRequests, min(mostRequests, files/filesPerRequest)))
}

// idleConnections is how many connections are kept for later; 0: no limit.
func idleConnections(files int) int { return files / filesPerIdle }

// enter waits for a place, or for the end of ctx.
func (c connections) enter(ctx context.Context) error {
	if c == nil {
		return nil
	}
	select {
	case c <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (c connections) leave() {
	if c != nil {
		<-c
	}
}
