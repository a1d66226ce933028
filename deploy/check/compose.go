package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
	"sigs.k8s.io/yaml"
)

// checkCompose loads the Compose files as Compose does, against its schema, and holds that every file of ours that
// they mount is there, and that their Prometheus takes its configuration.
func checkCompose(ctx context.Context, deploy, promtool string) error {
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
		if err := checkPrometheus(ctx, promtool, project); err != nil {
			return fmt.Errorf("%s: prometheus: %w", file, err)
		}
	}
	return nil
}

// checkPrometheus has promtool read the configuration of a project's Prometheus beside the files that are mounted
// with it, and holds that it asks services of the project.
func checkPrometheus(ctx context.Context, promtool string, project *types.Project) (err error) {
	dir, err := os.MkdirTemp("", "compose")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	var text []byte
	for _, v := range project.Services["prometheus"].Volumes {
		if v.Type != types.VolumeTypeBind {
			continue
		}
		file, err := os.ReadFile(v.Source)
		if err != nil {
			return err
		}
		name := filepath.Base(v.Target)
		if name == "prometheus.yml" {
			text = file
		}
		if err := os.WriteFile(filepath.Join(dir, name), file, 0o644); err != nil {
			return err
		}
	}
	if out, err := exec.CommandContext(ctx, promtool, "check", "config", filepath.Join(dir, "prometheus.yml")).CombinedOutput(); err != nil {
		return fmt.Errorf("promtool: %w\n%s", err, out)
	}
	type targets struct {
		StaticConfigs []struct {
			Targets []string `json:"targets"`
		} `json:"static_configs"`
	}
	var config struct {
		ScrapeConfigs []targets `json:"scrape_configs"`
		Alerting      struct {
			Alertmanagers []targets `json:"alertmanagers"`
		} `json:"alerting"`
	}
	if err := yaml.Unmarshal(text, &config); err != nil {
		return err
	}
	for _, t := range append(config.ScrapeConfigs, config.Alerting.Alertmanagers...) {
		for _, s := range t.StaticConfigs {
			for _, target := range s.Targets {
				host, _, err := net.SplitHostPort(target)
				if _, ok := project.Services[host]; err != nil || !ok {
					return fmt.Errorf("the target %s is no service of the project", target)
				}
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
