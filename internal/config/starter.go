package config

import (
	"bytes"
	"fmt"
)

// Starter is what a first configuration is made of.
type Starter struct {
	Language string         // "ja" or "en"
	Channel  map[string]any // its keys, id and type among them
	URL      string         // of a first page; "": none yet
}

// starterWords are the comments of a first configuration.
var starterWords = map[string][3]string{
	"ja": {
		"# sainyuka の設定。すべてのキーと説明は config.example.ja.toml にあります。\n# 変更したら `sainyuka check-config`、動作中なら `sainyuka reload`。",
		"# 通知先", "# 見守るページ。ダッシュボードからも追加できます。",
	},
	"en": {
		"# The configuration of sainyuka. All keys are explained in config.example.toml.\n# After a change: `sainyuka check-config`, and `sainyuka reload` while it runs.",
		"# Where alerts go", "# A page to watch. More can be added on the dashboard.",
	},
}

// TOML writes the configuration, which has every mistake that its values have.
func (s Starter) TOML() ([]byte, error) {
	words := starterWords[s.Language]
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\n", words[0])
	if err := keys(&b, map[string]any{"language": s.Language}); err != nil {
		return nil, err
	}
	fmt.Fprintf(&b, "\n%s\n[[channel]]\n", words[1])
	if err := keys(&b, s.Channel); err != nil {
		return nil, err
	}
	if s.URL != "" {
		fmt.Fprintf(&b, "\n%s\n[[product]]\nid = \"first\"\n\n[[product.watch]]\n", words[2])
		if err := keys(&b, map[string]any{"url": s.URL}); err != nil {
			return nil, err
		}
	}
	return b.Bytes(), nil
}
