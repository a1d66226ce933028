package watch

import (
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// fillIn sets all that v consists of to something, pointers down to a depth.
func fillIn(t *testing.T, v reflect.Value, depth int) {
	t.Helper()
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(7)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(3)
	case reflect.String:
		v.SetString("\xffい" + v.Type().Name())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fillIn(t, v.Index(i), depth)
		}
	case reflect.Pointer:
		if depth > 0 {
			v.Set(reflect.New(v.Type().Elem()))
			fillIn(t, v.Elem(), depth-1)
		}
	case reflect.Struct:
		if at, ok := v.Addr().Interface().(*time.Time); ok {
			*at = time.Date(2026, 11, 30, 12, 0, 0, 5, time.UTC)
			return
		}
		for _, field := range v.Fields() {
			fillIn(t, field, depth)
		}
	default:
		t.Fatalf("a %s cannot be packed", v.Type())
	}
}

// Whatever a state has, also what hardly any has, it still has after it was packed.
func TestAPackedStateIsWhole(t *testing.T) {
	var want stock.State
	fillIn(t, reflect.ValueOf(&want).Elem(), 4)
	h, f := withoutTurns(nil), newHistory(time.Now()).follow
	h.many.Store(true)
	track := f.track()
	track.State = want
	f.setTrack(track)
	h.packState(f)
	if f.state != nil || f.packed == nil {
		t.Fatal("the state is not packed")
	}
	if d := cmp.Diff(want, f.track().State); d != "" {
		t.Errorf("a state that was packed (-want +got):\n%s", d)
	}
}
