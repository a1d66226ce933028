package ops

import (
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"reflect"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
)

func TestFilePages(t *testing.T) {
	const smaps = `00400000-0162d000 r-xp 00000000 fe:00 10 /usr/bin/sainyuka
Rss:               16000 kB
Anonymous:             0 kB
Swap:                  0 kB
0162d000-0292c000 r--p 0122d000 fe:00 10 /usr/bin/sainyuka (deleted)
Anonymous:             0 kB
Swap:                  0 kB
0292c000-02b06000 rw-p 0252c000 fe:00 10 /usr/bin/sainyuka
Anonymous:             0 kB
Swap:                  0 kB
02c00000-02c10000 r--p 00000000 fe:00 11 /usr/lib/with-relocations.so
Anonymous:             4 kB
Swap:                  0 kB
02d00000-02d10000 r-xp 00000000 fe:00 11 /usr/lib/with-breakpoints.so
Anonymous:             0 kB
Swap:                  4 kB
02e00000-02e10000 r--s 00000000 fe:00 12 /var/lib/shared
Anonymous:             0 kB
Swap:                  0 kB
02f00000-02f10000 r--p 00000000 fe:00 13 /usr/lib/of-an-unknown-system.so
Rss:                   4 kB
c000000000-c000400000 r--p 00000000 00:00 0
Anonymous:             0 kB
Swap:                  0 kB
7ffd1000-7ffd3000 r-xp 00000000 00:00 0 [vdso]
Anonymous:             0 kB
Swap:                  0 kB
`
	want := []addresses{{0x400000, 0x162d000}, {0x162d000, 0x292c000}}
	if got := filePages(strings.NewReader(smaps)); !reflect.DeepEqual(got, want) {
		t.Errorf("given back are %x, want %x", got, want)
	}
}

// A process whose whole program is in memory has less than half of it there afterwards,
// and works as before. It is a process of its own: others of this test use the file too.
func TestDropFilePages(t *testing.T) {
	if os.Getenv("DROP_FILE_PAGES") == "" {
		cmd := exec.Command(os.Args[0], "-test.run=^TestDropFilePages$", "-test.v")
		cmd.Env = append(os.Environ(), "DROP_FILE_PAGES=1")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
	smaps, err := os.Open("/proc/self/smaps")
	if err != nil {
		t.Fatal(err)
	}
	defer smaps.Close()
	memory, err := os.Open("/proc/self/mem")
	if err != nil {
		t.Fatal(err)
	}
	defer memory.Close()
	for _, p := range filePages(smaps) { // to read them brings them into memory
		if _, err := io.Copy(io.Discard, io.NewSectionReader(memory, int64(p.from), int64(p.to-p.from))); err != nil {
			t.Fatalf("read the memory from %x to %x: %v", p.from, p.to, err)
		}
	}
	before := residentOfFiles(t)
	dropFilePages()
	if after := residentOfFiles(t); after > before/2 {
		t.Errorf("%d KB of files are in memory, %d before", after, before)
	}
	runtime.GC() // looks at the tables of all functions that run
	text, err := json.Marshal(map[string][]int{"works": {1, 2, 3}})
	if err != nil || !regexp.MustCompile(`^\{"works":\[1,2,3\]\}$`).Match(text) {
		t.Errorf("afterwards the program writes %s, %v", text, err)
	}
}

// residentOfFiles is how many KB of files this process has in its memory.
func residentOfFiles(t *testing.T) int {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if f := strings.Fields(line); len(f) == 3 && f[0] == "RssFile:" {
			n, err := strconv.Atoi(f[1])
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
	}
	t.Fatal("the system does not tell what of files is in memory")
	return 0
}
