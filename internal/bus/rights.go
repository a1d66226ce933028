package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// ErrNotAllowed says that a stream must be made or changed first, which the server does
// not let this user do: another user must do it once.
var ErrNotAllowed = errors.New("the user of this process may not do that: run `sainyuka setup -credentials FILE` as one who may")

const (
	subjectUserInfo = "$SYS.REQ.USER.INFO"
	rightsTimeout   = 2 * time.Second
)

// rights are the subjects that the server lets this process publish to. What it forbids
// it does not answer, so that a request would only run into its time-out.
type rights struct {
	limited     bool // false: all
	allow, deny []string
}

// askRights asks the server. Without an answer everything counts as allowed.
func (l *link) askRights(ctx context.Context) rights {
	ctx, cancel := context.WithTimeout(ctx, rightsTimeout)
	defer cancel()
	m, err := l.nc.RequestWithContext(ctx, subjectUserInfo, nil)
	if err != nil {
		l.log.Debug("the server does not say what this user may do", "err", err)
		return rights{}
	}
	var answer struct {
		Data struct {
			Permissions *struct {
				Publish *struct {
					Allow []string `json:"allow"`
					Deny  []string `json:"deny"`
				} `json:"publish"`
			} `json:"permissions"`
		} `json:"data"`
	}
	if err := json.Unmarshal(m.Data, &answer); err != nil {
		l.log.Debug("what this user may do cannot be read", "err", err)
		return rights{}
	}
	p := answer.Data.Permissions
	if p == nil || p.Publish == nil {
		return rights{}
	}
	return rights{limited: true, allow: p.Publish.Allow, deny: p.Publish.Deny}
}

// to reports whether a subject may be published to.
func (r rights) to(subject string) bool {
	within := func(pattern string) bool { return matches(pattern, subject) }
	return !r.limited || (len(r.allow) == 0 || slices.ContainsFunc(r.allow, within)) && !slices.ContainsFunc(r.deny, within)
}

// matches reports whether a subject is one of a pattern of NATS.
func matches(pattern, subject string) bool {
	words := strings.Split(subject, ".")
	patterns := strings.Split(pattern, ".")
	for i, p := range patterns {
		switch {
		case p == ">":
			return i < len(words)
		case i >= len(words), p != "*" && p != words[i]:
			return false
		}
	}
	return len(patterns) == len(words)
}

// mayMake reports whether a stream may be made that is missing, mayAdjust whether one may
// get other settings, mayPurge whether messages of one may be removed by subject.
func (l *link) mayMake(stream string) bool { return l.rights.to("$JS.API.STREAM.CREATE." + stream) }

func (l *link) mayAdjust(stream string) bool { return l.rights.to("$JS.API.STREAM.UPDATE." + stream) }

func (l *link) mayPurge(stream string) bool { return l.rights.to("$JS.API.STREAM.PURGE." + stream) }

// notAllowed says what cannot be done.
func notAllowed(what, stream string) error {
	return fmt.Errorf("%s %s: %w", what, stream, ErrNotAllowed)
}
