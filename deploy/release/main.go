// Command release builds everything that is published of one version, and looks into what it has built:
//
//	go -C deploy/release run . -out ../../dist
//
// Static binaries for all systems with their checksums, Debian packages, a container image as an OCI layout,
// a list of the modules inside (CycloneDX) and their licences. The same commit gives the same bytes: -twice
// builds the named targets a second time, from a clone in another folder, and compares.
//
// It publishes nothing: what is in the folder afterwards is for the workflow to upload.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:])
	stop()
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	fs := flag.NewFlagSet("release", flag.ContinueOnError)
	root := fs.String("source", "../..", "the repository's `FOLDER`")
	out := fs.String("out", "../../dist", "`FOLDER` for the results; what is in it is removed")
	only := fs.String("only", "", "`TARGETS` to build, such as linux/amd64,linux/arm/7; default: all")
	twice := fs.String("twice", "", "`TARGETS` to build a second time and compare, of those that are built")
	fresh := fs.Bool("fresh", false, "second builds use no cache of the first")
	try := fs.Bool("try", false, "install the package of this machine below a folder, start its command, run the image's demo; as root")
	tag := fs.String("tag", "", "the tag that is released: it must be the version of CHANGELOG.md")
	if err := fs.Parse(args); err != nil {
		return err
	}
	if fs.NArg() > 0 {
		return fmt.Errorf("no argument %q is known", fs.Arg(0))
	}
	targets, err := chooseTargets(*only, allTargets())
	if err != nil {
		return fmt.Errorf("-only: %w", err)
	}
	var again []target
	if *twice != "" {
		if again, err = chooseTargets(*twice, targets); err != nil {
			return fmt.Errorf("-twice: %w", err)
		}
	}
	src, err := openSource(ctx, *root, *tag)
	if err != nil {
		return err
	}
	if len(again) > 0 && src.changed() {
		return errors.New("-twice: the second build is of a clone, which has only what is committed: commit first")
	}
	dir, err := filepath.Abs(*out)
	if err != nil {
		return err
	}
	return (&release{source: src, dir: dir, begin: time.Now()}).build(ctx, targets, again, *fresh, *try)
}

// release is one version being built into one folder.
type release struct {
	source source
	dir    string
	begin  time.Time
}

func (r *release) build(ctx context.Context, targets, again []target, fresh, try bool) error {
	if err := emptyFolder(r.dir); err != nil {
		return err
	}
	r.say("sainyuka %s, commit %.12s", r.source.version, r.source.commit)
	licences, err := r.source.licences(ctx)
	if err != nil {
		return err
	}
	r.say("print the manual")
	if err := r.source.print(ctx); err != nil {
		return err
	}
	for _, t := range targets {
		r.say("build %s", t)
		if err := r.source.compile(ctx, t, r.programs(t), ""); err != nil {
			return err
		}
		if err := r.archive(t, licences); err != nil {
			return err
		}
	}
	if err := r.packages(targets, licences); err != nil {
		return err
	}
	if err := r.image(targets, licences); err != nil {
		return err
	}
	if err := r.materials(targets); err != nil {
		return err
	}
	if err := r.compareSecond(ctx, again, fresh); err != nil {
		return err
	}
	r.say("look into the results")
	if err := r.inspect(ctx, targets); err != nil {
		return err
	}
	if err := r.checksums(); err != nil {
		return err
	}
	if try {
		if err := r.try(ctx, targets); err != nil {
			return err
		}
	}
	r.say("done: %s", r.dir)
	return nil
}

// programs is where the binaries of a target are: beside what is published, since the packages and the image
// are made from them.
func (r *release) programs(t target) string { return filepath.Join(r.dir, "bin", t.name()) }

func (r *release) say(format string, args ...any) {
	fmt.Printf("%4.0fs  %s\n", time.Since(r.begin).Seconds(), fmt.Sprintf(format, args...))
}

// emptyFolder makes a folder that holds nothing. One with anything that no release would hold is refused: a
// wrong -out must not cost anybody their files.
func emptyFolder(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if len(entries) > 0 {
		if _, err := os.Stat(filepath.Join(dir, "bin")); err != nil {
			return fmt.Errorf("%s is neither empty nor of an earlier release: choose another -out", dir)
		}
	}
	for _, e := range entries {
		if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
			return err
		}
	}
	return os.MkdirAll(dir, 0o755)
}
