package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Push keeps the browsers that alerts are sent to.
type Push interface {
	// Key returns the public key that browsers subscribe for, and what a person
	// can compare it by.
	Key() (public, fingerprint string)
	// Channels returns the ids of the channels that send to browsers.
	Channels() []string
	Browsers() []Browser
	// Subscribe adds a browser, or renews it. An error that wraps ErrRefused says
	// what is wrong with the subscription.
	Subscribe(ctx context.Context, channel string, s Subscription) (id string, err error)
	// Unsubscribe removes the browser of an id. One that is not there is no error.
	Unsubscribe(ctx context.Context, id string) error
}

// Browser is one browser that hears of a channel's alerts.
type Browser struct {
	ID      string    `json:"id"` // "<channel>_<recipient>"
	Channel string    `json:"channel"`
	Name    string    `json:"browser,omitempty"` // as it calls itself, in short
	Since   time.Time `json:"since"`
}

// Subscription is what a browser says of itself, in the form of the Push API.
type Subscription struct {
	Endpoint string `json:"endpoint"`
	Keys     struct {
		P256dh string `json:"p256dh"`
		Auth   string `json:"auth"`
	} `json:"keys"`
	Browser string `json:"-"`
}

// ErrRefused is wrapped by the errors of Push whose text the asker may see.
var ErrRefused = errors.New("subscription refused")

// maxSubscription is several times what browsers send.
const maxSubscription = 8 << 10

func (s *Server) pushRoutes() []route {
	return []route{
		{"GET", "/api/v1/subscriptions", s.apiSubscriptions},
		{"POST", "/api/v1/subscriptions", s.apiSubscribe},
		{"DELETE", "/api/v1/subscriptions/{id}", s.apiUnsubscribe},
	}
}

func (s *Server) apiSubscriptions(*http.Request) (reply, error) {
	known := struct {
		Key           string    `json:"key,omitempty"`
		Fingerprint   string    `json:"fingerprint,omitempty"`
		Channels      []string  `json:"channels"`
		Subscriptions []Browser `json:"subscriptions"`
	}{Channels: s.pushChannels(), Subscriptions: []Browser{}}
	if len(known.Channels) > 0 {
		known.Key, known.Fingerprint = s.o.Push.Key()
		known.Subscriptions = append(known.Subscriptions, s.o.Push.Browsers()...)
	}
	return jsonReply(http.StatusOK, known)
}

// pushChannels returns the channels that send to browsers, never nil.
func (s *Server) pushChannels() []string {
	channels := []string{}
	if s.o.Push != nil {
		channels = append(channels, s.o.Push.Channels()...)
	}
	return channels
}

func (s *Server) apiSubscribe(r *http.Request) (reply, error) {
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "application/json" {
		return reply{}, failure{status: http.StatusUnsupportedMediaType, says: "send application/json"}
	}
	var asked struct {
		Channel string `json:"channel"`
		Subscription
	}
	if err := json.NewDecoder(http.MaxBytesReader(nil, r.Body, maxSubscription)).Decode(&asked); err != nil {
		return reply{}, failure{status: http.StatusBadRequest, says: "the body is not a subscription in JSON"}
	}
	channels := s.pushChannels()
	if asked.Channel == "" && len(channels) == 1 {
		asked.Channel = channels[0]
	}
	if !slices.Contains(channels, asked.Channel) {
		return reply{}, notFound("channel of type webpush")
	}
	asked.Browser = browserName(r.UserAgent())
	id, err := s.o.Push.Subscribe(r.Context(), asked.Channel, asked.Subscription)
	if errors.Is(err, ErrRefused) {
		return reply{}, failure{status: http.StatusUnprocessableEntity, says: err.Error()}
	}
	if err != nil {
		return reply{}, fmt.Errorf("subscribe a browser: %w", err)
	}
	return jsonReply(http.StatusCreated, map[string]string{"id": id, "channel": asked.Channel})
}

var recipientShape = regexp.MustCompile(`^[a-z2-7]{16}$`)

func (s *Server) apiUnsubscribe(r *http.Request) (reply, error) {
	id := r.PathValue("id")
	channel, recipient, _ := strings.Cut(id, "_")
	if !slices.Contains(s.pushChannels(), channel) || !recipientShape.MatchString(recipient) {
		return reply{}, notFound("subscription")
	}
	if err := s.o.Push.Unsubscribe(r.Context(), id); err != nil {
		return reply{}, fmt.Errorf("unsubscribe a browser: %w", err)
	}
	return reply{status: http.StatusNoContent}, nil
}

// browserName says in a few words what a browser calls itself, so that a person
// tells the phone from the desk. The order matters: most claim to be others too.
func browserName(userAgent string) string {
	name := func(marks ...[2]string) string {
		for _, m := range marks {
			if strings.Contains(userAgent, m[0]) {
				return m[1]
			}
		}
		return ""
	}
	browser := name([2]string{"Firefox/", "Firefox"}, [2]string{"Edg", "Edge"}, [2]string{"OPR/", "Opera"}, [2]string{"SamsungBrowser/", "Samsung Internet"},
		[2]string{"Chrome/", "Chrome"}, [2]string{"CriOS/", "Chrome"}, [2]string{"Safari/", "Safari"}, [2]string{"AppleWebKit/", "Safari"})
	system := name([2]string{"Android", "Android"}, [2]string{"iPhone", "iPhone"}, [2]string{"iPad", "iPad"},
		[2]string{"Windows", "Windows"}, [2]string{"Mac OS X", "macOS"}, [2]string{"CrOS", "ChromeOS"}, [2]string{"Linux", "Linux"})
	return joinNonEmpty(browser, system)
}

// serviceWorker serves the script that shows what is pushed. It stands at the
// root because its folder is what it may work for.
func serviceWorker(r *http.Request) (reply, error) {
	r.SetPathValue("file", "sw.js")
	return static(r)
}
