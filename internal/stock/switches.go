package stock

import "time"

// Mute is a product of which nobody hears for a while.
type Mute struct {
	Product string    `json:"product"`
	Channel string    `json:"channel,omitempty"` // the only one that it holds for; "": all
	Until   time.Time `json:"until,omitzero"`    // zero: until somebody unmutes it
	By      string    `json:"by,omitempty"`      // "button", "api", "command"
	At      time.Time `json:"at,omitzero"`
}

// Over reports whether the mute has ended.
func (m Mute) Over(now time.Time) bool { return !m.Until.IsZero() && !now.Before(m.Until) }

// Disabled is a recipient that its service refuses. One that is gone gets nothing
// more until a person has done something; any other is tried again and again.
type Disabled struct {
	Channel   string    `json:"channel"`
	Recipient string    `json:"recipient"`
	Reason              // flattened: its service's last word
	Since     time.Time `json:"since"`
	Gone      bool      `json:"gone,omitempty"`
}

// Quota is what a channel with a monthly limit has sent this month.
type Quota struct {
	Channel string    `json:"channel"`
	Sent    int       `json:"sent"`
	Limit   int       `json:"limit,omitempty"`
	Until   time.Time `json:"until,omitzero"` // its service takes no more until then; zero: it does
}
