package config

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"hash"

	"github.com/sainyuka/sainyuka/internal/pricing"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// hash returns a short text that differs when two processes would watch or tell
// different things. What may well differ between the machines of one cluster is
// left out: folders, addresses to listen on, the way to NATS, a proxy, a browser.
// So are passwords and tokens, of which nothing must be guessable from a hash.
func (c *Config) hash() (string, error) {
	zones := map[string]string{}
	for name, h := range c.Hosts {
		zones[name] = h.Zone.String()
	}
	before, err := json.Marshal(struct {
		Language, Timezone string
		Fetch              Fetch
		API                API // Secret encodes itself as "***"
		Hosts              map[string]Host
		Shops              map[string]pricing.Shop
		Zones              map[string]string
		Feeds              []Feed
		Wishes             []WishList
		Alerts             Alerts
	}{c.Language, c.Timezone.String(), shared(c.Fetch), c.API, c.Hosts, c.Shops, zones, c.Feeds, c.Wishes, c.Alerts})
	if err != nil {
		return "", fmt.Errorf("encode the configuration for its hash: %w", err)
	}
	behind, err := json.Marshal(struct {
		Routes   []stock.Route
		Channels []Channel // Secret encodes itself as "***"
	}{c.Routes, c.Channels})
	if err != nil {
		return "", fmt.Errorf("encode the configuration for its hash: %w", err)
	}
	h := sha256.New()
	h.Write(before[:len(before)-1])
	if err := hashProducts(h, c.Products); err != nil {
		return "", fmt.Errorf("encode the products for the configuration's hash: %w", err)
	}
	h.Write([]byte(","))
	h.Write(behind[1:])
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:12]), nil
}

// hashProducts writes the products as a field of a JSON object, one by one: the text of
// all of them is several times the file.
func hashProducts(h hash.Hash, products []stock.Product) error {
	h.Write([]byte(`,"Products":`))
	if products == nil {
		h.Write([]byte("null"))
		return nil
	}
	h.Write([]byte("["))
	for i := range products {
		if i > 0 {
			h.Write([]byte(","))
		}
		text, err := json.Marshal(&products[i])
		if err != nil {
			return err
		}
		h.Write(text)
	}
	h.Write([]byte("]"))
	return nil
}

// shared returns what must be equal on all machines. A new key of [fetch] is so
// until it is named here.
func shared(f Fetch) Fetch {
	f.Proxy, f.BrowserURL, f.Memory = "", "", 0
	return f
}
