package cli

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"
)

// all are the tools and what documents them.
func all() []Command { return append(Tools(), Documentation(all)...) }

func printed(t *testing.T, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	if code := Main(t.Context(), Env{Program: "sainyuka", Version: "v1", Stdout: &out, Stderr: &errs}, all(), args); code != exitOK {
		t.Fatalf("%v: exit %d, %s, want 0", args, code, &errs)
	}
	return out.String() + errs.String()
}

// Every command says what it does, and shows an example whose flags it has.
func TestHelp(t *testing.T) {
	for _, c := range all() {
		help := printed(t, c.Name, "-h")
		if !strings.Contains(help, "usage: sainyuka "+c.Name) || !strings.Contains(help, "examples:\n  sainyuka "+c.Name) {
			t.Errorf("sainyuka %s -h prints\n%s\nwant its usage and an example", c.Name, help)
		}
		for _, e := range examples[c.Name] {
			if !strings.HasPrefix(e, c.Name) {
				t.Errorf("example %q is not of %s", e, c.Name)
			}
			for _, f := range flagOf.FindAllStringSubmatch(strings.TrimPrefix(e, c.Name), -1) {
				if c.Name != "man" && !strings.Contains(help, "\n  -"+f[1]) {
					t.Errorf("the example %q has a flag that %s has not", e, c.Name)
				}
			}
		}
	}
	for name := range examples {
		if name != "run" && name != "demo" && !strings.Contains(printed(t, "help"), "sainyuka "+name) {
			t.Errorf("there are examples of %s, and no such command", name)
		}
	}
}

// What a command has done or found can be read by a program.
func TestEveryToolHasJSON(t *testing.T) {
	for _, c := range Tools() {
		if help := printed(t, c.Name, "-h"); !strings.Contains(help, "\n  -json") {
			t.Errorf("%s has no -json", c.Name)
		}
		if !strings.Contains(c.Args, "[-json]") {
			t.Errorf("the usage of %s does not name -json", c.Name)
		}
	}
}

// The manual has every command, and nothing that its formatter complains of.
func TestManual(t *testing.T) {
	page := printed(t, "man")
	for _, c := range all() {
		if !strings.Contains(page, "\n.SS "+roff(c.Name)+"\n") {
			t.Errorf("the manual has no section of %s", c.Name)
		}
	}
	if !strings.Contains(page, `\-in\-stock\-text`) {
		t.Error("the manual does not have the flags of inspect")
	}
	groff, err := exec.LookPath("groff")
	if err != nil {
		return // its own words were looked at above
	}
	cmd := exec.CommandContext(t.Context(), groff, "-man", "-Tutf8", "-Kutf8", "-ww", "-z")
	cmd.Stdin = strings.NewReader(page)
	if said, err := cmd.CombinedOutput(); err != nil && !strings.Contains(string(said), "preconv") || strings.Contains(string(said), "warning") {
		t.Errorf("groff says of the manual: %v\n%s", err, said)
	}
}

// A shell reads what is printed for it, and completes a command and its flags.
func TestCompletion(t *testing.T) {
	script := printed(t, "completion", "bash") + `
COMP_WORDS=(sainyuka insp); COMP_CWORD=1; _sainyuka; echo "${COMPREPLY[@]}"
COMP_WORDS=(sainyuka inspect -url); COMP_CWORD=2; _sainyuka; echo "${COMPREPLY[@]}"
`
	out, err := exec.CommandContext(t.Context(), "bash", "-c", script).CombinedOutput()
	if err != nil || string(out) != "inspect\n-url\n" {
		t.Errorf("bash completes %q (%v), want inspect and -url", out, err)
	}
	for _, shell := range []string{"zsh", "fish"} {
		if got := printed(t, "completion", shell); !strings.Contains(got, "inspect") || !strings.Contains(got, "stock-selector") {
			t.Errorf("completion for %s is\n%s\nwant commands and flags", shell, got)
		}
	}
}
