package cli

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
)

// reply prints what a command has done: a line for people, or with -json an object, on a
// line of its own, for programs.
type reply struct {
	w    io.Writer
	json *bool
}

// replies gives a command the flag -json.
func replies(env Env, fs *flag.FlagSet) reply {
	return reply{env.Stdout, fs.Bool("json", false, "print one JSON object for each result, a line each, in place of words")}
}

func (r reply) print(result map[string]any, words string) error {
	if *r.json {
		return printLine(r.w, result)
	}
	_, err := fmt.Fprintln(r.w, words)
	return err
}

// printLine writes a value as JSON, on a line of its own.
func printLine(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}
