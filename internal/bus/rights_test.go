package bus

import "testing"

func TestRights(t *testing.T) {
	for _, c := range []struct {
		name    string
		rights  rights
		subject string
		want    bool
	}{
		{"no limits", rights{}, "out.phone.1", true},
		{"one word", rights{limited: true, allow: []string{"obs.*"}}, "obs.a", true},
		{"one word is not two", rights{limited: true, allow: []string{"obs.*"}}, "obs.a.b", false},
		{"one word is not none", rights{limited: true, allow: []string{"obs.*"}}, "obs", false},
		{"the rest", rights{limited: true, allow: []string{"$JS.API.>"}}, "$JS.API.STREAM.CREATE.OBS", true},
		{"the rest is not empty", rights{limited: true, allow: []string{"$JS.API.>"}}, "$JS.API", false},
		{"longer pattern", rights{limited: true, allow: []string{"a.b.c"}}, "a.b", false},
		{"second of two", rights{limited: true, allow: []string{"x", "a.b"}}, "a.b", true},
		{"none fits", rights{limited: true, allow: []string{"x", "a.b"}}, "a.c", false},
		{"only denied ones", rights{limited: true, deny: []string{"$JS.API.STREAM.UPDATE.*"}}, "$JS.API.STREAM.UPDATE.OBS", false},
		{"beside denied ones", rights{limited: true, deny: []string{"$JS.API.STREAM.UPDATE.*"}}, "obs.a", true},
		{"denied within what is allowed", rights{limited: true, allow: []string{">"}, deny: []string{"out.>"}}, "out.a.b", false},
	} {
		if got := c.rights.to(c.subject); got != c.want {
			t.Errorf("%s: %+v to %s: %t, want %t", c.name, c.rights, c.subject, got, c.want)
		}
	}
}
