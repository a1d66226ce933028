package stock

import "time"

// HostTrust is what was learned of how a host's pages tell the availability.
type HostTrust struct {
	Host    string        `json:"host"`
	Methods []MethodTrust `json:"methods"` // in the order of their names
}

// MethodTrust is what was learned of one method on a host.
type MethodTrust struct {
	Method  Method       `json:"method"`
	Trusted bool         `json:"trusted"`        // it is evidence of availability there
	Since   time.Time    `json:"since,omitzero"` // when it stopped being trusted
	Watches []WatchTrust `json:"watches"`        // on which this was seen, in the order of their ids
}

// WatchTrust is what one watch showed of a method since its value last changed.
type WatchTrust struct {
	Watch string       `json:"id"`
	Says  Availability `json:"says"`
	Turns int          `json:"turns"` // sell-outs and restocks during which its value stayed the same
	Seen  time.Time    `json:"seen"`
}

// NotTrusted returns the methods that do not count as evidence of availability on the host.
func (t HostTrust) NotTrusted() []MethodTrust {
	var all []MethodTrust
	for _, m := range t.Methods {
		if !m.Trusted {
			all = append(all, m)
		}
	}
	return all
}
