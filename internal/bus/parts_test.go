package bus

import (
	"reflect"
	"testing"
)

// mostMethods bounds what can be called on a Bus itself. A new method belongs to one of
// its named parts, so that callers are given no more than they use.
const mostMethods = 30

func TestABusHasFewMethodsOfItsOwn(t *testing.T) {
	if n := reflect.TypeFor[*Bus]().NumMethod(); n > mostMethods {
		t.Errorf("%d exported methods can be called on a Bus, want at most %d: move the new one to a named part", n, mostMethods)
	}
}
