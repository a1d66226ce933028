package stock

import "testing"

func TestClassOfALook(t *testing.T) {
	for _, tt := range []struct {
		name string
		look Observation
		want LookClass
	}{
		{"in stock", Observation{Outcome: OK, Offer: Offer{Availability: InStock}}, LookTold},
		{"as before", Observation{Outcome: NotModified, Offer: Offer{Availability: SoldOut}}, LookTold},
		{"an empty search", Observation{Outcome: OK, IsSearch: true}, LookTold},
		{"a silent page", Observation{Outcome: OK, Doubt: Silent}, LookUnclear},
		{"a contradiction", Observation{Outcome: OK, Doubt: Contradiction, Leans: LeansYes}, LookUnclear},
		{"blocked", Observation{Outcome: Blocked, Doubt: Silent}, LookUnread},
		{"removed", Observation{Outcome: NotFound, Offer: Offer{Availability: Discontinued}}, LookUnread},
		{"nothing at all", Observation{Outcome: OK}, LookUnread},
	} {
		if got := tt.look.Class(); got != tt.want {
			t.Errorf("%s: class %q, want %q", tt.name, got, tt.want)
		}
	}
}
