package sim

import (
	"math"
	"strings"
	"testing"
	"testing/quick"
)

// small is a world with one host of half the size, so that a test takes seconds;
// its windows are as short as its cycles, so that they are as hard to catch.
func small(name string) World {
	for _, w := range Worlds() {
		if w.Name == name {
			w.Hosts, w.Targets = 1, w.Targets/2
			w.Rate *= 1.5
			w.Median /= 2
			return w
		}
	}
	panic("no world " + name)
}

// The figures of docs/scheduling.md may not get worse unnoticed. Everything here
// is deterministic: a failure is a change of the schedule, never bad luck.
func TestOursIsBetterThanUniform(t *testing.T) {
	if raceDetector {
		t.Log("with the race detector this takes minutes and shows nothing more")
		return
	}
	for _, tt := range []struct {
		world           string
		ratio, within60 float64 // at least
		oracle          float64 // part of it; 0: it does not run
	}{
		{"W0", 0.96, 0.80, 0},
		{"W2", 1.35, 2.5, 0.86},
		{"W5", 1.90, 3.0, 0},
	} {
		policies := []Policy{Uniform, Ours}
		if tt.oracle > 0 {
			policies = append(policies, Oracle)
		}
		list := Summarize(Simulate([]World{small(tt.world)}, []uint64{1, 2}, policies))
		ours := list[1]
		t.Logf("%s: %.2f of uniform, within 60 s %.2f, week 1 %.2f, longest gap %.2f", tt.world, ours.Ratio, ours.Within60, ours.Week1, ours.LongestGap)
		if ours.Ratio < tt.ratio {
			t.Errorf("%s: ours catches %.2f times what uniform does, want at least %.2f", tt.world, ours.Ratio, tt.ratio)
		}
		if ours.Within60 < tt.within60 {
			t.Errorf("%s: ours catches %.2f times as many within 60 s, want at least %.2f", tt.world, ours.Within60, tt.within60)
		}
		if ours.LongestGap > 3.1 {
			t.Errorf("%s: a target was not seen for %.2f cycles, want at most 3.1", tt.world, ours.LongestGap)
		}
		if tt.oracle > 0 && ours.InTime < tt.oracle*list[2].InTime {
			t.Errorf("%s: ours catches %.2f of what the oracle does, want at least %.2f", tt.world, ours.InTime/list[2].InTime, tt.oracle)
		}
	}
}

func TestAWorldAndASeedGiveTheSameRows(t *testing.T) {
	w := World{Name: "tiny", Hosts: 2, Targets: 12, Sigma: 1, Rate: 2, Scheduled: 0.5, Cross: 0.3, Flap: 0.3, Median: 60}
	rows := func() []Row {
		tr := w.draw(7)
		tr.days, tr.judged = 3, day
		return runAll(w.Name, 7, tr, Policies())
	}
	a, b := rows(), rows()
	for i := range a {
		if a[i] != b[i] {
			t.Errorf("two runs of one world and seed: %+v and %+v, want the same", a[i], b[i])
		}
	}
}

func TestWorldsAreAsSpecified(t *testing.T) {
	for _, w := range Worlds() {
		tr := w.draw(42)
		var rates, lengths, n float64
		for _, h := range tr.hosts {
			var mean float64
			for _, x := range h.profile {
				mean += x / float64(len(h.profile))
			}
			if math.Abs(mean-1) > 0.02 {
				t.Errorf("%s: a true profile has mean %.3f, want 1", w.Name, mean)
			}
			for _, x := range h.targets {
				rates += x.rate * day / float64(w.Hosts*w.Targets)
				for i, y := range x.windows {
					lengths += math.Log(y.close - y.open)
					n++
					if i > 0 && y.open < x.windows[i-1].close+mergeGap {
						t.Fatalf("%s: windows %v and %v of one target touch", w.Name, x.windows[i-1], y)
					}
				}
			}
		}
		if rates < w.Rate*0.6 || rates > w.Rate*1.6 {
			t.Errorf("%s: the mean rate is %.3f per day, want about %.3f", w.Name, rates, w.Rate)
		}
		if median := math.Exp(lengths / n); median < w.Median*0.6 || median > w.Median*1.4 {
			t.Errorf("%s: windows have a median of about %.0f s, want about %.0f", w.Name, median, w.Median)
		}
	}
}

// A window that nobody could catch is missed, one that is always seen is not.
func TestCounting(t *testing.T) {
	for _, tt := range []struct {
		name  string
		looks []float64
		want  count
	}{
		{"in time", []float64{0, 100, 140, 300}, count{judged: 1, inTime: 1, within60: 1, delay: 10}},
		{"too late", []float64{0, 175, 300}, count{judged: 1, delay: 85}},
		{"missed", []float64{0, 300}, count{judged: 1, delay: 100}},
		{"never looked at again", []float64{0}, count{}},
	} {
		var c count
		x := sight{found: -1}
		for _, at := range tt.looks {
			c.look(&x, []window{{90, 190}}, at, 1e9)
		}
		c.longest = 0
		if c != tt.want {
			t.Errorf("%s: looks at %v of a window from 90 to 190 count as %+v, want %+v", tt.name, tt.looks, c, tt.want)
		}
	}
	// Entered while the window before still counted as in stock: missed.
	var c count
	x := sight{found: -1}
	for _, at := range []float64{0, 100, 210, 400} {
		c.look(&x, []window{{90, 190}, {200, 300}}, at, 1e9)
	}
	if c.judged != 2 || c.inTime != 1 {
		t.Errorf("two windows, the second entered while in stock: %+v, want 2 judged and 1 in time", c)
	}
}

func TestBestIntervalHoldsThePrice(t *testing.T) {
	f := func(a, b uint16) bool {
		gain, price := float64(a)/1000+0.001, float64(b)/100000+1e-6
		x := bestInterval(gain, 300, price, 600) / 300
		return x > 11.99 || math.Abs(gain*(1-math.Exp(-x)*(1+x))-price) < 1e-6*gain+1e-9
	}
	if err := quick.Check(f, nil); err != nil {
		t.Error(err)
	}
}

func TestReplay(t *testing.T) {
	var b strings.Builder
	for d := range 9 {
		date := "2026-04-0" + string(rune('1'+d))
		b.WriteString(`{"watch":"a","host":"one.example","product":"p","last_out":"` + date + `T10:00:00+09:00","first_in":"` + date + `T10:01:00+09:00","last_in":"` + date + `T10:05:00+09:00","first_out":"` + date + `T10:07:00+09:00"}` + "\n")
	}
	b.WriteString(`{"watch":"b","host":"one.example"}` + "\n\n" + `{"watch":"b","host":"two.example","product":"p"}`)
	log, err := ReadReplay(strings.NewReader(b.String()))
	if err != nil {
		t.Fatalf("ReadReplay = %v", err)
	}
	rows, err := Replay(log)
	if err != nil || len(rows) != 2 || rows[1].Policy != string(Ours) || rows[1].Windows < 5 || rows[1].InTime < 0.9 {
		t.Errorf("Replay of a window of 5m a day = %+v, %v; want all of them caught", rows, err)
	}
	for _, bad := range []string{
		``, `{`, `{"watch":"a"}`, `{"watch":"a","host":"h"}`, `{"watch":"a","host":"h","first_in":"2026-04-01T10:00:00Z"}`,
		`{"watch":"a","host":"h","last_out":"2026-04-01T10:00:00Z","first_in":"2026-04-01T09:00:00Z","last_in":"2026-04-01T10:00:00Z","first_out":"2026-04-01T10:00:00Z"}`,
	} {
		if _, err := ReadReplay(strings.NewReader(bad)); err == nil {
			t.Errorf("ReadReplay(%q) = nil error, want one", bad)
		}
	}
}
