package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/goreleaser/nfpm/v2"
	_ "github.com/goreleaser/nfpm/v2/deb" // the kind of package that is made
	"github.com/goreleaser/nfpm/v2/files"
)

const (
	homepage    = "https://github.com/sainyuka/sainyuka"
	maintainer  = "The sainyuka authors <sainyuka@users.noreply.github.com>"
	description = "tells when things are back in stock (再入荷)"
)

// debian returns the architecture's name in Debian; "" when no package is made for the target.
func (t target) debian() string {
	if t.os != "linux" {
		return ""
	}
	return map[string]string{"amd64": "amd64", "arm64": "arm64", "arm7": "armhf"}[t.arch+t.arm]
}

// debianPackage is one of the packages: which programs go where, and which files of deploy/debian belong to it.
type debianPackage struct {
	name, summary string
	programs      map[string]string // program -> where it is installed
	units         []string
	scripts       string // the folder of deploy/debian with its maintainer scripts
	system        bool   // with the user and the folders
	depends       []string
}

func debianPackages() []debianPackage {
	return []debianPackage{
		{
			name: "sainyuka", summary: "all in one process, with the dashboard and the tools", system: true, scripts: "sainyuka",
			programs: map[string]string{"sainyuka": "/usr/bin/sainyuka"},
			units:    []string{"sainyuka.service"},
		},
		{
			name: "sainyuka-cluster", summary: "watchers and notifiers as processes of their own, against a NATS cluster", scripts: "cluster",
			programs: map[string]string{"watcher": "/usr/libexec/sainyuka/watcher", "notifier": "/usr/libexec/sainyuka/notifier"},
			units:    []string{"sainyuka-cluster@.service"},
			depends:  []string{"sainyuka"},
		},
	}
}

// packages makes the Debian packages of all targets that have any.
func (r *release) packages(targets []target, licences []byte) error {
	documents, err := r.source.documents(licences)
	if err != nil {
		return err
	}
	staging, err := os.MkdirTemp("", "release-documents")
	if err != nil {
		return err
	}
	defer os.RemoveAll(staging)
	if err := os.Mkdir(filepath.Join(staging, "completion"), 0o755); err != nil {
		return err
	}
	for _, d := range documents {
		if err := os.WriteFile(filepath.Join(staging, filepath.FromSlash(d.name)), d.data, 0o644); err != nil {
			return err
		}
	}
	for _, t := range targets {
		if t.debian() == "" {
			continue
		}
		for _, p := range debianPackages() {
			r.say("package %s for %s", p.name, t.debian())
			if err := r.debianFile(t, p, staging); err != nil {
				return fmt.Errorf("package %s for %s: %w", p.name, t.debian(), err)
			}
		}
	}
	return nil
}

// debianName is the name of a package's file.
func (r *release) debianName(t target, p debianPackage) string {
	return fmt.Sprintf("%s_%s_%s.deb", p.name, debianVersion(r.source.version), t.debian())
}

// debianVersion sorts a build of changed files after the version that it is named after.
func debianVersion(version string) string { return strings.ReplaceAll(version, "+dirty", "+dirty1") }

func (r *release) debianFile(t target, p debianPackage, documents string) error {
	scripts := filepath.Join(r.source.dir, "deploy", "debian", p.scripts)
	info := nfpm.WithDefaults(&nfpm.Info{
		Name: p.name, Arch: t.debian(), Platform: "linux", Version: debianVersion(r.source.version), VersionSchema: "none",
		Section: "net", Priority: "optional", Maintainer: maintainer, Homepage: homepage, License: "Apache-2.0",
		Description: description + "\n" + p.summary + ".",
		MTime:       r.source.time, DisableGlobbing: true,
		Overridables: nfpm.Overridables{
			Depends: p.depends, Contents: r.contents(t, p, documents),
			Scripts: nfpm.Scripts{
				PostInstall: filepath.Join(scripts, "postinst"), PreRemove: filepath.Join(scripts, "prerm"), PostRemove: filepath.Join(scripts, "postrm"),
			},
		},
	})
	if p.system {
		info.Depends = append(info.Depends, "systemd | systemd-standalone-sysusers", "systemd | systemd-standalone-tmpfiles")
		info.Recommends = []string{"ca-certificates"}
	}
	if err := nfpm.PrepareForPackager(info, "deb"); err != nil {
		return err
	}
	packager, err := nfpm.Get("deb")
	if err != nil {
		return err
	}
	f, err := os.Create(filepath.Join(r.dir, r.debianName(t, p)))
	if err != nil {
		return err
	}
	if err := packager.Package(info, f); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

// contents are the files of a package.
func (r *release) contents(t target, p debianPackage, documents string) files.Contents {
	var all files.Contents
	add := func(from, to string, mode os.FileMode) {
		all = append(all, &files.Content{Source: from, Destination: to, FileInfo: &files.ContentFileInfo{Mode: mode, Owner: "root", Group: "root", MTime: r.source.time}})
	}
	deploy := filepath.Join(r.source.dir, "deploy")
	for program, path := range p.programs {
		add(filepath.Join(r.programs(t), program), path, 0o755)
	}
	for _, u := range p.units {
		add(filepath.Join(deploy, u), "/usr/lib/systemd/system/"+u, 0o644)
	}
	doc := "/usr/share/doc/" + p.name
	add(filepath.Join(documents, "LICENSE"), doc+"/copyright", 0o644)
	add(filepath.Join(documents, "LICENSES-OF-MODULES"), doc+"/LICENSES-OF-MODULES", 0o644)
	if p.system {
		add(filepath.Join(deploy, "debian", "sysusers.conf"), "/usr/lib/sysusers.d/sainyuka.conf", 0o644)
		add(filepath.Join(deploy, "debian", "tmpfiles.conf"), "/usr/lib/tmpfiles.d/sainyuka.conf", 0o644)
		for _, name := range []string{"README.md", "README.ja.md", "CHANGELOG.md"} {
			add(filepath.Join(documents, name), doc+"/"+name, 0o644)
		}
		add(filepath.Join(documents, "config.example.toml"), doc+"/examples/config.toml", 0o644)
		add(filepath.Join(documents, "config.example.ja.toml"), doc+"/examples/config.ja.toml", 0o644)
		for _, p := range printedFiles {
			add(filepath.Join(documents, filepath.FromSlash(p.name)), p.path, 0o644)
		}
	}
	return all
}
