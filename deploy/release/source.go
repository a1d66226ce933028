package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// programs are what is built of the module.
var programs = []string{"sainyuka", "watcher", "notifier"}

// versionVariable is where the linker writes the version.
const versionVariable = "github.com/sainyuka/sainyuka/internal/cli.release"

// source is a commit of the repository.
type source struct {
	dir     string
	version string    // 0.1.0, with +dirty when files are changed that are in no commit
	commit  string    // its full hash
	time    time.Time // when it was made: the time of everything that is built
	printed []member  // what the program itself prints: its manual, and what completes it in shells
}

// printedFiles are the files that the program prints of itself: by which command, and where
// a package puts each.
var printedFiles = []struct {
	name, path string
	command    []string
}{
	{"sainyuka.1", "/usr/share/man/man1/sainyuka.1", []string{"man"}},
	{"completion/sainyuka.bash", "/usr/share/bash-completion/completions/sainyuka", []string{"completion", "bash"}},
	{"completion/_sainyuka", "/usr/share/zsh/vendor-completions/_sainyuka", []string{"completion", "zsh"}},
	{"completion/sainyuka.fish", "/usr/share/fish/vendor_completions.d/sainyuka.fish", []string{"completion", "fish"}},
}

// print builds the program for this machine and has it print what goes along with every program.
func (s *source) print(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "release-print")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	host := target{os: runtime.GOOS, arch: runtime.GOARCH}
	if err := s.compile(ctx, host, dir, ""); err != nil {
		return err
	}
	for _, p := range printedFiles {
		text, err := output(ctx, dir, []string{"LC_ALL=C"}, filepath.Join(dir, host.program("sainyuka")), p.command...)
		if err != nil {
			return err
		}
		s.printed = append(s.printed, member{p.name, 0o644, []byte(text)})
	}
	return nil
}

// openSource finds out what is built. A tag, where given, must name the version.
func openSource(ctx context.Context, dir, tag string) (source, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return source{}, err
	}
	changes, err := os.ReadFile(filepath.Join(dir, "CHANGELOG.md"))
	if err != nil {
		return source{}, err
	}
	version, err := newestVersion(changes)
	if err != nil {
		return source{}, err
	}
	if tag != "" && tag != "v"+version {
		return source{}, fmt.Errorf("the tag is %s, but the newest version in CHANGELOG.md is %s: one of them is wrong", tag, version)
	}
	head, err := output(ctx, dir, nil, "git", "log", "-1", "--format=%H %ct")
	if err != nil {
		return source{}, err
	}
	commit, seconds, _ := strings.Cut(strings.TrimSpace(head), " ")
	made, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil {
		return source{}, fmt.Errorf("git log: %q is no time", seconds)
	}
	changed, err := output(ctx, dir, nil, "git", "status", "--porcelain")
	if err != nil {
		return source{}, err
	}
	if changed != "" {
		if tag != "" {
			return source{}, fmt.Errorf("a release is built from a commit alone, but these files are changed:\n%s", changed)
		}
		version += "+dirty"
	}
	return source{dir: dir, version: version, commit: commit, time: time.Unix(made, 0).UTC()}, nil
}

// newestVersion reads the first heading of CHANGELOG.md that names a version.
func newestVersion(changes []byte) (string, error) {
	m := regexp.MustCompile(`(?m)^## \[?(\d+\.\d+\.\d+)\b`).FindSubmatch(changes)
	if m == nil {
		return "", errors.New("CHANGELOG.md has no heading such as \"## 0.1.0\"")
	}
	return string(m[1]), nil
}

// compile builds the programs of a target into a folder. A cache of "" is the usual one.
func (s source) compile(ctx context.Context, t target, dir, cache string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	env := append(t.environment(), "GOFLAGS=", "GOWORK=off")
	if cache != "" {
		env = append(env, "GOCACHE="+cache)
	}
	args := []string{"build", "-trimpath", "-buildvcs=true", "-ldflags=-s -w -buildid= -X " + versionVariable + "=v" + s.version, "-o", dir + string(filepath.Separator)}
	for _, p := range programs {
		args = append(args, "./cmd/"+p)
	}
	_, err := output(ctx, s.dir, env, "go", args...)
	return err
}

// clone makes a copy of the commit in another folder.
func (s source) clone(ctx context.Context, dir string) (source, error) {
	if _, err := output(ctx, s.dir, nil, "git", "clone", "--quiet", "--no-local", s.dir, dir); err != nil {
		return source{}, err
	}
	if _, err := output(ctx, dir, nil, "git", "checkout", "--quiet", "--detach", s.commit); err != nil {
		return source{}, err
	}
	s.dir = dir
	return s, nil
}

// output runs a command and returns what it prints; its errors are part of the error.
func output(ctx context.Context, dir string, env []string, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, bytes.TrimSpace(stderr.Bytes()))
	}
	return stdout.String(), nil
}

// changed reports whether files are changed that are in no commit.
func (s source) changed() bool { return strings.HasSuffix(s.version, "+dirty") }
