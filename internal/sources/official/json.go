package official

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/url"
	"strconv"
	"strings"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// Number is a whole number that an API writes as 980 or as "980". Anything else,
// true for a price among it, leaves it unknown: one odd field makes no answer
// unreadable.
type Number struct {
	Value int64
	Known bool
}

// UnmarshalJSON never fails.
func (n *Number) UnmarshalJSON(raw []byte) error {
	text := strings.TrimSpace(strings.Trim(string(raw), `"`))
	v, err := strconv.ParseInt(text, 10, 64)
	*n = Number{}
	if err == nil {
		*n = Number{Value: v, Known: true}
	}
	return nil
}

// Yen returns the number as a price in yen. No offer costs nothing or less, so
// that is no price.
func (n Number) Yen() stock.Price {
	if !n.Known || n.Value <= 0 || n.Value > maxPrice {
		return stock.Price{}
	}
	return stock.Yen(n.Value)
}

// maxPrice is dearer than anything that a mall sells; what is above it is a
// mistake, and must not overflow a sum.
const maxPrice = 1_000_000_000_000

// Text is a string; a value of any other type leaves it empty.
type Text string

// UnmarshalJSON never fails.
func (t *Text) UnmarshalJSON(raw []byte) error {
	var s string
	*t = ""
	if json.Unmarshal(raw, &s) == nil {
		*t = Text(s)
	}
	return nil
}

// Image is the address of a picture: the first of a list, which holds them as
// strings or as {"imageUrl": ...}, or a string by itself.
type Image string

// UnmarshalJSON never fails.
func (i *Image) UnmarshalJSON(raw []byte) error {
	*i = ""
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) == nil && len(list) > 0 {
		raw = list[0]
	}
	var s string
	var object struct {
		ImageURL Text `json:"imageUrl"`
	}
	if json.Unmarshal(raw, &s) == nil {
		*i = Image(s)
	} else if json.Unmarshal(raw, &object) == nil {
		*i = Image(object.ImageURL)
	}
	return nil
}

// decode reads a row into v; it may stand in a wrapper, {"Item": {...}}. A field of
// an unexpected type stays empty, and is not the end of the row.
func decode(row json.RawMessage, v any) error {
	var wrapped struct{ Item json.RawMessage }
	if err := json.Unmarshal(row, &wrapped); err != nil {
		return err
	}
	if len(wrapped.Item) > 0 {
		row = wrapped.Item
	}
	err := json.Unmarshal(row, v)
	var odd *json.UnmarshalTypeError
	if errors.As(err, &odd) && odd.Field != "" {
		return nil
	}
	return err
}

// Link returns the address of an offer's page on its shop's host, by https and
// without the parameters by which the APIs count who asked (Rakuten's holds the
// application's id); "" for any other address.
func Link(raw, shop string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || !strings.EqualFold(u.Host, shop) || u.User != nil {
		return ""
	}
	return (&url.URL{Scheme: "https", Host: shop, Path: u.Path, RawPath: u.RawPath}).String()
}

// Conceal replaces the user's keys in an answer, should it repeat them, so that
// nothing that is read from it can hold one.
func Conceal(body []byte, secrets ...string) []byte {
	for _, s := range secrets {
		if len(s) >= minSecret && bytes.Contains(body, []byte(s)) {
			body = bytes.ReplaceAll(body, []byte(s), []byte("***"))
		}
	}
	return body
}

// minSecret keeps a short key, which is none, from wrecking the answer.
const minSecret = 6
