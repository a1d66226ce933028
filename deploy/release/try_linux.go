package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// try installs the package of this machine below a folder by dpkg, starts its command as systemd would, removes it
// again; and runs the image's program in a root folder that holds nothing but the image, as the image's user.
func (r *release) try(ctx context.Context, targets []target) error {
	for _, t := range targets {
		if t.os != runtime.GOOS || t.arch != runtime.GOARCH {
			continue
		}
		r.say("try the package for %s", t.debian())
		if err := r.tryPackage(ctx, t); err != nil {
			return fmt.Errorf("try %s: %w", r.debianName(t, debianPackages()[0]), err)
		}
		r.say("try the image for %s", t)
		if err := r.tryImage(ctx, t); err != nil {
			return fmt.Errorf("try the image: %w", err)
		}
	}
	return nil
}

func (r *release) tryPackage(ctx context.Context, t target) (err error) {
	root, err := os.MkdirTemp("", "release-install")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(root)) }()
	if err := emptySystem(root); err != nil {
		return err
	}
	dpkg := func(args ...string) error {
		all := append([]string{"--root=" + root, "--force-script-chrootless", "--force-depends", "--force-not-root", "--force-bad-path"}, args...)
		_, err := output(ctx, r.dir, []string{"DPKG_COLORS=never"}, "dpkg", all...)
		return err
	}
	for _, p := range debianPackages() {
		if err := dpkg("--install", filepath.Join(r.dir, r.debianName(t, p))); err != nil {
			return err
		}
	}
	passwd, err := os.ReadFile(filepath.Join(root, "etc/passwd"))
	if err != nil {
		return err
	}
	if !bytes.Contains(passwd, []byte("\nsainyuka:")) {
		return fmt.Errorf("no user sainyuka after the installation:\n%s", passwd)
	}
	if err := tryUnits(ctx, root); err != nil {
		return err
	}
	if err := tryCommand(ctx, root); err != nil {
		return err
	}
	if err := dpkg("--remove", "sainyuka-cluster", "sainyuka"); err != nil {
		return err
	}
	for path, want := range map[string]bool{"usr/bin/sainyuka": false, "etc/sainyuka/config.toml": true, "var/lib/sainyuka/jetstream": true} {
		if there := exists(filepath.Join(root, path)); there != want {
			return fmt.Errorf("after the removal: %s is there: %v, want %v", path, there, want)
		}
	}
	if err := dpkg("--purge", "sainyuka-cluster", "sainyuka"); err != nil {
		return err
	}
	if exists(filepath.Join(root, "var/lib/sainyuka")) || exists(filepath.Join(root, "etc/sainyuka")) {
		return errors.New("after the purge its folders are still there")
	}
	return nil
}

// emptySystem is as little of Debian as a package can be installed on.
func emptySystem(root string) error {
	for _, dir := range []string{"var/lib/dpkg/info", "var/lib/dpkg/updates", "var/log", "etc", "usr/bin", "run"} {
		if err := os.MkdirAll(filepath.Join(root, dir), 0o755); err != nil {
			return err
		}
	}
	for name, text := range map[string]string{
		"var/lib/dpkg/status": "", "var/lib/dpkg/available": "",
		"etc/passwd": "root:x:0:0:root:/root:/bin/sh\n", "etc/group": "root:x:0:\n",
	} {
		if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return os.Chmod(root, 0o755) // systemd's tools refuse to follow a path that others than its owner could change
}

// tryUnits has systemd read the units, and holds how much of the machine they leave open.
func tryUnits(ctx context.Context, root string) error {
	kill := filepath.Join(root, "usr/bin/kill")
	if err := os.WriteFile(kill, nil, 0o755); err != nil { // of the system, as the units name it
		return err
	}
	defer os.Remove(kill)
	if err := systemUnits(root); err != nil {
		return err
	}
	for _, unit := range []string{"sainyuka.service", "sainyuka-cluster@watcher.service", "sainyuka-cluster@notifier.service"} {
		out, err := output(ctx, root, nil, "systemd-analyze", "verify", "--man=no", "--root="+root, unit)
		if err != nil || out != "" {
			return fmt.Errorf("systemd-analyze verify %s: %w\n%s", unit, err, out)
		}
		const threshold = "14" // 1.4 of 10
		if _, err := output(ctx, root, nil, "systemd-analyze", "security", "--offline=true", "--no-pager", "--threshold="+threshold, "--root="+root, unit); err != nil {
			return err
		}
	}
	return nil
}

// systemUnits copies the machine's targets, slices and sockets: the units are read together with what they refer to.
func systemUnits(root string) error {
	const units = "/usr/lib/systemd/system"
	for _, kind := range []string{"*.target", "*.slice", "*.socket"} {
		found, err := filepath.Glob(filepath.Join(units, kind))
		if err != nil {
			return err
		}
		for _, file := range found {
			text, err := os.ReadFile(file)
			if err != nil { // an alias of what is not installed
				continue
			}
			if err := os.WriteFile(filepath.Join(root, units, filepath.Base(file)), text, 0o644); err != nil {
				return err
			}
		}
	}
	return nil
}

const tryConfig = `data_dir = %q
language = "en"
[web]
listen = "127.0.0.1:0"
[fetch]
allow_private_addresses = true
[[product]]
id = "thing"
[[product.watch]]
url = "http://127.0.0.1:9/item/1"
[[channel]]
id = "log"
type = "log"
`

// tryCommand starts what the unit starts and is its service manager: it must hear that the process is ready,
// reloads, lives and stops.
func tryCommand(ctx context.Context, root string) (err error) {
	config := filepath.Join(root, "etc/sainyuka/config.toml")
	if err := os.WriteFile(config, fmt.Appendf(nil, tryConfig, filepath.Join(root, "var/lib/sainyuka")), 0o640); err != nil {
		return err
	}
	socket, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: filepath.Join(root, "run/notify"), Net: "unixgram"})
	if err != nil {
		return err
	}
	defer socket.Close()
	begin := time.Now()
	cmd := exec.CommandContext(ctx, filepath.Join(root, "usr/bin/sainyuka"), "run", "-config", config)
	cmd.Env = append(os.Environ(), "NOTIFY_SOCKET="+socket.LocalAddr().String(), "WATCHDOG_USEC=1500000")
	var log bytes.Buffer
	cmd.Stderr = &log
	if err := cmd.Start(); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			cmd.Process.Kill()
			cmd.Wait()
			err = fmt.Errorf("%w\n%s", err, log.Bytes())
		}
	}()
	if err := hear(socket, "READY=1"); err != nil {
		return err
	}
	fmt.Printf("       ready after %v\n", time.Since(begin).Round(10*time.Millisecond))
	if err := hear(socket, "WATCHDOG=1"); err != nil {
		return err
	}
	if err := cmd.Process.Signal(syscall.SIGHUP); err != nil {
		return err
	}
	for _, want := range []string{"RELOADING=1", "READY=1\nSTATUS=configuration reloaded"} {
		if err := hear(socket, want); err != nil {
			return err
		}
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	if err := hear(socket, "STOPPING=1"); err != nil {
		return err
	}
	return cmd.Wait()
}

// hear reads what a process tells until it tells what is wanted.
func hear(socket *net.UnixConn, want string) error {
	if err := socket.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
		return err
	}
	var told []string
	for b := make([]byte, 4096); ; {
		n, err := socket.Read(b)
		if err != nil {
			return fmt.Errorf("it never told %q, but %q: %w", want, told, err)
		}
		if string(b[:n]) == want {
			return nil
		}
		told = append(told, string(b[:n]))
	}
}

// tryImage runs the demo in the image's own root folder, until the first restock is told.
func (r *release) tryImage(ctx context.Context, t target) (err error) {
	root, err := os.MkdirTemp("", "release-image")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(root)) }()
	if err := os.Chmod(root, 0o755); err != nil {
		return err
	}
	if err := r.unpackImage(t, root); err != nil {
		return err
	}
	if err := os.Mkdir(filepath.Join(root, "tmp"), 0o777); err != nil { // a container engine brings it (--tmpfs /tmp)
		return err
	}
	if err := os.Chmod(filepath.Join(root, "tmp"), 0o777); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "/usr/local/bin/sainyuka", "demo")
	cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: root, Credential: &syscall.Credential{Uid: imageUser, Gid: imageUser}}
	cmd.Dir, cmd.Env = "/", []string{"PATH=/usr/local/bin"}
	return untilFirstAlert(cmd)
}

// untilFirstAlert runs a demo until it rings, and ends it.
func untilFirstAlert(cmd *exec.Cmd) error {
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		return err
	}
	rang, said := false, ""
	for lines := bufio.NewScanner(out); !rang && lines.Scan(); {
		said += lines.Text() + "\n"
		rang = strings.Contains(lines.Text(), "【再入荷】")
	}
	if !rang {
		return fmt.Errorf("the demo never rang: %w\n%s%s", cmd.Wait(), said, stderr.Bytes())
	}
	fmt.Printf("       the demo rang after %v\n", time.Since(begin).Round(10*time.Millisecond))
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	if err := cmd.Wait(); err != nil {
		return fmt.Errorf("the demo's end: %w\n%s", err, stderr.Bytes())
	}
	return nil
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
