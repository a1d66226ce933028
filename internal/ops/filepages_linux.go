package ops

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
)

// dropFilePages takes the pages of the program's file and of its libraries out of this
// process's memory. The initialisation of each package touches its part of the file, and
// most of that is never used again. The pages stay in the system's cache: one that is used
// again is found there, at the cost of a minor fault.
func dropFilePages() {
	smaps, err := os.Open("/proc/self/smaps")
	if err != nil {
		return
	}
	defer smaps.Close()
	for _, p := range filePages(smaps) {
		_, _, _ = syscall.Syscall(syscall.SYS_MADVISE, p.from, p.to-p.from, syscall.MADV_DONTNEED)
	}
}

// addresses are those from one on to the one before another.
type addresses struct{ from, to uintptr }

// filePages are the mappings of /proc/PID/smaps that hold nothing but what their files
// hold. Others would lose what was written to them: data, addresses that the loader filled
// in, a debugger's breakpoints. So a mapping counts when it may not be written to and the
// system says that no page of it is its own, whether in memory or swapped out.
func filePages(smaps io.Reader) (found []addresses) {
	var p addresses
	var ofFile, unwritten bool
	for lines := bufio.NewScanner(smaps); lines.Scan(); {
		f := strings.Fields(lines.Text())
		if len(f) >= 5 && strings.Contains(f[0], "-") {
			_, err := fmt.Sscanf(f[0], "%x-%x", &p.from, &p.to)
			ofFile = err == nil && len(f) > 5 && strings.HasPrefix(f[5], "/") && (f[1] == "r-xp" || f[1] == "r--p")
			unwritten = false
			continue
		}
		if !ofFile || len(f) < 2 {
			continue
		}
		switch f[0] {
		case "Anonymous:":
			unwritten = f[1] == "0"
		case "Swap:":
			if unwritten && f[1] == "0" {
				found = append(found, p)
			}
		}
	}
	return found
}
