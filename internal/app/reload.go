package app

import (
	"errors"
	"fmt"
	"reflect"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sainyuka/sainyuka/internal/config"
)

type reloadMetrics struct {
	ok prometheus.Gauge
	at prometheus.Gauge
}

func newReloadMetrics(reg prometheus.Registerer) reloadMetrics {
	m := reloadMetrics{
		ok: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "sainyuka_config_last_reload_successful",
			Help: "Whether the last load of the configuration succeeded.",
		}),
		at: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "sainyuka_config_last_reload_success_timestamp_seconds",
			Help: "When the running configuration was loaded.",
		}),
	}
	reg.MustRegister(m.ok, m.at)
	m.ok.Set(1)
	m.at.SetToCurrentTime()
	return m
}

// Reload reads the configuration file again and, when all of it is right, makes
// it the running one. All that can fail happens before anything that runs is
// touched: after an error the process goes on as it was.
func (a *App) Reload() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	err := a.reload()
	if err != nil {
		a.reloaded.ok.Set(0)
		return err
	}
	a.reloaded.ok.Set(1)
	a.reloaded.at.SetToCurrentTime()
	return nil
}

func (a *App) reload() error {
	old := a.base.Load()
	cfg, err := a.o.Load()
	if err != nil {
		return err
	}
	if err := sameProcess(old, cfg); err != nil {
		return err
	}
	if a.live == nil {
		return errors.New("still waiting for NATS: reload again when it is there")
	}
	if err := a.take(cfg); err != nil {
		return err
	}
	a.warn(cfg)
	return nil
}

// warn logs what is hardly meant in a configuration that was taken.
func (a *App) warn(cfg *config.Config) {
	for _, w := range cfg.Warnings {
		a.log.Warn("configuration", "warning", w)
	}
}

// sameProcess refuses a change of what only a new process can take up. Silently
// keeping the old value would be worse: the user would believe the file.
func sameProcess(old, cfg *config.Config) error {
	var errs []error
	for _, k := range []struct {
		key      string
		old, new any
	}{
		{"data_dir", old.DataDir, cfg.DataDir},
		{"nats", old.NATS, cfg.NATS},
		{"web", old.Web, cfg.Web},
		{"fetch", old.Fetch, cfg.Fetch},
	} {
		if !reflect.DeepEqual(k.old, k.new) {
			errs = append(errs, fmt.Errorf("%s: %s has changed: that needs a restart; nothing was reloaded", cfg.Path, k.key))
		}
	}
	return errors.Join(errs...)
}
