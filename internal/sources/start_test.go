package sources_test

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"testing"
)

// What is prepared before a program begins, above all the expressions of package page, is
// paid at every start, of a short command too. It is counted in allocations, which do not
// depend on the machine.
func TestAStartIsCheap(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	start := exec.CommandContext(t.Context(), exe, "-test.run=^$")
	start.Env = append(os.Environ(), "GODEBUG=inittrace=1")
	trace, err := start.CombinedOutput()
	if err != nil {
		t.Fatalf("start %s: %v", exe, err)
	}
	all := 0
	for _, m := range regexp.MustCompile(`(?m)^init github\.com/sainyuka/\S+ .* (\d+) allocs$`).FindAllSubmatch(trace, -1) {
		var n int
		if _, err := fmt.Sscan(string(m[1]), &n); err != nil {
			t.Fatal(err)
		}
		all += n
	}
	if all == 0 || all > 200_000 {
		t.Errorf("a start takes %d allocations, want some, and at most 200000; the run says:\n%s", all, trace)
	}
	t.Logf("%d allocations", all)
}
