// Package pack holds values that many of are kept and few of are in use, such as the
// last reading of every page, in a fraction of their memory.
//
// It is pure, and its bytes are for this process alone: they are read back by the
// program that made them and never stored.
package pack

import (
	"encoding/binary"
	"fmt"
	"math"
	"reflect"
	"strings"
	"time"

	"github.com/klauspost/compress/s2"
)

// Packer packs values of one type. It is safe for concurrent use.
type Packer[T any] struct {
	dict *s2.Dict // nil: the sample was too short for one
}

// New returns a Packer. What the values have in common with the sample takes no room. It
// panics when the type has a field that cannot be packed, which the first test shows.
func New[T any](sample T) *Packer[T] {
	raw := appendValue(nil, reflect.ValueOf(&sample).Elem())
	return &Packer[T]{dict: s2.MakeDict(raw, nil)}
}

// Pack returns v as bytes. What v points to is not kept.
func (p *Packer[T]) Pack(v T) []byte {
	raw := appendValue(nil, reflect.ValueOf(&v).Elem())
	if p.dict == nil {
		return s2.Encode(nil, raw)
	}
	// Encode returns a slice of a buffer with room for the worst case.
	return append([]byte(nil), p.dict.Encode(nil, raw)...)
}

// Unpack returns the value of which Pack made b. Empty slices that are not nil come back
// as nil, times without their monotonic clock.
func (p *Packer[T]) Unpack(b []byte) (v T, err error) {
	var raw []byte
	if p.dict == nil {
		raw, err = s2.Decode(nil, b)
	} else {
		raw, err = p.dict.Decode(nil, b)
	}
	if err != nil {
		return v, fmt.Errorf("unpack a %T: %w", v, err)
	}
	r := reader{text: string(raw)}
	r.value(reflect.ValueOf(&v).Elem())
	if r.short {
		return v, fmt.Errorf("unpack a %T: it is cut short", v)
	}
	return v, nil
}

var timeType = reflect.TypeFor[time.Time]()

// appendValue adds a value to b: numbers and lengths as varints, one part after the other.
func appendValue(b []byte, v reflect.Value) []byte {
	switch v.Kind() {
	case reflect.Bool:
		return append(b, map[bool]byte{true: 1}[v.Bool()])
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return binary.AppendVarint(b, v.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return binary.AppendUvarint(b, v.Uint())
	case reflect.Float64:
		return binary.BigEndian.AppendUint64(b, math.Float64bits(v.Float()))
	case reflect.String:
		return append(binary.AppendUvarint(b, uint64(v.Len())), v.String()...)
	case reflect.Slice:
		b = binary.AppendUvarint(b, uint64(v.Len()))
		for i := range v.Len() {
			b = appendValue(b, v.Index(i))
		}
		return b
	case reflect.Pointer:
		if v.IsNil() {
			return append(b, 0)
		}
		return appendValue(append(b, 1), v.Elem())
	case reflect.Struct:
		if v.Type() == timeType {
			return appendTime(b, v.Interface().(time.Time))
		}
		for _, field := range v.Fields() {
			b = appendValue(b, field)
		}
		return b
	}
	panic(fmt.Sprintf("pack: a %s cannot be packed", v.Type()))
}

// appendTime adds a moment, in UTC unless it is of another zone.
func appendTime(b []byte, t time.Time) []byte {
	raw, err := t.MarshalBinary()
	if err != nil {
		raw, _ = t.UTC().MarshalBinary() // a zone with a fraction of a minute
	}
	return append(append(b, byte(len(raw))), raw...)
}

// reader reads what appendValue wrote.
type reader struct {
	text  string // what is left
	short bool
}

func (r *reader) take(n uint64) string {
	if n > uint64(len(r.text)) {
		r.text, r.short = "", true
		return ""
	}
	s := r.text[:n]
	r.text = r.text[n:]
	return s
}

func (r *reader) uvarint() uint64 {
	var x uint64
	for shift := 0; shift < 64; shift += 7 {
		c := r.take(1)
		if c == "" {
			return 0
		}
		x |= uint64(c[0]&0x7f) << shift
		if c[0] < 0x80 {
			return x
		}
	}
	r.short = true
	return 0
}

func (r *reader) varint() int64 {
	u := r.uvarint()
	return int64(u>>1) ^ -int64(u&1)
}

func (r *reader) value(v reflect.Value) {
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(r.take(1) == "\x01")
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(r.varint())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(r.uvarint())
	case reflect.Float64:
		if s := r.take(8); len(s) == 8 {
			v.SetFloat(math.Float64frombits(binary.BigEndian.Uint64([]byte(s))))
		}
	case reflect.String:
		v.SetString(strings.Clone(r.take(r.uvarint()))) // one that is kept must not keep all
	case reflect.Slice:
		r.slice(v)
	case reflect.Pointer:
		if r.take(1) == "\x01" {
			v.Set(reflect.New(v.Type().Elem()))
			r.value(v.Elem())
		}
	case reflect.Struct:
		if v.Type() == timeType {
			r.time(v.Addr().Interface().(*time.Time))
			return
		}
		for _, field := range v.Fields() {
			r.value(field)
		}
	}
}

func (r *reader) slice(v reflect.Value) {
	n := r.uvarint()
	if n > uint64(len(r.text)) { // each element takes a byte at least
		r.short = true
		return
	}
	if n == 0 {
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), int(n), int(n)))
	for i := range int(n) {
		r.value(v.Index(i))
	}
}

func (r *reader) time(t *time.Time) {
	n := r.take(1)
	if n == "" {
		return
	}
	if err := t.UnmarshalBinary([]byte(r.take(uint64(n[0])))); err != nil {
		r.short = true
	}
}
