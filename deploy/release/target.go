package main

import (
	"fmt"
	"slices"
	"strings"
)

// target is one kind of machine.
type target struct {
	os, arch, arm string // GOOS, GOARCH, GOARM
}

func allTargets() []target {
	return []target{
		{os: "linux", arch: "amd64"},
		{os: "linux", arch: "arm64"},
		{os: "linux", arch: "arm", arm: "7"},
		{os: "darwin", arch: "amd64"},
		{os: "darwin", arch: "arm64"},
		{os: "windows", arch: "amd64"},
		{os: "windows", arch: "arm64"},
		{os: "freebsd", arch: "amd64"},
		{os: "freebsd", arch: "arm64"},
	}
}

// String writes a target as -only takes it, and as container platforms are written.
func (t target) String() string {
	return strings.TrimSuffix(t.os+"/"+t.arch+"/"+t.arm, "/")
}

// name is what the target is called in names of files.
func (t target) name() string {
	arch := t.arch
	if t.arm != "" {
		arch += "v" + t.arm
	}
	return t.os + "-" + arch
}

func (t target) program(name string) string {
	if t.os == "windows" {
		return name + ".exe"
	}
	return name
}

func (t target) environment() []string {
	env := []string{"CGO_ENABLED=0", "GOOS=" + t.os, "GOARCH=" + t.arch}
	if t.arm != "" {
		env = append(env, "GOARM="+t.arm)
	}
	return env
}

// chooseTargets reads a list such as linux/amd64,linux/arm/7; "" means all.
func chooseTargets(list string, all []target) ([]target, error) {
	if list == "" {
		return all, nil
	}
	var chosen []target
	for name := range strings.SplitSeq(list, ",") {
		i := slices.IndexFunc(all, func(t target) bool { return t.String() == strings.TrimSpace(name) })
		if i < 0 {
			return nil, fmt.Errorf("no target %q: there are %v", name, all)
		}
		chosen = append(chosen, all[i])
	}
	return chosen, nil
}
