package config

import (
	"fmt"
	"os"
	"path/filepath"
)

// byDefault is the configuration of a program that was given none. Push services are
// told the project's address, since there is nobody else to name.
const byDefault = `language = %q
[[channel]]
id = "log"
type = "log"
[[channel]]
id = "browser"
type = "webpush"
contact = "https://github.com/sainyuka/sainyuka"
`

// Default returns the configuration of a folder without one: nothing to watch yet,
// alerts in the program's output and in the browsers that subscribe.
func Default(language string) (*Config, error) {
	folder, err := filepath.Abs(".")
	if err != nil {
		return nil, fmt.Errorf("find the folder: %w", err)
	}
	c, err := parse(fmt.Appendf(nil, byDefault, language), "config.toml", newReader(folder, os.LookupEnv))
	if err == nil {
		c.Warnings = nil // of an empty list, which is meant
	}
	return c, err
}
