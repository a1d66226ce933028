package stock

import (
	"reflect"
	"strings"
	"testing"
	"time"
	"unsafe"
)

// fillTexts gives every text below v a piece of page.
func fillTexts(v reflect.Value, page string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(page[7:19])
	case reflect.Pointer:
		if v.Type().Elem() == v.Type() || v.Type() == reflect.TypeFor[*Reason]() {
			v.Set(reflect.ValueOf(&Reason{Text: page[1:9], Args: []string{page[2:9]}}))
			return
		}
		v.Set(reflect.New(v.Type().Elem()))
		fillTexts(v.Elem(), page)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fillTexts(v.Index(i), page)
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return
		}
		for _, field := range v.Fields() {
			fillTexts(field, page)
		}
	}
}

// shared returns the paths of the texts below v that are pieces of page.
func shared(v reflect.Value, path, page string) (found []string) {
	switch v.Kind() {
	case reflect.String:
		p, begin := uintptr(unsafe.Pointer(unsafe.StringData(v.String()))), uintptr(unsafe.Pointer(unsafe.StringData(page)))
		if p >= begin && p < begin+uintptr(len(page)) {
			return []string{path}
		}
	case reflect.Pointer:
		if !v.IsNil() {
			return shared(v.Elem(), path, page)
		}
	case reflect.Slice:
		for i := range v.Len() {
			found = append(found, shared(v.Index(i), path, page)...)
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return nil
		}
		for i := range v.NumField() {
			found = append(found, shared(v.Field(i), path+"."+v.Type().Field(i).Name, page)...)
		}
	}
	return found
}

// No text of a detached observation is a piece of the page, and all say what they said.
func TestDetached(t *testing.T) {
	page := strings.Repeat("a page ", 10)
	var o Observation
	fillTexts(reflect.ValueOf(&o).Elem(), page)
	got := o.Detached()
	if !reflect.DeepEqual(got, o) {
		t.Errorf("a detached observation is %+v, want %+v", got, o)
	}
	if found := shared(reflect.ValueOf(got), "", page); len(found) > 0 {
		t.Errorf("pieces of the page are in %v", found)
	}
	if found := shared(reflect.ValueOf(o), "", page); len(found) < 30 {
		t.Errorf("pieces of the page are in %v before, want them in all texts", found)
	}
	if got := (Observation{}).Detached(); !reflect.DeepEqual(got, Observation{}) {
		t.Errorf("nothing detached is %+v", got)
	}
}
