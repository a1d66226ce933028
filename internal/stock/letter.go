package stock

import "time"

// Letter is one alert for one recipient of one channel on its way out. It holds
// no address and no token: the channel finds those in its own configuration.
type Letter struct {
	Event     string    `json:"event"` // the OBS sequence of the change, or "d..." for what is not one change
	Channel   string    `json:"channel"`
	Recipient string    `json:"recipient"` // ShortHash of the address
	Epoch     string    `json:"epoch"`     // of the OBS stream that Event counts in
	Alert     Alert     `json:"alert"`
	MadeAt    time.Time `json:"made_at"`
	NotAfter  time.Time `json:"not_after"`          // later than this the alert is worthless
	Urgent    bool      `json:"urgent,omitempty"`   // passes quiet hours that let urgent ones pass
	Silent    bool      `json:"silent,omitempty"`   // makes no sound
	Replaces  string    `json:"replaces,omitempty"` // the event of an earlier letter to the same recipient, whose message this one updates
	Redriven  bool      `json:"redriven,omitempty"` // a person wants it tried once more, whatever stands against it
	Tells     []string  `json:"tells,omitempty"`    // the events that a letter for several tells of

	PublishedAt time.Time `json:"published_at,omitzero"` // the record of the change
	Escalates   bool      `json:"escalates,omitempty"`   // others hear of it unless somebody acknowledges it
}

// ID returns the alert's identity, the same on every retry:
// "<event>_<channel>_<recipient>".
func (l Letter) ID() string { return l.Event + "_" + l.Channel + "_" + l.Recipient }

// Receipt is the proof that a letter was accepted by its channel, and says when
// the alert was where on its way.
type Receipt struct {
	Epoch      string    `json:"epoch"`
	SentAt     time.Time `json:"sent_at"`     // the channel accepted it
	ObservedAt time.Time `json:"observed_at"` // the page's bytes were there

	PublishedAt time.Time `json:"published_at,omitzero"` // the record of the change was stored
	MadeAt      time.Time `json:"made_at,omitzero"`      // the letter was written
	TriedAt     time.Time `json:"tried_at,omitzero"`     // the first attempt began, as far as the process that sent it knows

	Product    string `json:"product"`
	Kind       Kind   `json:"kind"`
	Tries      int    `json:"tries"`
	ProviderID string `json:"provider_id,omitempty"`
}

// Delivery is a letter that was accepted, as the delivery log has it.
type Delivery struct {
	Event     string `json:"event"`
	Channel   string `json:"channel"`
	Recipient string `json:"recipient"`
	Receipt
}

// ID returns the alert's identity, as [Letter.ID].
func (d Delivery) ID() string { return d.Event + "_" + d.Channel + "_" + d.Recipient }

// Took is the time from the page's bytes to the channel's answer, 0 when one of
// the two is not known.
func (d Delivery) Took() time.Duration {
	if d.ObservedAt.IsZero() || d.SentAt.IsZero() {
		return 0
	}
	return max(0, d.SentAt.Sub(d.ObservedAt))
}

// DeadLetter is a letter that was given up.
type DeadLetter struct {
	Letter Letter    `json:"letter"`
	Reason           // flattened: why, or the last error, without secrets
	Tries  int       `json:"tries"`
	At     time.Time `json:"at"`
}

// Look is the live status of one watch: news for the dashboard that nobody
// needs to keep.
type Look struct {
	Watch        string       `json:"watch"` // tid
	At           time.Time    `json:"at"`
	Outcome      Outcome      `json:"outcome"`
	Reason                    // flattened
	Availability Availability `json:"availability"`    // as this look read it, not yet confirmed
	Doubt        Doubt        `json:"doubt,omitempty"` // why it is Unknown although the page was read
	Leans        Lean         `json:"leans,omitempty"`
	Clarity      *Clarity     `json:"clarity,omitempty"` // the doubt that is remembered after this look
	Price        Price        `json:"price,omitzero"`
	Source       string       `json:"source,omitempty"`
	Took         int64        `json:"took_ms,omitempty"` // with the wait for what the host allows
	Next         time.Time    `json:"next,omitzero"`     // when the next look is due
	Why                       // flattened
}

// Why is the reason for which a page was looked at when it was, with names of its
// own in JSON.
type Why struct {
	Text  string     `json:"why,omitempty"`
	Code  ReasonCode `json:"why_code,omitempty"`
	Args  []string   `json:"why_args,omitempty"`
	Cause *Reason    `json:"why_cause,omitempty"`
}
