package config

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// Secret is a text that must not be seen: whichever way it is printed, logged or
// encoded, it reads "***". The empty Secret means that there is none.
type Secret string

const hidden = "***"

// Reveal returns the text itself.
func (s Secret) Reveal() string { return string(s) }

// String returns "***", or "" when there is no secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return hidden
}

// GoString keeps the secret out of %#v.
func (s Secret) GoString() string { return s.String() }

// Format keeps the secret out of every other verb, %x and %d included.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// LogValue keeps the secret out of logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText keeps the secret out of JSON and the like.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// maxSecret is more than any token needs, so that a wrong path (a disk image, a
// device) is not read to its end.
const maxSecret = 64 << 10

// secret reads a value that may stand in the file, in a file of its own
// (KEY_file), or in the environment (${NAME} within the value).
func (s *section) secret(key string) Secret {
	inline, fromFile := s.take(key, formText), s.take(key+"_file", formText)
	file := fromFile != nil && fromFile.text != ""
	switch {
	case inline == nil || inline.text == "":
		if !file {
			return ""
		}
		return s.readSecret(key+"_file", fromFile.text)
	case file:
		s.errorf(key+"_file", "%s is set too: give only one of the two", key)
		return ""
	}
	return s.expand(key, inline.text)
}

var variable = regexp.MustCompile(`\$\{([^}]*)\}?`)

// expand replaces each ${NAME} by the environment's value.
func (s *section) expand(key, text string) Secret {
	return Secret(variable.ReplaceAllStringFunc(text, func(found string) string {
		name, closed := strings.CutSuffix(strings.TrimPrefix(found, "${"), "}")
		switch value, set := s.r.env(name); {
		case !closed:
			s.errorf(key, "${ has no closing }; a secret that holds these characters belongs in %s_file", key)
		case !set:
			s.errorf(key, "the environment variable %q is not set", name)
		case value == "":
			s.errorf(key, "the environment variable %q is empty", name)
		default:
			return value
		}
		return ""
	}))
}

// readSecret reads the file that a KEY_file setting names.
func (s *section) readSecret(key, path string) Secret {
	text, err := readSmall(s.r.abs(path))
	switch {
	case err != nil:
		s.errorf(key, "cannot read %q: %v", path, cause(err))
	case len(text) > maxSecret:
		s.errorf(key, "the file %q is larger than %d KiB", path, maxSecret>>10)
	case strings.TrimRight(text, "\r\n") == "":
		s.errorf(key, "the file %q is empty", path)
	default:
		return Secret(strings.TrimRight(text, "\r\n"))
	}
	return ""
}

// readSmall reads a regular file of at most maxSecret bytes, and of a larger one
// just enough to see that it is too large.
func readSmall(path string) (string, error) {
	if info, err := os.Stat(path); err != nil {
		return "", err
	} else if !info.Mode().IsRegular() {
		return "", sayf("not a regular file") // reading a pipe might never end
	}
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	text, err := io.ReadAll(io.LimitReader(f, maxSecret+1))
	return string(text), err
}

// abs returns a path of the file as an absolute one: relative ones count from
// the file's folder.
func (r *reader) abs(path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(r.folder, path)
}
