package stock

import "testing"

func TestEveryAvailabilityHasAName(t *testing.T) {
	for _, l := range []Language{English, Japanese} {
		seen := map[string]Availability{}
		for _, a := range Availabilities() {
			name := a.In(l)
			if other, taken := seen[name]; name == "" || taken {
				t.Errorf("%s is called %q in %s, as is %s; want a name of its own", a, name, l, other)
			}
			seen[name] = a
		}
		for _, c := range []string{ConditionNew, ConditionUsed, ConditionRefurbished} {
			if ConditionIn(l, c) == "" {
				t.Errorf("the condition %s has no name in %s", c, l)
			}
		}
	}
}
