package cli

import (
	"fmt"
	"os"
	"strings"

	"github.com/sainyuka/sainyuka/internal/stock"
	"github.com/sainyuka/sainyuka/internal/web"
)

// said is a message with its arguments. As an error it is in English, as logs are.
type said struct {
	format string
	args   []any
}

func (s said) Error() string { return s.in("en") }

// Unwrap returns the errors that the message holds.
func (s said) Unwrap() []error {
	var errs []error
	for _, a := range s.args {
		if err, ok := a.(error); ok {
			errs = append(errs, err)
		}
	}
	return errs
}

// in says it in a language, "ja" or "en".
func (s said) in(language string) string {
	format := s.format
	if ja, ok := japanese[format]; ok && language == "ja" {
		format = ja
	}
	args := make([]any, len(s.args))
	for i, a := range s.args {
		args[i] = a
		if inner, ok := a.(interface{ in(language string) string }); ok {
			args[i] = inner.in(language)
		}
	}
	return fmt.Sprintf(strings.ReplaceAll(format, "%w", "%v"), args...)
}

// say returns a line of output in the language of the environment. Its format must be
// a literal that stands in the table japanese.
func say(format string, args ...any) string {
	return said{format, args}.in(languageNow())
}

// words says a text that stands in the table japanese, or as it is, in the language of the
// environment: the lines of commands and flags are held by a test.
func words(text string) string { return said{format: text}.in(languageNow()) }

// languageNow is the language of the environment.
func languageNow() string { return languageOf(os.Getenv) }

// value says a code of the API in the words that the dashboard has for it, kind as of
// web.Word. In English the codes are shown: they are words of that language.
func value[T ~string](kind string, code T) string {
	if languageNow() != string(stock.Japanese) || code == "" {
		return string(code)
	}
	return web.Word(stock.Japanese, kind, string(code))
}

// money says an amount, in Japanese as the dashboard does; in English as the API's values are.
func money(p stock.Price) string {
	if languageNow() != string(stock.Japanese) || !p.Known() {
		return p.String()
	}
	return p.Text()
}
