package fetch

import (
	"bytes"
	"context"
	"net/http"
	"strings"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// MaxPicture is how many bytes a picture has at most.
const MaxPicture = 512 << 10

// Picture fetches a picture as Fetch does a page: by the gap and the robots.txt of its
// host, and through the address guard. No header of the user is sent. Only types of
// pictures that cannot hold scripts are accepted.
func (c *Client) Picture(ctx context.Context, address string) ([]byte, error) {
	t, err := parseTarget(address)
	if err != nil {
		return nil, err
	}
	s := c.budget.open(false)
	defer s.close()
	for range maxHops {
		allowed, stop := c.admit(ctx, t, false)
		if stop != nil {
			return nil, stop.Reason.Err()
		}
		turn, err := c.gate.enter(ctx, t.host, allowed.gap)
		if err != nil {
			return nil, err
		}
		x := &exchange{ctx: ctx, target: t, limit: MaxPicture, gap: allowed.gap, share: s}
		header := c.header(nil)
		header.Set("Accept", "image/webp,image/avif,image/png,image/jpeg,image/gif")
		c.send(x, header)
		turn.leave(x.seen())
		body, next, err := c.picture(x)
		c.transport.release(&x.body)
		if err != nil || next.url == nil {
			return body, err
		}
		t = next
	}
	return nil, stock.Because(stock.ReasonTooManyRedirects, maxHops).Err()
}

// picture reads the answer of an exchange, or where it leads.
func (c *Client) picture(x *exchange) (body []byte, next target, err error) {
	switch {
	case x.err != nil:
		return nil, next, x.err
	case isRedirect(x.status):
		next, err = redirectTarget(x.target, x.header.Get("Location"))
		return nil, next, err
	case x.status != http.StatusOK:
		if wait, asked := parseRetryAfter(x.header.Get("Retry-After"), clock.Wall()); asked {
			c.Hold(x.target.host, clock.After(wait))
		}
		return nil, next, stock.Because(stock.ReasonHTTPStatus, statusLine(x.status)).Err()
	case x.bodyErr != nil:
		return nil, next, x.bodyErr
	}
	body = bytes.Clone(x.body.Bytes())
	if PictureType(body) == "" {
		return nil, next, stock.Because(stock.ReasonNoPicture).Err()
	}
	return body, next, nil
}

// PictureType returns the media type of a picture by its bytes, whatever its server says.
// It is "" for anything else, and for SVG, which can hold scripts.
func PictureType(body []byte) string {
	switch kind := http.DetectContentType(body); kind {
	case "image/png", "image/jpeg", "image/gif", "image/webp":
		return kind
	}
	if len(body) > 12 && string(body[4:8]) == "ftyp" && strings.HasPrefix(string(body[8:12]), "avi") {
		return "image/avif"
	}
	return ""
}
