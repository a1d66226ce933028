package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"sigs.k8s.io/yaml"
)

// addOn is what Home Assistant's documentation of add-on configurations names, as far as ours uses it.
type addOn struct {
	Name        string            `json:"name"`
	Version     string            `json:"version"`
	Slug        string            `json:"slug"`
	Description string            `json:"description"`
	URL         string            `json:"url"`
	Image       string            `json:"image"`
	Arch        []string          `json:"arch"`
	Init        *bool             `json:"init"`
	Startup     string            `json:"startup"`
	Boot        string            `json:"boot"`
	Map         []addOnFolder     `json:"map"`
	Ports       map[string]int    `json:"ports"`
	PortsWords  map[string]string `json:"ports_description"`
	WebUI       string            `json:"webui"`
	Watchdog    string            `json:"watchdog"`
	Services    []string          `json:"services"`
	Options     map[string]any    `json:"options"`
	Schema      map[string]any    `json:"schema"`
	Backup      string            `json:"backup"`
}

type addOnFolder struct {
	Type     string `json:"type"`
	ReadOnly bool   `json:"read_only"`
	Path     string `json:"path"`
}

// checkAddOn reads the add-on's manifest strictly, by the names that Home Assistant's documentation has.
func checkAddOn(deploy string) error {
	text, err := os.ReadFile(filepath.Join(deploy, "home-assistant", "sainyuka", "config.yaml"))
	if err != nil {
		return err
	}
	var a addOn
	if err := yaml.UnmarshalStrict(text, &a); err != nil {
		return err
	}
	switch {
	case a.Name == "" || a.Version == "" || a.Description == "" || !regexp.MustCompile(`^[a-z0-9_]+$`).MatchString(a.Slug):
		return fmt.Errorf("name %q, version %q, slug %q and description must be there", a.Name, a.Version, a.Slug)
	case !slices.Equal(a.Arch, []string{"aarch64", "amd64", "armv7"}):
		return fmt.Errorf("it is for %v, want the machines that the image is for", a.Arch)
	case !slices.Contains([]string{"initialize", "system", "services", "application", "once"}, a.Startup):
		return fmt.Errorf("startup %q is none that there is", a.Startup)
	}
	for _, f := range a.Map {
		if !slices.Contains([]string{"addon_config", "data", "share", "ssl"}, f.Type) {
			return fmt.Errorf("map: type %q is none that is needed", f.Type)
		}
	}
	for port := range a.PortsWords {
		if _, ok := a.Ports[port]; !ok {
			return fmt.Errorf("ports_description names %s, which is not among the ports", port)
		}
	}
	return nil
}
