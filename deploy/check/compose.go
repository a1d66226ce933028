package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
)

// checkCompose loads the Compose files as Compose does, against its schema, and holds that every file of ours that
// they mount is there.
func checkCompose(ctx context.Context, deploy string) error {
	for file, services := range map[string][]string{
		"compose/compose.yaml": {"grafana", "prometheus", "sainyuka"},
		"compose/cluster/compose.yaml": {
			"alertmanager", "grafana", "n1", "n2", "n3", "notifier-1", "notifier-2", "prometheus", "setup", "watcher-1", "watcher-2", "watcher-3",
		},
	} {
		path := filepath.Join(deploy, file)
		project, err := loader.LoadWithContext(ctx, types.ConfigDetails{
			WorkingDir:  filepath.Dir(path),
			ConfigFiles: []types.ConfigFile{{Filename: path}},
			Environment: types.Mapping{"WATCHER_NKEY": "U1", "NOTIFIER_NKEY": "U2", "KEEPER_NKEY": "U3", "READER_NKEY": "U4", "SYSTEM_NKEY": "U5"},
		}, func(o *loader.Options) { o.Profiles = []string{"*"} })
		if err != nil {
			return err
		}
		if names := project.ServiceNames(); !slices.Equal(slices.Sorted(slices.Values(names)), services) {
			return fmt.Errorf("%s has the services %v, want %v", file, names, services)
		}
		for name, s := range project.Services {
			if err := checkService(deploy, s); err != nil {
				return fmt.Errorf("%s: %s: %w", file, name, err)
			}
		}
	}
	return nil
}

func checkService(deploy string, s types.ServiceConfig) error {
	if strings.Contains(s.Image, "sainyuka") && (!s.ReadOnly || !slices.Contains(s.CapDrop, "ALL") || s.Privileged) {
		return fmt.Errorf("it must run read-only and without capabilities: %+v", s.CapDrop)
	}
	for _, v := range s.Volumes {
		ours := v.Type == types.VolumeTypeBind && strings.HasPrefix(v.Source, deploy) &&
			!strings.Contains(v.Source, "/tls/") && filepath.Base(v.Source) != "config" // those two are the user's
		if !ours {
			continue
		}
		if _, err := os.Stat(v.Source); err != nil {
			return err
		}
	}
	return nil
}
