package fetch

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

const (
	maxRobots     = 512 << 10        // bytes of a robots.txt that are read; RFC 9309 wants 500 KiB
	robotsLife    = 24 * time.Hour   // how long one is believed
	minRobotsLife = time.Hour        // at least, whatever its Cache-Control says
	robotsRetry   = 30 * time.Second // when to ask again after it could not be had
	staleRetry    = 5 * time.Minute  // the same while an older one serves
)

// robotsEntry is what is known of one origin's robots.txt: its rules, or why it
// could not be had.
type robotsEntry struct {
	rules   robotRules
	problem *verdict
	until   clock.Deadline
}

// robotsCache remembers the robots.txt of every origin that was asked lately.
type robotsCache struct {
	mu      sync.Mutex
	entries map[string]robotsEntry
	sweepAt int
}

func newRobotsCache() *robotsCache {
	return &robotsCache{entries: make(map[string]robotsEntry), sweepAt: minLanes}
}

// fresh returns the entry of an origin while it holds.
func (r *robotsCache) fresh(origin string) (robotsEntry, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	e, ok := r.entries[origin]
	return e, ok && !e.until.Passed()
}

// store keeps what a look at an origin's robots.txt gave, and returns what is
// believed from now on. Where the file could not be had, an older one goes on to
// serve: RFC 9309 section 2.4 allows it, and a hiccup blinds no watch.
func (r *robotsCache) store(origin string, e robotsEntry) robotsEntry {
	r.mu.Lock()
	defer r.mu.Unlock()
	if old, ok := r.entries[origin]; ok && old.problem == nil && e.problem != nil && e.problem.outcome != stock.RateLimited {
		e = robotsEntry{rules: old.rules, until: clock.In(staleRetry)}
	}
	r.sweep()
	r.entries[origin] = e
	return e
}

// sweep drops what nobody has asked for a day after it expired. It runs when the
// number of entries has doubled.
func (r *robotsCache) sweep() {
	if len(r.entries) < r.sweepAt {
		return
	}
	for origin, e := range r.entries {
		if e.until.Overdue() > robotsLife {
			delete(r.entries, origin)
		}
	}
	r.sweepAt = max(minLanes, 2*len(r.entries))
}

// robotsFor returns what t's origin allows, asking for its robots.txt if that is
// not known. The error is the end of ctx, which says nothing about the host.
func (c *Client) robotsFor(ctx context.Context, t target) (robotsEntry, error) {
	origin := t.origin
	if e, ok := c.robots.fresh(origin); ok {
		return e, nil
	}
	file, err := robotsFile(t)
	if err != nil {
		return robotsEntry{}, err
	}
	for hop := 0; ; hop++ {
		turn, err := c.gate.enter(ctx, file.host, c.every(file.host))
		if err != nil {
			return robotsEntry{}, err
		}
		if e, ok := c.robots.fresh(origin); ok {
			turn.pass() // somebody else asked while we waited
			return e, nil
		}
		next, e := c.askRobots(ctx, turn, file, hop)
		switch {
		case ctx.Err() != nil:
			return robotsEntry{}, context.Cause(ctx)
		case next.url == nil:
			c.logRobots(t.host, e)
			return c.robots.store(origin, e), nil
		}
		file = next
	}
}

func (c *Client) logRobots(host string, e robotsEntry) {
	if e.problem != nil {
		c.log.Debug("robots.txt not had", "host", host, "err", e.problem.reason)
		return
	}
	c.log.Debug("robots.txt read", "host", host, "rules", len(e.rules.rules), "delay", e.rules.delay)
}

// robotsFile returns where the robots.txt is that speaks for t.
func robotsFile(t target) (target, error) {
	u := *t.url
	u.Path, u.RawPath, u.RawQuery, u.ForceQuery = "/robots.txt", "", "", false
	return checkTarget(&u)
}

// askRobots sends one request for a robots.txt, ends the turn, and returns where
// to ask next, or what to believe and for how long.
func (c *Client) askRobots(ctx context.Context, turn *turn, file target, hop int) (next target, e robotsEntry) {
	x := &exchange{ctx: ctx, target: file, limit: maxRobots, gap: turn.gap, share: c.budget.open(true)}
	defer x.share.close()
	c.send(x, c.header(nil))
	defer c.transport.release(&x.body)
	next, e = c.readRobots(x, hop)
	turn.gap = max(turn.gap, e.rules.delay) // a Crawl-delay counts from here on
	turn.leave(x.seen())
	return next, e
}

// readRobots judges one answer to a request for a robots.txt.
func (c *Client) readRobots(x *exchange, hop int) (next target, e robotsEntry) {
	broken := func(err error) robotsEntry {
		return robotsProblem(x.target.host, verdict{outcome: stock.Failed, reason: c.reasonOf(err)})
	}
	if x.err != nil {
		return target{}, broken(x.err)
	}
	if isRedirect(x.status) && hop < maxHops {
		if next, err := redirectTarget(x.target, x.header.Get("Location")); err == nil {
			return next, robotsEntry{}
		}
	}
	switch {
	case x.status == http.StatusOK:
		file := x.body.Bytes()
		if errors.Is(x.bodyErr, errTooLarge) {
			file = file[:bytes.LastIndexByte(file, '\n')+1] // half a rule may forbid what the whole one does not
		} else if x.bodyErr != nil {
			return target{}, broken(x.bodyErr)
		}
		return target{}, robotsEntry{rules: parseRobots(file, c.token), until: clock.In(lifeOf(x.header))}
	case x.status >= 500 || x.status == http.StatusTooManyRequests:
		return target{}, robotsProblem(x.target.host, judge(x.status, x.header, x.body.Bytes(), clock.Wall()))
	default:
		// No such file, or one that leads nowhere: "unavailable" in the RFC's words,
		// which allows everything.
		return target{}, robotsEntry{until: clock.In(lifeOf(x.header))}
	}
}

func robotsProblem(host string, v verdict) robotsEntry {
	if v.outcome != stock.RateLimited {
		v.outcome = stock.Failed // not the page is blocked; we may not ask it before robots.txt answers
	}
	v.reason = stock.Because(stock.ReasonRobots, host, v.reason)
	return robotsEntry{problem: &v, until: clock.In(max(robotsRetry, v.retryAfter))}
}

// lifeOf returns how long an answer is believed: its max-age, between an hour and
// a day.
func lifeOf(header http.Header) time.Duration {
	for directive := range strings.SplitSeq(strings.ToLower(header.Get("Cache-Control")), ",") {
		switch name, value, _ := strings.Cut(strings.TrimSpace(directive), "="); name {
		case "no-cache", "no-store":
			return minRobotsLife
		case "max-age":
			if seconds, err := strconv.ParseInt(strings.Trim(value, `"`), 10, 32); err == nil {
				return min(max(time.Duration(seconds)*time.Second, minRobotsLife), robotsLife)
			}
		}
	}
	return robotsLife
}
