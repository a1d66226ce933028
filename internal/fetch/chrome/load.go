package chrome

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/io"
	"github.com/chromedp/cdproto/page"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// chunk is how much of an answer is read at once.
const chunk = 256 << 10

// Load asks for a URL and returns how its answer begins. It waits for Body and
// Draw. A redirect is an answer and not followed.
func (t *Tab) Load(ctx context.Context, url string) (Answer, error) {
	ctx, cancel := t.within(ctx)
	defer cancel()
	select {
	case a := <-t.filter.answers:
		return a, nil
	case err := <-t.navigate(url):
		if err == nil {
			err = stock.Because(stock.ReasonPageNotAsked).Err()
		}
		return Answer{}, err
	case <-ctx.Done():
		return Answer{}, context.Cause(ctx)
	}
}

// navigate starts the loading and returns where its end will be told.
func (t *Tab) navigate(url string) <-chan error {
	t.watchers.Go(func() {
		got, err := cdp.Call(t.life, t.page, page.Navigate, page.NavigateParams{URL: url})
		if err == nil && got.ErrorText != "" {
			err = &NetError{got.ErrorText}
		}
		t.loaded <- err
	})
	return t.loaded
}

// Body returns the bytes of an answer, without their content encoding.
func (t *Tab) Body(ctx context.Context, a Answer) ([]byte, error) {
	ctx, cancel := t.within(ctx)
	defer cancel()
	taken, err := cdp.Call(ctx, t.page, fetch.TakeResponseBodyAsStream, fetch.TakeResponseBodyAsStreamParams{RequestID: a.id})
	if err != nil {
		return nil, err
	}
	var body []byte
	for {
		var part struct { // io.ReadResult cannot tell text from base64
			Base64 bool   `json:"base64Encoded"`
			Data   string `json:"data"`
			EOF    bool   `json:"eof"`
		}
		if err := t.page.Call(ctx, io.CommandRead, io.ReadParams{Handle: taken.Stream, Size: chunk}, &part); err != nil {
			return body, err
		}
		raw := []byte(part.Data)
		if part.Base64 {
			if raw, err = base64.StdEncoding.DecodeString(part.Data); err != nil {
				return body, fmt.Errorf("read the answer: %w", err)
			}
		}
		body = append(body, raw...)
		switch {
		case int64(len(body)) > t.maxBody:
			return body[:t.maxBody], ErrTooLarge
		case part.EOF:
			return body, nil
		}
	}
}

// Draw gives the browser the header and the body of an answer, under our policy,
// and waits until it has begun to build the page.
func (t *Tab) Draw(ctx context.Context, a Answer, header http.Header, body []byte) error {
	ctx, cancel := t.within(ctx)
	defer cancel()
	// An answer that is merely let pass keeps the policy that it came with.
	_, err := cdp.Call(ctx, t.page, fetch.FulfillRequest, fetch.FulfillRequestParams{
		RequestID: a.id, ResponseCode: int64(a.Status), ResponseHeaders: drawnUnder(header), Body: body,
	})
	if err != nil {
		return err
	}
	select {
	case err := <-t.loaded:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
