package stock

import (
	"encoding/json"
	"testing"
)

func TestAvailability(t *testing.T) {
	tests := []struct {
		a           Availability
		name        string
		group       Group
		purchasable bool
	}{
		{Unknown, "Unknown", GroupUnknown, false},
		{InStock, "InStock", Now, true},
		{LimitedAvailability, "LimitedAvailability", Now, true},
		{OnlineOnly, "OnlineOnly", Now, true},
		{PreOrder, "PreOrder", Later, true},
		{PreSale, "PreSale", Later, true},
		{BackOrder, "BackOrder", Later, true},
		{MadeToOrder, "MadeToOrder", Later, true},
		{OutOfStock, "OutOfStock", No, false},
		{SoldOut, "SoldOut", No, false},
		{InStoreOnly, "InStoreOnly", No, false},
		{Reserved, "Reserved", No, false},
		{Discontinued, "Discontinued", No, false},
	}
	if got, want := len(Availabilities()), len(tests); got != want {
		t.Fatalf("Availabilities() has %d members, this table %d", got, want)
	}
	for i, tt := range tests {
		if got := Availabilities()[i]; got != tt.a {
			t.Errorf("Availabilities()[%d] = %v, want %v", i, got, tt.a)
		}
		if got := tt.a.String(); got != tt.name {
			t.Errorf("%d.String() = %q, want %q", tt.a, got, tt.name)
		}
		if got := tt.a.Group(); got != tt.group {
			t.Errorf("%v.Group() = %v, want %v", tt.a, got, tt.group)
		}
		if got := tt.a.Purchasable(); got != tt.purchasable {
			t.Errorf("%v.Purchasable() = %v, want %v", tt.a, got, tt.purchasable)
		}
		if got, ok := ParseAvailability("https://schema.org/" + tt.name); got != tt.a || !ok {
			t.Errorf("ParseAvailability(%q) = %v, %v, want %v, true", tt.name, got, ok, tt.a)
		}
		var back Availability
		if b, err := json.Marshal(tt.a); err != nil || string(b) != `"`+tt.name+`"` {
			t.Errorf("JSON of %v = %s, %v, want %q", tt.a, b, err, tt.name)
		} else if err := json.Unmarshal(b, &back); err != nil || back != tt.a {
			t.Errorf("%v read back from JSON = %v, %v", tt.a, back, err)
		}
	}
}

func TestGroupString(t *testing.T) {
	for g, want := range map[Group]string{GroupUnknown: "unknown", Now: "now", Later: "later", No: "no", 77: "unknown"} {
		if got := g.String(); got != want {
			t.Errorf("Group(%d).String() = %q, want %q", uint8(g), got, want)
		}
	}
}

func TestAvailabilityOutsideTheList(t *testing.T) {
	a := Availability(77)
	if got := a.Group(); got != GroupUnknown {
		t.Errorf("%v.Group() = %v, want %v: what nobody knows takes part in nothing", a, got, GroupUnknown)
	}
	if got, want := a.String(), "Availability(77)"; got != want {
		t.Errorf("String() = %q, want %q", got, want)
	}
}

func TestParseAvailability(t *testing.T) {
	tests := []struct {
		in   string
		want Availability
		ok   bool
	}{
		{"InStock", InStock, true},
		{"instock", InStock, true},
		{"in stock", InStock, true},
		{"in_stock", InStock, true},
		{"In-Stock", InStock, true},
		{" \n http://schema.org/InStock\t", InStock, true},
		{"https://schema.org/InStock/", InStock, true},
		{"//schema.org/instock", InStock, true},
		{"http://www.schema.org/OutOfStock", OutOfStock, true},
		{"schema.org/PreOrder", PreOrder, true},
		{"schema:InStock", InStock, true},
		{"http://purl.org/goodrelations/v1#InStock", InStock, true},
		{"out of stock", OutOfStock, true},
		{"out_of_stock", OutOfStock, true},
		{"oos", OutOfStock, true},
		{"preorder", PreOrder, true},
		{"pre-order", PreOrder, true},
		{"backorder", BackOrder, true},
		{"made_to_order", MadeToOrder, true},
		{"discontinued", Discontinued, true},
		{"unknown", Unknown, true},

		{"", Unknown, false},
		{"/", Unknown, false},
		{"https://schema.org/", Unknown, false},
		{"available", Unknown, false},
		{"available for order", Unknown, false},
		{"pending", Unknown, false},
		{"not in stock", Unknown, false},
		{"InStock, OutOfStock", Unknown, false},
		{"InStockSoon", Unknown, false},
		{"true", Unknown, false},
		{"1", Unknown, false},
		{"在庫あり", Unknown, false},
	}
	for _, tt := range tests {
		if got, ok := ParseAvailability(tt.in); got != tt.want || ok != tt.ok {
			t.Errorf("ParseAvailability(%q) = %v, %v, want %v, %v", tt.in, got, ok, tt.want, tt.ok)
		}
	}
	var a Availability
	if err := json.Unmarshal([]byte(`"perhaps"`), &a); err == nil {
		t.Errorf(`availability "perhaps" read from JSON = %v, want an error`, a)
	}
}

func TestSaleModeDrawn(t *testing.T) {
	for mode, want := range map[SaleMode]bool{"": false, Open: false, MembersOnly: false, Lottery: true, Invitation: true, "else": false} {
		if got := mode.Drawn(); got != want {
			t.Errorf("SaleMode(%q).Drawn() = %v, want %v", mode, got, want)
		}
	}
}

func TestOutcomeGood(t *testing.T) {
	for _, o := range Outcomes() {
		if got, want := o.Good(), o == "ok" || o == "not_modified"; got != want {
			t.Errorf("Outcome(%q).Good() = %v, want %v", o, got, want)
		}
	}
	if got, want := len(Outcomes()), 9; got != want {
		t.Errorf("Outcomes() has %d members, want %d", got, want)
	}
}

func TestMethodStrong(t *testing.T) {
	for m, want := range map[Method]bool{
		MethodAPI: true, MethodPageData: true, MethodJSONLD: true, MethodMicrodata: true, MethodStatus: true,
		MethodRule: true, MethodOpenGraph: false, MethodBuyBox: false, "guess": false,
	} {
		if got := m.Strong(); got != want {
			t.Errorf("Method(%q).Strong() = %v, want %v", m, got, want)
		}
	}
}
