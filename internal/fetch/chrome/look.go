package chrome

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// pollEvery is how often a page is asked whether it is drawn.
const pollEvery = 100 * time.Millisecond

// The questions to a page. They are asked in a world of their own: the page's
// scripts can change the tree that they see, but not what they are made of.
const (
	isReady = `(selector => selector ? document.querySelector(selector) !== null : document.readyState === "complete")(%s)`
	takeAll = `(limit => {
		const html = document.documentElement ? document.documentElement.outerHTML : "";
		return {url: document.URL, tooLarge: html.length > limit, html: html.length > limit ? "" : html};
	})(%d)`
)

// Snapshot is what stands on a drawn page.
type Snapshot struct {
	URL  string `json:"url"` // as the page's script may have changed it, on the same host
	HTML string `json:"html"`

	TooLarge bool `json:"tooLarge"` // HTML is left out
}

// Look waits for at most patience until the page is drawn, and returns what
// stands on it then. ready is a CSS selector of what a drawn page has, "" for the
// load event; drawn tells whether it came. A page that leads elsewhere meanwhile
// is a MovedError.
func (t *Tab) Look(ctx context.Context, ready string, patience time.Duration) (s Snapshot, drawn bool, err error) {
	ctx, cancel := t.within(ctx)
	defer cancel()
	world, err := cdp.Call(ctx, t.page, page.CreateIsolatedWorld, page.CreateIsolatedWorldParams{FrameID: t.filter.frame, WorldName: ourWorld})
	if err != nil {
		return s, false, err
	}
	if drawn, err = t.await(ctx, world.ExecutionContextID, ready, patience); err != nil {
		return s, false, err
	}
	err = t.ask(ctx, world.ExecutionContextID, fmt.Sprintf(takeAll, t.maxBody), &s)
	select {
	case url := <-t.filter.moved:
		return s, false, &MovedError{url}
	default:
	}
	if err != nil {
		return s, false, err
	}
	if s.TooLarge || int64(len(s.HTML)) > t.maxBody {
		return s, drawn, ErrTooLarge
	}
	return s, drawn, nil
}

// await asks the page until it is drawn. A page that is busy does not answer, and
// ends with ctx.
func (t *Tab) await(ctx context.Context, world runtime.ExecutionContextID, ready string, patience time.Duration) (drawn bool, err error) {
	selector, err := json.Marshal(ready)
	if err != nil {
		return false, fmt.Errorf("encode the selector: %w", err)
	}
	question := fmt.Sprintf(isReady, selector)
	over := time.NewTimer(patience)
	defer over.Stop()
	poll := time.NewTicker(pollEvery)
	defer poll.Stop()
	for {
		if err := t.ask(ctx, world, question, &drawn); err != nil || drawn {
			return drawn, err
		}
		select {
		case <-poll.C:
		case url := <-t.filter.moved:
			return false, &MovedError{url}
		case <-over.C:
			return false, nil
		case <-ctx.Done():
			return false, context.Cause(ctx)
		}
	}
}

// ask evaluates an expression in our world of the page.
func (t *Tab) ask(ctx context.Context, world runtime.ExecutionContextID, expression string, answer any) error {
	got, err := cdp.Call(ctx, t.page, runtime.Evaluate, runtime.EvaluateParams{
		Expression: expression, ContextID: world, ReturnByValue: new(true), Silent: new(true),
	})
	switch {
	case err != nil:
		return err
	case got.ExceptionDetails != nil:
		return stock.Because(stock.ReasonBadSelector).Err()
	case got.Result == nil:
		return stock.Because(stock.ReasonPageNoAnswer).Err()
	}
	return decode(runtime.CommandEvaluate, got.Result.Value, answer)
}
