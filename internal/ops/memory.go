package ops

import (
	"bytes"
	"math"
	"os"
	"path"
	"runtime/debug"
	"strconv"
	"strings"
)

// Memory returns how many bytes this process can count on: the least of what the
// machine has and of the limits of the control groups that it is in. 0: not known,
// as on systems other than Linux.
func Memory() int64 { return memory("/") }

// LimitHeap tells the garbage collector how much memory there is, unless
// GOMEMLIMIT does already: near the limit it works harder instead of being killed.
// A tenth is left for what is not the collector's. Until KeepSmall runs, garbage may grow
// to half of what is in use, unless GOGC says otherwise.
func LimitHeap() {
	if n := Memory(); n > 0 && os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(n / 10 * 9)
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(startPercent)
	}
}

// memory reads the limits from a tree of files, / of a running system.
func memory(root string) int64 {
	least := int64(math.MaxInt64)
	for _, n := range append(cgroupLimits(root), machineMemory(root)) {
		if n > 0 {
			least = min(least, n)
		}
	}
	if least == math.MaxInt64 {
		return 0
	}
	return least
}

// machineMemory is MemTotal of /proc/meminfo, 0 when it cannot be read.
func machineMemory(root string) int64 {
	text, err := os.ReadFile(path.Join(root, "proc/meminfo"))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if f := strings.Fields(line); len(f) == 3 && f[0] == "MemTotal:" && f[2] == "kB" {
			kib, _ := strconv.ParseInt(f[1], 10, 64)
			return kib << 10
		}
	}
	return 0
}

// cgroupLimits are the limits of this process's group and of all groups above it:
// each of them holds. In a container the own group often appears as the root.
func cgroupLimits(root string) (limits []int64) {
	text, err := os.ReadFile(path.Join(root, "proc/self/cgroup"))
	if err != nil {
		return nil
	}
	for line := range strings.Lines(string(text)) {
		part := strings.SplitN(strings.TrimSpace(line), ":", 3) // hierarchy, controllers, group
		if len(part) != 3 {
			continue
		}
		mount, file := "sys/fs/cgroup", "memory.max"
		switch {
		case part[0] == "0" && part[1] == "": // version 2
		case strings.Contains(","+part[1]+",", ",memory,"): // version 1
			mount, file = "sys/fs/cgroup/memory", "memory.limit_in_bytes"
		default:
			continue
		}
		for group := path.Join("/", part[2]); ; group = path.Dir(group) {
			limits = append(limits, limitIn(path.Join(root, mount, group, file)))
			if group == "/" {
				break
			}
		}
	}
	return limits
}

// limitIn reads one limit; 0: none.
func limitIn(file string) int64 {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0
	}
	n, err := strconv.ParseInt(string(bytes.TrimSpace(text)), 10, 64) // version 2 says "max" for none
	if err != nil {
		return 0
	}
	return n
}
