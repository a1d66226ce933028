package web

import (
	"net/http"
	"strconv"
	"time"

	"github.com/sainyuka/sainyuka/internal/access"
	"github.com/sainyuka/sainyuka/internal/clock"
)

// gate compares secrets that people chose or that stand in a file, and bounds how
// many one address may try. The guesses of one address never stop another's, nor
// whoever is signed in, and the right secret from the same address is only delayed.
type gate struct {
	*Server
	secret *access.Password
	tries  *tries
	what   string // that is guessed, for the log
}

// gates are those of a server.
type gates struct{ password, hints *gate }

// of returns the gate for another server, with what it knows of guessers.
func (g *gate) of(s *Server) *gate {
	return &gate{Server: s, secret: g.secret, tries: g.tries, what: g.what}
}

// newGate returns the gate of a secret, as the configuration has it.
func (s *Server) newGate(what, secret string) *gate {
	p, err := access.ReadPassword(secret)
	if err != nil {
		s.o.Logger.Error("nobody can come in: the hash of the password cannot be read", "err", err)
	}
	return &gate{Server: s, secret: p, tries: newTries(), what: what}
}

// try compares a secret that came with a request. ask is the answer to a wrong one.
func (g *gate) try(r *http.Request, secret string, ask failure) error {
	from := g.caller(r)
	turn := g.tries.turn(from, clock.Now())
	if !turn.taken || !clock.Sleep(r.Context(), turn.in) {
		return tooMany(turn.in)
	}
	right, err := g.secret.Matches(r.Context(), secret)
	if err != nil {
		return failure{status: http.StatusServiceUnavailable, says: "busy: try again", header: map[string]string{"Retry-After": "1"}}
	}
	if right {
		return nil
	}
	g.tries.failed(from, clock.Now())
	g.o.Logger.Warn("refused: wrong "+g.what, "address", from)
	if !turn.free {
		return tooMany(0)
	}
	return ask
}

func tooMany(in time.Duration) failure {
	return failure{
		status: http.StatusTooManyRequests, says: "too many wrong passwords",
		header: map[string]string{"Retry-After": strconv.Itoa(int(in/time.Second) + 1)},
	}
}
