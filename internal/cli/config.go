package cli

import (
	"cmp"
	"errors"
	"io/fs"
	"os"

	"github.com/sainyuka/sainyuka/internal/config"
)

// defaultConfig is the configuration of every command that is told no other.
const defaultConfig = "config.toml"

// loadConfig reads the configuration that a -config flag named, or the default one.
// Where that is not there, but something has run without one, it is what that has.
func loadConfig(path string) (*config.Config, error) {
	if path != "" || there(defaultConfig) {
		return readConfig(path)
	}
	cfg, err := config.Default(languageOf(os.Getenv))
	if err != nil {
		return nil, configError{err}
	}
	if !there(cfg.DataDir) {
		return nil, usagef("-config FILE is missing: there is no %s here, and nothing has run here without one (config.example.toml is a good beginning)", defaultConfig)
	}
	return cfg, nil
}

// loadOrBegin is loadConfig for commands that can begin without anything.
func loadOrBegin(path string) (*config.Config, error) {
	if path != "" || there(defaultConfig) {
		return readConfig(path)
	}
	cfg, err := config.Default(languageOf(os.Getenv))
	if err != nil {
		return nil, configError{err}
	}
	return cfg, nil
}

func readConfig(path string) (*config.Config, error) {
	if path == "" {
		path = defaultConfig
	}
	cfg, err := config.Load(path)
	if err != nil {
		return nil, configError{err}
	}
	return cfg, nil
}

// optionalConfig returns the configuration to read for a command that needs none: the
// one that was named, else the default one when it is there; "" for none.
func optionalConfig(path string) string {
	if path == "" && there(defaultConfig) {
		return defaultConfig
	}
	return path
}

func there(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

// inLanguage returns the mistakes of a configuration in the language that it asks for,
// else in that of the environment.
func inLanguage(err error) string {
	var wrong config.MistakesError
	if !errors.As(err, &wrong) {
		return err.Error()
	}
	return wrong.In(cmp.Or(wrong.Language, languageOf(os.Getenv)))
}
