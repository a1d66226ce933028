package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/sainyuka/sainyuka/internal/access"
)

// longestLine bounds what is read of a password.
const longestLine = 4 << 10

func hashPassword(_ context.Context, env Env, args []string) error {
	fs := newFlags(env, "hash-password")
	r := replies(env, fs)
	if err := ParseFlags(fs, args); err != nil {
		return err
	}
	return printHash(env, r, os.Stdin)
}

// printHash reads a password, one line, and prints its hash.
func printHash(env Env, r reply, in io.Reader) error {
	fmt.Fprintln(env.Stderr, "the password, and Enter:")
	line, err := bufio.NewReader(io.LimitReader(in, longestLine)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read the password: %w", err)
	}
	line = strings.TrimRight(line, "\r\n")
	if utf8.RuneCountInString(line) < access.LeastPassword {
		return usagef("a password has at least %d characters", access.LeastPassword)
	}
	hash := access.HashPassword(line)
	return r.print(map[string]any{"hash": hash}, hash)
}
