// Command check reads what is in deploy/ with the libraries that will read it: Compose files, kustomizations, the
// Helm chart, Grafana's dashboards, the add-on of Home Assistant.
//
//	go -C deploy/check run . -promtool /usr/bin/promtool
//
// Every query of every panel is evaluated by promtool against samples of a real process (deploy/grafana/testdata),
// and must give what it gave when somebody last looked at it; -update takes what it gives now.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:])
	stop()
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	fs := flag.NewFlagSet("check", flag.ContinueOnError)
	deploy := fs.String("deploy", "..", "the `FOLDER` deploy")
	promtool := fs.String("promtool", "promtool", "Prometheus's `TOOL`")
	metrics := fs.String("metrics", "", "`FILE` with the answer of a process's /metrics: it must know all that dashboards and rules name")
	var live tools
	fs.StringVar(&live.sainyuka, "sainyuka", "", "`PROGRAM` that a real Prometheus scrapes, and whose alert a real Alertmanager sends; default: not tried")
	fs.StringVar(&live.prometheus, "prometheus", "prometheus", "`PROGRAM` for that")
	fs.StringVar(&live.alertmanager, "alertmanager", "prometheus-alertmanager", "`PROGRAM` for that")
	update := fs.Bool("update", false, "take what the panels give now")
	if err := fs.Parse(args); err != nil {
		return err
	}
	dir, err := filepath.Abs(*deploy)
	if err != nil {
		return err
	}
	type check struct {
		what  string
		check func() error
	}
	checks := []check{
		{"Compose", func() error { return checkCompose(ctx, dir, *promtool) }},
		{"kustomize", func() error { return checkKustomize(dir) }},
		{"Helm", func() error { return checkHelm(dir) }},
		{"Home Assistant", func() error { return checkAddOn(dir) }},
		{"panels", func() error { return checkPanels(ctx, dir, *promtool, *update) }},
		{"metrics", func() error { return checkMetrics(dir, *metrics) }},
	}
	if live.sainyuka != "" {
		checks = append(checks, check{"a real Prometheus and Alertmanager", func() error { return checkLive(ctx, dir, live) }})
	} else {
		fmt.Println("not tried, without -sainyuka: a real Prometheus and Alertmanager")
	}
	var errs []error
	for _, c := range checks {
		if err := c.check(); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", c.what, err))
			continue
		}
		fmt.Println("ok ", c.what)
	}
	return errors.Join(errs...)
}
