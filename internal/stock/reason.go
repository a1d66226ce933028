package stock

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"
)

// Reason says why a look ended as it did, why a page is doubted, or why it was
// looked at: a code of a closed set with its arguments. The zero value is none.
//
// It is embedded where JSON has its fields beside those of what it explains.
// [Because] makes one; Text is its English sentence, for logs and other readers of
// JSON. What decides looks at Code. A record of another version may have a Text
// alone, which is shown as it is.
type Reason struct {
	Text string     `json:"reason,omitempty"`
	Code ReasonCode `json:"reason_code,omitempty"`
	Args []string   `json:"reason_args,omitempty"`
	// Cause is the reason behind this one, or a second one beside it.
	Cause *Reason `json:"reason_cause,omitempty"`
}

// Because returns a reason with its arguments. One that is a Reason, or an error
// made of one, is its cause; any other goes by its text,.
func Because(code ReasonCode, args ...any) Reason {
	r := Reason{Code: code}
	for _, a := range args {
		switch a := a.(type) {
		case Reason:
			r.Cause = &a
		case error:
			cause, ok := ReasonOf(a)
			if !ok {
				cause = Said(a.Error())
			}
			r.Cause = &cause
		case string:
			r.Args = append(r.Args, a)
		case time.Duration:
			r.Args = append(r.Args, a.String())
		default:
			r.Args = append(r.Args, fmt.Sprint(a))
		}
	}
	r.Text = r.In(English)
	return r
}

// Said is a reason in the words of somebody else: a provider, the network.
func Said(text string) Reason {
	if text == "" {
		return Reason{}
	}
	return Because(ReasonOther, text)
}

func (r Reason) String() string { return r.Text }

// Same reports whether two reasons say the same.
func (r Reason) Same(other Reason) bool { return r.Text == other.Text }

// None reports whether there is no reason.
func (r Reason) None() bool { return r.Code == "" && r.Text == "" }

// And returns the reason with a second one beside it.
func (r Reason) And(second Reason) Reason {
	switch {
	case r.None():
		return second
	case second.None():
		return r
	case r.Cause != nil:
		second = r.Cause.And(second)
	}
	r.Cause = &second
	r.Text = r.In(English)
	return r
}

// Has reports whether the reason, or one behind or beside it, has one of the codes.
func (r Reason) Has(codes ...ReasonCode) bool {
	return slices.Contains(codes, r.Code) || r.Cause != nil && r.Cause.Has(codes...)
}

// In says the reason in a language.
func (r Reason) In(l Language) string { return r.in(l, maxCauses) }

// maxCauses bounds a chain of causes in a record that somebody else wrote.
const maxCauses = 5

func (r Reason) in(l Language, left int) string {
	w, known := reasons[r.Code]
	if !known {
		return r.Text
	}
	cause := ""
	if r.Cause != nil && left > 0 {
		cause = r.Cause.in(l, left-1)
	}
	text := w.In(l)
	s := fillBy(text, func(place string) string {
		if place == "c" {
			return cause
		}
		return r.arg(l, place)
	})
	if cause != "" && !hasCause(text) {
		s += separator.In(l) + cause
	}
	return s
}

// separator stands between two reasons.
var separator = words{"; ", "／"}

// arg says an argument in a language: "0", or "m0" for one that is a method, "d0"
// for one that is a time.
func (r Reason) arg(l Language, place string) string {
	kind, n := place[0], int(place[len(place)-1]-'0')
	if n < 0 || n >= len(r.Args) {
		return ""
	}
	switch a := r.Args[n]; kind {
	case 'm':
		if m := Method(a).In(l); l != English && m != "" {
			return m
		}
		return a // as it stands in JSON
	case 'd':
		return spanIn(l, a)
	default:
		return a
	}
}

// spanIn says a time such as "5m0s" in whole minutes, or in seconds below one.
func spanIn(l Language, span string) string {
	d, err := time.ParseDuration(span)
	switch m := int(d.Round(time.Minute) / time.Minute); {
	case err != nil:
		return span
	case d < time.Minute:
		return fill(words{"{0} seconds", "{0}秒"}.In(l), []string{strconv.Itoa(int(d.Seconds()))})
	case m == 1:
		return words{"1 minute", "1分"}.In(l)
	default:
		return fill(words{"{0} minutes", "{0}分"}.In(l), []string{strconv.Itoa(m)})
	}
}

// In says what is wrong in a language: how the look ended, and why.
func (p Problem) In(l Language) string {
	outcome, why := outcomes[p.Outcome].In(l), p.Reason.In(l)
	if outcome == "" || why == "" {
		return outcome + why
	}
	return outcome + ": " + why
}

// outcomes are the names of the bad outcomes; a good look has a reason alone.
var outcomes = map[Outcome]words{
	Blocked:      {"blocked", "ブロック"},
	RateLimited:  {"rate_limited", "アクセス制限"},
	Disallowed:   {"disallowed", "禁止"},
	NotFound:     {"not_found", "ページなし"},
	WrongProduct: {"wrong_product", "別の商品"},
	Unreadable:   {"unreadable", "読み取れません"},
	Failed:       {"error", "接続できません"},
}

// Clip returns the reason with no text longer than clip makes it.
func (r Reason) Clip(clip func(string) string) Reason { return r.clip(clip, maxCauses) }

func (r Reason) clip(clip func(string) string, left int) Reason {
	r.Text, r.Code, r.Args = clip(r.Text), ReasonCode(clip(string(r.Code))), slices.Clone(r.Args)
	for i := range r.Args {
		r.Args[i] = clip(r.Args[i])
	}
	if r.Cause != nil {
		cause := r.Cause.clip(clip, left-1)
		r.Cause = &cause
	}
	if left <= 0 {
		r.Cause = nil
	}
	return r
}

// Err returns the reason as an error, which keeps its identity: of one that is kept
// in a variable [errors.Is] tells it from others.
func (r Reason) Err() error { return &reasonError{r} }

type reasonError struct{ reason Reason }

func (e *reasonError) Error() string  { return e.reason.Text }
func (e *reasonError) Reason() Reason { return e.reason }

// ReasonOf returns the reason that an error, or one that it wraps, gives by its
// method Reason; ok is false for others.
func ReasonOf(err error) (r Reason, ok bool) {
	var e interface {
		error
		Reason() Reason
	}
	if errors.As(err, &e) {
		return e.Reason(), true
	}
	return Reason{}, false
}

// ReasonCodes returns every code.
func ReasonCodes() []ReasonCode { return slices.Sorted(maps.Keys(reasons)) }
