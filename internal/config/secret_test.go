package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSecretIsNotPrinted(t *testing.T) {
	const s = Secret("hunter2")
	holder := struct{ Token Secret }{s}
	var logged bytes.Buffer
	slog.New(slog.NewTextHandler(&logged, nil)).Info("x", "token", s, "holder", holder)
	encoded, err := json.Marshal(holder)
	if err != nil {
		t.Fatal(err)
	}
	outputs := []string{s.String(), s.GoString(), logged.String(), string(encoded), fmt.Sprint(holder), fmt.Sprint(&holder)}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		outputs = append(outputs, fmt.Sprintf(verb, s), fmt.Sprintf(verb, holder), fmt.Sprintf(verb, []Secret{s}))
	}
	for _, out := range outputs {
		if strings.Contains(out, "hunter2") || strings.Contains(strings.ToLower(out), fmt.Sprintf("%x", "hunter2")) || !strings.Contains(out, "***") {
			t.Errorf("printed %q, want *** in the secret's place", out)
		}
	}
	if s.Reveal() != "hunter2" {
		t.Errorf("Reveal() = %q, want the secret", s.Reveal())
	}
	if got := Secret("").String(); got != "" {
		t.Errorf("no secret prints as %q, want nothing", got)
	}
}

func TestWaysToGiveASecret(t *testing.T) {
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "p.secret"), []byte("from file\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"A": "one and one", "B_2": "two"}
	for _, tt := range []struct{ setting, want string }{
		{`password = "plain text"`, "plain text"},
		{`password = "$A {A} $$"`, "$A {A} $$"},
		{`password = "八文字あればよい"`, "八文字あればよい"},
		{`password = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA"`, "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA"},
		{`password = "${A}"`, "one and one"},
		{`password = "x-${A}${B_2}-y"`, "x-one and onetwo-y"},
		{`password_file = "p.secret"`, "from file"},
		{`password_file = "` + filepath.Join(folder, "p.secret") + `"`, "from file"},
		{"password = \"\"\npassword_file = \"p.secret\"", "from file"},
		{"password = \"plain text\"\npassword_file = \"\"", "plain text"},
		{`password_file = ""`, ""},
	} {
		text := "[web]\n" + tt.setting + "\n" + read(t, "testdata/good/least.toml")
		r := newReader(folder, func(name string) (string, bool) { v, ok := env[name]; return v, ok })
		c, err := parse([]byte(text), "f.toml", r)
		if err != nil {
			t.Errorf("%s: %v", tt.setting, err)
			continue
		}
		if got := c.Web.Password.Reveal(); got != tt.want {
			t.Errorf("%s: password %q, want %q", tt.setting, got, tt.want)
		}
	}
}

func TestSecretFileThatIsTooLarge(t *testing.T) {
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "image"), make([]byte, maxSecret+1), 0o600); err != nil {
		t.Fatal(err)
	}
	text := "[web]\npassword_file = \"image\"\n" + read(t, "testdata/good/least.toml")
	_, err := parse([]byte(text), "f.toml", newReader(folder, os.LookupEnv))
	if want := `f.toml:2: web.password_file: the file "image" is larger than 64 KiB`; err == nil || err.Error() != want {
		t.Errorf("a secret of %d bytes: %v, want %s", maxSecret+1, err, want)
	}
}
