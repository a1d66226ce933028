package config

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"

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
	meaning := struct {
		Language, Timezone string
		Fetch              Fetch
		API                API // Secret encodes itself as "***"
		Hosts              map[string]Host
		Shops              map[string]pricing.Shop
		Zones              map[string]string
		Feeds              []Feed
		Wishes             []WishList
		Alerts             Alerts
		Products           []stock.Product
		Routes             []stock.Route
		Channels           []Channel // Secret encodes itself as "***"
	}{
		c.Language, c.Timezone.String(), shared(c.Fetch), c.API, c.Hosts, c.Shops, zones, c.Feeds, c.Wishes, c.Alerts, c.Products, c.Routes, c.Channels,
	}
	text, err := json.Marshal(meaning)
	if err != nil {
		return "", fmt.Errorf("encode the configuration for its hash: %w", err)
	}
	sum := sha256.Sum256(text)
	return base64.RawURLEncoding.EncodeToString(sum[:12]), nil
}

// shared returns what must be equal on all machines. A new key of [fetch] is so
// until it is named here.
func shared(f Fetch) Fetch {
	f.Proxy, f.BrowserURL, f.Memory = "", "", 0
	return f
}
