package ops

import (
	"os"
	"path/filepath"
	"testing"
)

func TestMemoryIsTheLeastOfAllLimits(t *testing.T) {
	const meminfo = "MemTotal:        1000 kB\nMemFree:          10 kB\n"
	for _, tt := range []struct {
		name  string
		files map[string]string
		want  int64
	}{
		{"nothing is known", nil, 0},
		{"a machine without groups", map[string]string{"proc/meminfo": meminfo}, 1000 << 10},
		{"version 2, no limit", map[string]string{
			"proc/meminfo": meminfo, "proc/self/cgroup": "0::/system.slice/x.service\n",
			"sys/fs/cgroup/system.slice/x.service/memory.max": "max\n",
		}, 1000 << 10},
		{"version 2, its own limit", map[string]string{
			"proc/meminfo": meminfo, "proc/self/cgroup": "0::/system.slice/x.service\n",
			"sys/fs/cgroup/system.slice/x.service/memory.max": "512000\n",
		}, 512000},
		{"version 2, the limit of a group above it", map[string]string{
			"proc/meminfo": meminfo, "proc/self/cgroup": "0::/system.slice/x.service\n",
			"sys/fs/cgroup/system.slice/x.service/memory.max": "512000\n", "sys/fs/cgroup/system.slice/memory.max": "256000\n",
		}, 256000},
		{"version 2, as seen from inside a container", map[string]string{
			"proc/meminfo": meminfo, "proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "300000\n",
		}, 300000},
		{"version 1", map[string]string{
			"proc/meminfo": meminfo, "proc/self/cgroup": "5:cpu,cpuacct:/a\n4:memory:/docker/b\n",
			"sys/fs/cgroup/memory/docker/b/memory.limit_in_bytes": "400000\n",
		}, 400000},
		{"version 1 without a limit", map[string]string{
			"proc/meminfo": meminfo, "proc/self/cgroup": "4:memory:/\n",
			"sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
		}, 1000 << 10},
	} {
		root := t.TempDir()
		for name, text := range tt.files {
			file := filepath.Join(root, name)
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if got := memory(root); got != tt.want {
			t.Errorf("%s: memory = %d, want %d", tt.name, got, tt.want)
		}
	}
}
