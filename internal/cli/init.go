package cli

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"rsc.io/qr"

	"github.com/sainyuka/sainyuka/internal/app"
	"github.com/sainyuka/sainyuka/internal/config"
)

// starter is one run of init.
type starter struct {
	env      Env
	in       *bufio.Reader // nil: nobody can be asked
	dir      string
	language string
	channel  string
	url      string
	given    map[string]string // keys of the channel
	noStart  bool
	json     *bool
	out      io.Writer // what people read; with -json nobody does
}

// initialise asks what it is not told, writes a configuration, sends a test alert
// and starts.
func initialise(ctx context.Context, env Env, args []string) error {
	s := &starter{env: env, out: env.Stdout, given: map[string]string{}}
	fset := newFlags(env, "init")
	fset.StringVar(&s.dir, "dir", ".", "`DIR` for config.toml; it is made when it is not there")
	fset.StringVar(&s.language, "language", "", "`LANGUAGE`, ja or en; default: asked, or by LANG")
	fset.StringVar(&s.channel, "channel", "", say("`TYPE` of the channel: %s", strings.Join(slices.Sorted(maps.Keys(channelQuestions)), ", ")))
	fset.StringVar(&s.url, "url", "", "`URL` of a first page to watch")
	s.json = fset.Bool("json", false, "ask nothing, and print one JSON object in place of words: the configuration, the channel and the test")
	fset.BoolVar(&s.noStart, "no-start", false, "write and test, and do not start")
	fset.Func("set", "`KEY=VALUE` of the channel, such as token=...; may be given several times", func(kv string) error {
		key, value, ok := strings.Cut(kv, "=")
		if !ok {
			return errors.New("must be KEY=VALUE")
		}
		s.given[key] = value
		return nil
	})
	if err := ParseFlags(fset, args); err != nil {
		return err
	}
	if *s.json {
		s.out = io.Discard
	} else if env.Stdin != nil {
		s.in = bufio.NewReader(env.Stdin)
	}
	path := filepath.Join(s.dir, defaultConfig)
	if _, err := os.Stat(path); err == nil {
		return usagef("%s is there already: nothing was changed", path)
	}
	cfg, err := s.write(path, isSet(fset, "url"))
	if err != nil {
		return err
	}
	if err := s.test(ctx, cfg); err != nil {
		return err
	}
	if s.noStart {
		fmt.Fprintf(s.out, s.say("next")+"\n", path)
		return nil
	}
	if env.StartEngine == nil {
		return usagef("%s does not bring its own NATS server: start it by -config %s", env.Program, path)
	}
	return Daemon(ctx, env, app.Watch|app.Notify, []string{"-config", path})
}

func isSet(f *flag.FlagSet, name string) bool {
	set := false
	f.Visit(func(f *flag.Flag) { set = set || f.Name == name })
	return set
}

// write asks what is still open and writes a configuration that has no mistake.
func (s *starter) write(path string, hasURL bool) (*config.Config, error) {
	if err := s.chooseLanguage(); err != nil {
		return nil, err
	}
	table, err := s.chooseChannel()
	if err != nil {
		return nil, err
	}
	if !hasURL {
		if s.url, err = s.ask("url", ""); err != nil {
			return nil, err
		}
	}
	text, err := config.Starter{Language: s.language, Channel: table, URL: s.url}.TOML()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(s.dir, 0o755); err != nil {
		return nil, fmt.Errorf("make the folder: %w", err)
	}
	// It is written beside its place and checked there, so that a mistake leaves no
	// configuration that would have to be deleted before the next try.
	draft, err := os.CreateTemp(s.dir, ".config-*.toml")
	if err != nil {
		return nil, fmt.Errorf("write the configuration: %w", err)
	}
	defer os.Remove(draft.Name())
	_, err = draft.Write(text)
	if err := errors.Join(err, draft.Sync(), draft.Close()); err != nil {
		return nil, fmt.Errorf("write the configuration: %w", err)
	}
	if _, err := config.Load(draft.Name()); err != nil {
		said := strings.ReplaceAll(err.Error(), draft.Name(), path)
		return nil, configError{errors.New(said)}
	}
	if err := os.Link(draft.Name(), path); err != nil { // never over one that came meanwhile
		if errors.Is(err, fs.ErrExist) {
			return nil, usagef("%s is there already: nothing was changed", path)
		}
		if err := os.Rename(draft.Name(), path); err != nil { // a file system without links
			return nil, fmt.Errorf("write the configuration: %w", err)
		}
	}
	fmt.Fprintf(s.out, s.say("written")+"\n", path)
	return config.Load(path)
}

// chooseLanguage takes that of LANG when nobody can be asked.
func (s *starter) chooseLanguage() error {
	if s.language == "" {
		s.language = languageOf(os.Getenv)
		if s.in != nil {
			answer, err := s.ask("language", s.language)
			if err != nil {
				return err
			}
			s.language = answer
		}
	}
	if s.language != "ja" && s.language != "en" {
		return usagef("-language %q: must be ja or en", s.language)
	}
	return nil
}

// languageOf returns "ja" where the environment speaks Japanese, else "en".
func languageOf(getenv func(string) string) string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := getenv(name); v != "" {
			if strings.HasPrefix(v, "ja") {
				return "ja"
			}
			return "en"
		}
	}
	return "en"
}

// chooseChannel returns the keys of the channel.
func (s *starter) chooseChannel() (map[string]any, error) {
	if s.channel == "" {
		s.channel = "ntfy"
		if s.in != nil {
			answer, err := s.ask("channel", s.channel)
			if err != nil {
				return nil, err
			}
			s.channel = answer
		}
	}
	questions, ok := channelQuestions[s.channel]
	if !ok {
		return nil, usagef("-channel %q: must be one of %s", s.channel, strings.Join(slices.Sorted(maps.Keys(channelQuestions)), ", "))
	}
	table := map[string]any{"id": "first", "type": s.channel}
	for key, value := range s.given {
		table[key] = value
	}
	for _, q := range questions {
		if _, ok := table[q.key]; ok {
			continue
		}
		answer, err := s.ask(s.channel+"."+q.key, q.usual())
		if err != nil {
			return nil, err
		}
		if answer != "" {
			table[q.key] = answer
		}
	}
	if s.channel == "ntfy" {
		fmt.Fprintf(s.out, s.say("topic")+"\n", table["url"])
		s.code(fmt.Sprint(table["url"]))
	}
	return table, nil
}

// ask asks a question, and takes what is usual where nothing is answered or nobody
// can be asked.
func (s *starter) ask(what, usual string) (string, error) {
	if s.in == nil {
		return usual, nil
	}
	fmt.Fprint(s.out, s.say(what))
	if usual != "" {
		fmt.Fprintf(s.out, " [%s]", usual)
	}
	fmt.Fprint(s.out, ": ")
	line, err := s.in.ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read the answer: %w", err)
	}
	if answer := strings.TrimSpace(line); answer != "" {
		return answer, nil
	}
	return usual, nil
}

// test sends a test alert. That it does not get through is said, and no reason not
// to start: the service may be away, and pages are watched meanwhile.
func (s *starter) test(ctx context.Context, cfg *config.Config) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	_, took, err := app.TestAlert(ctx, cfg, "first", s.env.Version, false, s.out)
	result := map[string]any{"config": cfg.Path, "language": s.language, "channel": s.channel, "dashboard": "http://" + cfg.Web.Listen + "/"}
	switch {
	case errors.Is(err, app.ErrNeedsDaemon):
		address := "http://" + cfg.Web.Listen + "/settings"
		fmt.Fprintf(s.out, s.say("subscribe")+"\n", address)
		s.code(address)
		result["test"] = "subscribe"
	case err != nil:
		fmt.Fprintf(s.env.Stderr, s.say("failed")+"\n", err, cfg.Path)
		result["test"], result["error"] = "failed", err.Error()
	default:
		fmt.Fprintf(s.out, s.say("sent")+"\n", took.Round(time.Millisecond))
		result["test"], result["took_seconds"] = "sent", took.Seconds()
	}
	if s.channel == "ntfy" {
		result["topic"] = cfg.Channels[0].URL
	}
	if !*s.json {
		return nil
	}
	return printLine(s.env.Stdout, result)
}

// code draws an address as a QR code where a person looks at a terminal: two rows
// of it are one of half blocks. Black on white whatever the terminal's colours.
func (s *starter) code(address string) {
	if s.in == nil {
		return
	}
	c, err := qr.Encode(address, qr.L)
	if err != nil {
		return // too long: it is printed as text anyway
	}
	const quiet = 2 // the white border that scanners need
	var b bytes.Buffer
	for y := -quiet; y < c.Size+quiet; y += 2 {
		b.WriteString("\x1b[30;47m")
		for x := -quiet; x < c.Size+quiet; x++ {
			switch top, bottom := c.Black(x, y), c.Black(x, y+1); {
			case top && bottom:
				b.WriteString("█")
			case top:
				b.WriteString("▀")
			case bottom:
				b.WriteString("▄")
			default:
				b.WriteByte(' ')
			}
		}
		b.WriteString("\x1b[0m\n")
	}
	_, _ = s.out.Write(b.Bytes())
}

// newTopic makes a random topic: anyone who knows it can read the alerts.
func newTopic() string { return "https://ntfy.sh/sainyuka-" + strings.ToLower(rand.Text())[:16] }
