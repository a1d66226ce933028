// Package cli is the command line: it turns arguments into calls of the other
// packages and their results into text, JSON and exit codes.
//
// It decides nothing about shops, stock or alerts. It does not contain the NATS
// server: a command that may need one gets it from its caller, so that watcher
// and notifier stay small.
package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"

	"github.com/nats-io/nats.go"
	"github.com/prometheus/client_golang/prometheus"
)

// Exit codes.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2 // wrong usage or configuration
)

// Env is what a command may use of the world.
type Env struct {
	Program     string // the name in usage and error texts
	Version     string
	Stdout      io.Writer
	Stderr      io.Writer
	Stdin       io.Reader        // a person's terminal; nil: nobody can be asked
	StartEngine StartEngine      // nil: this program has no NATS server of its own
	Reload      <-chan os.Signal // asks a daemon to read its configuration again; nil: SIGHUP does
}

// StartEngine starts a NATS server in this process on the files in dir.
type StartEngine func(dir string, log *slog.Logger, reg prometheus.Registerer) (Engine, error)

// Engine is a NATS server in this process.
type Engine interface {
	Connect(...nats.Option) (*nats.Conn, error)
	Healthy() error
	Percent() int
	DiskFull() bool
	Stop()
}

// Command is one word that a program understands after its name.
type Command struct {
	Name  string
	Args  string // for the usage text
	Short string
	Run   func(ctx context.Context, env Env, args []string) error
}

// usageError is a mistake in how a program was called.
type usageError struct{ error }

func usagef(format string, args ...any) error { return usageError{said{format, args}} }

// in says it in a language.
func (e usageError) in(language string) string {
	if s, ok := e.error.(said); ok { //nolint:errorlint // made above
		return s.in(language)
	}
	return e.Error()
}

// Unwrap returns the mistake itself.
func (e usageError) Unwrap() error { return e.error }

// UsageError makes err one in how the program was called, which has its own exit
// code.
func UsageError(err error) error { return usageError{err} }

// configError is a configuration with mistakes: its text has a line for each.
type configError struct{ error }

// errShown ends a command whose trouble has been printed already.
var errShown = errors.New("shown")

// Main runs the command that args name and returns the exit code.
func Main(ctx context.Context, env Env, commands []Command, args []string) int {
	if len(args) == 0 {
		printUsage(env.Stderr, env, commands)
		return exitUsage
	}
	name := strings.TrimLeft(args[0], "-")
	if name == "help" || name == "h" {
		printUsage(env.Stdout, env, commands)
		return exitOK
	}
	i := slices.IndexFunc(commands, func(c Command) bool { return c.Name == name })
	if i < 0 {
		fmt.Fprintln(env.Stderr, say("%s: unknown command %q: `%s help` lists the commands", env.Program, args[0], env.Program))
		return exitUsage
	}
	return Exit(env, commands[i].Run(ctx, env, args[1:]))
}

// Exit prints err, when there is one, and returns the exit code for it.
func Exit(env Env, err error) int {
	var usage usageError
	var bad configError
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return exitOK
	case errors.Is(err, errShown):
		return exitFailed
	case errors.As(err, &bad): // each line names its file and line: no prefix, so that editors can jump there
		fmt.Fprintln(env.Stderr, inLanguage(bad.error))
		return exitUsage
	case errors.As(err, &usage):
		text := err.Error()
		if e, whole := err.(usageError); whole { //nolint:errorlint // what wraps it says more
			text = e.in(languageOf(os.Getenv))
		}
		fmt.Fprintf(env.Stderr, "%s: %s\n", env.Program, text)
		return exitUsage
	default:
		fmt.Fprintf(env.Stderr, "%s: %v\n", env.Program, err)
		return exitFailed
	}
}

// Tools are the commands that need neither a daemon nor a demo.
func Tools() []Command {
	return []Command{
		{"init", "[-dir DIR] [-language ja|en] [-channel TYPE] [-url URL] [-set KEY=VALUE] [-no-start] [-json]", "ask what it is not told, write a configuration, send a test alert, and start", initialise},
		{"inspect", "[-url URL] [-file PAGE] [-json]", "say what a page says, and why", inspect},
		{"find", "-jan CODE | -q WORDS [-config FILE] [-json]", "say who has a thing now, over all sources that can be asked", find},
		{"check-config", "-config FILE [-json]", "name all mistakes of a configuration at once", checkConfig},
		{"status", "[-config FILE] [-json]", "say what the running daemon does, and how well", status},
		{"reload", "[-config FILE] [-json]", "have the running daemon read its configuration again, as SIGHUP does", reload},
		{"add", "URL.. [-name N] [-id ID] [-interval D] [-max-price P] [-tag T] [-to ID] [-config FILE] [-json]", "watch a page, from now on", add},
		{"edit", "ID [-name N] [-interval D] [-max-price P] [-tag T] [-config FILE] [-json]", "change a product that was added", edit},
		{"remove", "ID.. [-config FILE] [-json]", "forget products that were added", remove},
		{"pause", "ID.. [-config FILE] [-json]", "look at products no longer; what is known of them stays", pause},
		{"resume", "ID.. [-config FILE] [-json]", "look at them again", resume},
		{"export", "[-config FILE] [-json]", "print the products that were added as TOML", export},
		{"test-alert", "-config FILE -channel ID [-longest] [-json]", "send a realistic alert, or the longest, through one channel", testAlert},
		{"dead", "list | redrive ID.. | discard ID.. -config FILE [-json]", "alerts that were given up", dead},
		{"mute", "PRODUCT [-for 1h] [-config FILE] [-json]", "tell nobody of a product for a while", mute},
		{"unmute", "PRODUCT [-config FILE] [-json]", "tell of it again", unmute},
		{"enable", "CHANNEL [-config FILE] [-json]", "send to recipients again that their service had refused", enable},
		{"token", "add NAME [-scope read,write,hints] | list | revoke ID.. [-config FILE] [-json]", "tokens by which programs use the API", token},
		{"hash-password", "[-json]", "read a password from standard input and print what web.password may hold in its place", hashPassword},
		{"backup", "-config FILE -to FILE [-credentials FILE] [-json]", "copy everything that is known into one file, also from a running daemon", backup},
		{"restore", "-config FILE -from FILE [-replace] [-credentials FILE] [-json]", "bring a copy back, or move it to another place", restore},
		{"setup", "-config FILE [-credentials FILE] [-json]", "make the streams of a cluster, or adjust them, as a user who may", setup},
		{"import", "FILE [-json]", "turn the list of another tool into products: addresses, CSV, urlwatch, webchanges, changedetection.io, PriceBuddy", importList},
		{"doctor", "-config FILE [-repair] [-json]", "check the store and the configuration against each other, and mend what can be mended", doctor},
		{"windows", "-config FILE [-json]", "print the windows that were seen, for simulate -replay", windows},
		{"simulate", "[-world W2] [-seed N] [-seeds N] [-replay FILE] [-json]", "measure the scheduler against its rivals", simulate},
		{"healthcheck", "[-config FILE] [-listen ADDRESS] [-json]", "exit with 0 when the daemon is ready, for containers", healthCheck},
		{"version", "[-json]", "print build information", version},
	}
}

func printUsage(w io.Writer, env Env, commands []Command) {
	fmt.Fprintln(w, say("%s watches product pages and rings when something is back in stock (再入荷).\n\nusage:", env.Program))
	for _, c := range commands {
		fmt.Fprintf(w, "  %s\n      %s\n", strings.TrimSpace(env.Program+" "+c.Name+" "+c.Args), said{format: c.Short}.in(languageOf(os.Getenv)))
	}
	fmt.Fprintln(w, say("\n`%s COMMAND -h` explains the flags of a command.", env.Program))
}

// newFlags makes the flag set of a command. Flags may stand before and after the
// other arguments, see parse.
func newFlags(env Env, command string) *flag.FlagSet {
	fs := flag.NewFlagSet(strings.TrimSpace(env.Program+" "+command), flag.ContinueOnError)
	fs.SetOutput(env.Stderr)
	fs.Usage = func() { printFlags(env, fs, command) }
	return fs
}

// parse reads flags wherever they stand and returns the other arguments.
func parse(fs *flag.FlagSet, args []string) (rest []string, err error) {
	for {
		if err := fs.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return nil, err
			}
			return nil, usageError{errors.New("see the flags above")}
		}
		if fs.NArg() == 0 {
			return rest, nil
		}
		rest = append(rest, fs.Arg(0))
		args = fs.Args()[1:]
	}
}

// ParseFlags reads the flags of a command that takes nothing else.
func ParseFlags(fs *flag.FlagSet, args []string) error {
	rest, err := parse(fs, args)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return usagef("%s takes no argument %q", fs.Name(), rest[0])
	}
	return nil
}
