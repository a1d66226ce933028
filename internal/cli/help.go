package cli

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// examples are what -h and the manual show of each command.
var examples = map[string][]string{
	"run":           {"run -config config.toml", "run -log-json"},
	"demo":          {"demo", "demo -for 1m"},
	"init":          {"init", "init -language ja -channel ntfy -url https://item.rakuten.co.jp/shop/item/"},
	"inspect":       {"inspect -url https://item.rakuten.co.jp/shop/item/", "inspect -file page.html -url https://shop.example/item -in-stock-text 在庫あり"},
	"find":          {"find -jan 4902370553024", "find -q 'switch2 本体' -json"},
	"check-config":  {"check-config -config config.toml"},
	"status":        {"status", "status -json"},
	"reload":        {"reload"},
	"add":           {"add https://item.rakuten.co.jp/shop/item/ -name 'Nintendo Switch 2' -max-price 54978"},
	"edit":          {"edit switch2 -max-price 52000"},
	"remove":        {"remove switch2"},
	"pause":         {"pause switch2"},
	"resume":        {"resume switch2"},
	"export":        {"export > products.toml"},
	"test-alert":    {"test-alert -channel phone", "test-alert -channel phone -longest"},
	"dead":          {"dead list", "dead redrive 4711_phone_abcdefghijklmnop"},
	"mute":          {"mute switch2 -for 1h"},
	"unmute":        {"unmute switch2"},
	"enable":        {"enable phone"},
	"token":         {"token add widget -scope read", "token list"},
	"hash-password": {"hash-password < password.txt"},
	"backup":        {"backup -to sainyuka.zip"},
	"restore":       {"restore -from sainyuka.zip"},
	"setup":         {"setup -credentials keeper.nk"},
	"import":        {"import urls.txt > products.toml"},
	"doctor":        {"doctor", "doctor -repair"},
	"windows":       {"windows > windows.json"},
	"simulate":      {"simulate -world W2 -seed 1"},
	"healthcheck":   {"healthcheck"},
	"man":           {"man | man -l -"},
	"completion":    {"completion bash > ~/.local/share/bash-completion/completions/sainyuka"},
	"version":       {"version"},
}

// printFlags is what -h prints of a command.
func printFlags(env Env, fs *flag.FlagSet, command string) {
	w := fs.Output()
	line := env.Program + " " + command
	if i := slices.IndexFunc(Tools(), func(c Command) bool { return c.Name == command }); i >= 0 {
		c := Tools()[i]
		fmt.Fprintf(w, "%s %s\n\n%s\n", say("usage:"), strings.TrimSpace(line+" "+c.Args), sentence(words(c.Short)))
	} else {
		fmt.Fprintf(w, "%s %s\n", say("usage:"), strings.TrimSpace(line+" [flags]"))
	}
	var flags bytes.Buffer
	fs.SetOutput(&flags)
	fs.VisitAll(func(f *flag.Flag) { f.Usage = words(f.Usage) })
	fs.PrintDefaults()
	fs.SetOutput(w)
	if flags.Len() > 0 {
		fmt.Fprintf(w, "\n%s\n%s", say("flags:"), flags.String())
	}
	if len(examples[command]) > 0 {
		fmt.Fprintf(w, "\n%s\n", say("examples:"))
	}
	for _, e := range examples[command] {
		fmt.Fprintf(w, "  %s %s\n", env.Program, e)
	}
}

func sentence(s string) string {
	if s == "" {
		return ""
	}
	if s[0] >= utf8.RuneSelf { // Japanese has no capitals
		return s + "。"
	}
	return strings.ToUpper(s[:1]) + s[1:] + "."
}

// Documentation are the commands that print the manual and the completion of all
// commands of a program, themselves among them.
func Documentation(all func() []Command) []Command {
	return []Command{
		{"man", "", "print the manual page", func(ctx context.Context, env Env, args []string) error {
			if err := ParseFlags(newFlags(env, "man"), args); err != nil {
				return err
			}
			return manual(ctx, env, all())
		}},
		{"completion", "bash | zsh | fish", "print what completes commands and flags in a shell", func(ctx context.Context, env Env, args []string) error {
			rest, err := parse(newFlags(env, "completion"), args)
			if err != nil {
				return err
			}
			if len(rest) != 1 || completions[rest[0]] == nil {
				return usagef("completion needs a shell: bash, zsh or fish")
			}
			return completions[rest[0]](env.Stdout, env.Program, all(), flagsOf(ctx, env, all()))
		}},
	}
}

// helpOf returns what -h prints of a command.
func helpOf(ctx context.Context, env Env, c Command) string {
	var help bytes.Buffer
	env.Stdout, env.Stderr, env.Stdin = &help, &help, nil
	_ = c.Run(ctx, env, []string{"-h"}) // flag.ErrHelp
	return help.String()
}

var flagLine = regexp.MustCompile(`(?m)^  -([a-z][-a-z]*)`)

// flagsOf returns the flags of every command, by its name.
func flagsOf(ctx context.Context, env Env, all []Command) map[string][]string {
	flags := map[string][]string{}
	for _, c := range all {
		for _, m := range flagLine.FindAllStringSubmatch(helpOf(ctx, env, c), -1) {
			flags[c.Name] = append(flags[c.Name], "-"+m[1])
		}
	}
	return flags
}

// manual writes a page of section 1 of the manual, from the texts of -h.
func manual(ctx context.Context, env Env, all []Command) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, ".TH %s 1 \"\" \"%s %s\"\n", strings.ToUpper(env.Program), env.Program, roff(env.Version))
	fmt.Fprintf(&b, ".SH NAME\n%s \\- watch product pages and ring when something is back in stock\n", env.Program)
	fmt.Fprintf(&b, ".SH SYNOPSIS\n.B %s\n.I COMMAND\n[\\fIflags and arguments\\fR]\n", env.Program)
	b.WriteString(".SH DESCRIPTION\nFlags may be written with one dash or two, before or after other words.\n")
	b.WriteString("Exit status: 0 ok, 1 failed, 2 wrong usage or configuration.\n.SH COMMANDS\n")
	for _, c := range all {
		fmt.Fprintf(&b, ".SS %s\n.nf\n%s\n.fi\n", roff(c.Name), roff(strings.TrimRight(helpOf(ctx, env, c), "\n")))
	}
	b.WriteString(".SH FILES\n.I config.toml\nis the configuration, in the current folder unless \\-config names another.\n")
	if _, err := env.Stdout.Write(b.Bytes()); err != nil {
		return fmt.Errorf("print the manual: %w", err)
	}
	return nil
}

// roff writes a text so that it is shown as it is: a backslash is written as one, a
// dash as a dash, and a line that begins with a dot or a quote is no request.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(text)
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
			line = `\&` + line
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// completions write what a shell reads.
var completions = map[string]func(w io.Writer, program string, all []Command, flags map[string][]string) error{
	"bash": bashCompletion, "zsh": zshCompletion, "fish": fishCompletion,
}

func names(all []Command) []string {
	var n []string
	for _, c := range all {
		n = append(n, c.Name)
	}
	return n
}

func bashCompletion(w io.Writer, program string, all []Command, flags map[string][]string) error {
	var b strings.Builder
	fmt.Fprintf(&b, "_%s() {\n\tlocal cur=${COMP_WORDS[COMP_CWORD]}\n\tif [ \"$COMP_CWORD\" = 1 ]; then\n\t\tCOMPREPLY=($(compgen -W '%s' -- \"$cur\"))\n\t\treturn\n\tfi\n", program, strings.Join(names(all), " "))
	b.WriteString("\tcase ${COMP_WORDS[1]} in\n")
	for _, c := range all {
		if len(flags[c.Name]) > 0 {
			fmt.Fprintf(&b, "\t%s) COMPREPLY=($(compgen -W '%s' -- \"$cur\")) ;;\n", c.Name, strings.Join(flags[c.Name], " "))
		}
	}
	fmt.Fprintf(&b, "\tesac\n}\ncomplete -o default -F _%s %s\n", program, program)
	_, err := io.WriteString(w, b.String())
	return err
}

func zshCompletion(w io.Writer, program string, all []Command, flags map[string][]string) error {
	if _, err := fmt.Fprintf(w, "#compdef %s\nautoload -U +X bashcompinit && bashcompinit\n", program); err != nil {
		return err
	}
	return bashCompletion(w, program, all, flags)
}

func fishCompletion(w io.Writer, program string, all []Command, flags map[string][]string) error {
	var b strings.Builder
	for _, c := range all {
		fmt.Fprintf(&b, "complete -c %s -n __fish_use_subcommand -a %s -d %q\n", program, c.Name, c.Short)
		for _, f := range flags[c.Name] {
			fmt.Fprintf(&b, "complete -c %s -n '__fish_seen_subcommand_from %s' -o %s\n", program, c.Name, strings.TrimPrefix(f, "-"))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}
