package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// previewTime is how long a page may take to say what it is of: a product can be
// added without that.
const previewTime = 15 * time.Second

// longestTitle is what fits into a product's name, in characters.
const longestTitle = 100

// title has the daemon look at a page, says what it read, and returns the page's
// title; "" when it could not be read in time.
func (r remoteProducts) title(ctx context.Context, env Env, url string) string {
	ctx, cancel := context.WithTimeout(ctx, previewTime)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://sainyuka/api/v1/preview", bytes.NewReader(asJSONText(map[string]string{"url": url})))
	if err != nil {
		return ""
	}
	resp, err := r.d.http.Do(req)
	if err != nil {
		return ""
	}
	defer resp.Body.Close()
	var seen struct {
		Look struct {
			stock.Reason
			Outcome      stock.Outcome
			Title        string
			Availability stock.Availability
			Price        stock.Price
		}
		Product string
	}
	if resp.StatusCode != http.StatusOK || json.NewDecoder(resp.Body).Decode(&seen) != nil || seen.Product != "" {
		return ""
	}
	if !seen.Look.Outcome.Good() {
		fmt.Fprintln(env.Stderr, say("the page could not be read now: %s", seen.Look.Reason.In(stock.Language(languageNow()))))
		return ""
	}
	title := []rune(oneLine(seen.Look.Title))
	title = title[:min(len(title), longestTitle)]
	fmt.Fprintln(env.Stdout, say("the page says: %s, %s, %s", string(title), seen.Look.Availability, orDash(seen.Look.Price.String())))
	return string(title)
}
