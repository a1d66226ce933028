package main

import (
	"bytes"
	"crypto/sha256"
	"debug/buildinfo"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"time"

	cdx "github.com/CycloneDX/cyclonedx-go"
)

// materials writes for each target which modules its programs are made of, as they themselves say it: a
// bill of materials in CycloneDX's JSON.
func (r *release) materials(targets []target) error {
	for _, t := range targets {
		modules := map[string]*debug.Module{}
		goVersion := ""
		for _, p := range programs {
			info, err := buildinfo.ReadFile(filepath.Join(r.programs(t), t.program(p)))
			if err != nil {
				return err
			}
			goVersion = info.GoVersion
			for _, m := range info.Deps {
				if m.Replace != nil {
					m = m.Replace
				}
				modules[m.Path+"@"+m.Version] = m
			}
		}
		data, err := r.bill(t, goVersion, modules)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(r.dir, r.stem(t)+".cdx.json"), data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func (r *release) bill(t target, goVersion string, modules map[string]*debug.Module) ([]byte, error) {
	main := cdx.Component{
		BOMRef: "sainyuka", Type: cdx.ComponentTypeApplication, Name: "sainyuka", Version: r.source.version,
		PackageURL: "pkg:golang/github.com/sainyuka/sainyuka@v" + r.source.version,
		Licenses:   &cdx.Licenses{{License: &cdx.License{ID: "Apache-2.0"}}},
		Properties: &[]cdx.Property{
			{Name: "cdx:gomod:build:env:GOOS", Value: t.os},
			{Name: "cdx:gomod:build:env:GOARCH", Value: t.arch},
			{Name: "vcs.revision", Value: r.source.commit},
		},
	}
	components := []cdx.Component{{
		BOMRef: "go", Type: cdx.ComponentTypeLibrary, Name: "std", Version: goVersion, PackageURL: "pkg:golang/std@" + goVersion,
	}}
	uses := []string{"go"}
	for _, id := range slices.Sorted(maps.Keys(modules)) {
		m := modules[id]
		c := cdx.Component{BOMRef: id, Type: cdx.ComponentTypeLibrary, Name: m.Path, Version: m.Version, PackageURL: "pkg:golang/" + id}
		if m.Sum != "" {
			c.Properties = &[]cdx.Property{{Name: "go.sum", Value: m.Sum}}
		}
		components = append(components, c)
		uses = append(uses, id)
	}
	bom := cdx.NewBOM()
	bom.SerialNumber = r.serial(t)
	bom.Metadata = &cdx.Metadata{Timestamp: r.source.time.Format(time.RFC3339), Component: &main}
	bom.Components = &components
	bom.Dependencies = &[]cdx.Dependency{{Ref: "sainyuka", Dependencies: &uses}}
	var b bytes.Buffer
	if err := cdx.NewBOMEncoder(&b, cdx.BOMFileFormatJSON).SetPretty(true).Encode(bom); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// serial is a UUID that the same build always gets.
func (r *release) serial(t target) string {
	h := sha256.Sum256([]byte(r.source.version + " " + r.source.commit + " " + t.String()))
	h[6], h[8] = h[6]&0x0f|0x80, h[8]&0x3f|0x80 // version 8: made by a rule of one's own
	return fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", h[:4], h[4:6], h[6:8], h[8:10], h[10:16])
}
