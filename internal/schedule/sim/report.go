package sim

import (
	"cmp"
	"math"
	"slices"
)

// Summary is what several seeds say of a policy in a world: means, and for the
// part in time also the standard error.
type Summary struct {
	World, Policy string
	Seeds         int
	InTime        float64
	Error         float64 // standard error of InTime over the seeds
	// What follows is relative to the uniform policy with the same seeds.
	Ratio      float64
	RatioError float64
	Worst      float64 // smallest ratio of a seed
	Within60   float64
	Delay      float64
	Week1      float64

	LongestGap float64 // of all seeds, in cycles
}

// Summarize joins the rows of all seeds, in the order in which worlds and
// policies first appear.
func Summarize(rows []Row) []Summary {
	type key struct{ world, policy string }
	var order []key
	groups := make(map[key][]Row)
	for _, r := range rows {
		k := key{r.World, r.Policy}
		if groups[k] == nil {
			order = append(order, k)
		}
		groups[k] = append(groups[k], r)
	}
	var list []Summary
	for _, k := range order {
		list = append(list, summarize(groups[k], groups[key{k.world, string(Uniform)}]))
	}
	return list
}

func summarize(rows, uniform []Row) Summary {
	s := Summary{World: rows[0].World, Policy: rows[0].Policy, Seeds: len(rows)}
	var in, ratios []float64
	for i, r := range rows {
		in = append(in, r.InTime)
		s.LongestGap = max(s.LongestGap, r.LongestGap)
		if i < len(uniform) {
			ratios = append(ratios, r.InTime/nonZero(uniform[i].InTime))
		}
	}
	s.InTime, s.Error = meanAndError(in)
	s.Ratio, s.RatioError = meanAndError(ratios)
	if len(ratios) > 0 {
		s.Worst = slices.Min(ratios)
	}
	s.Within60 = relative(rows, uniform, func(r Row) float64 { return r.Within60 })
	s.Delay = relative(rows, uniform, func(r Row) float64 { return r.Delay })
	s.Week1 = relative(rows, uniform, func(r Row) float64 { return r.Week1 })
	return s
}

// relative is the ratio of two means: that of single seeds with few windows
// would be noise.
func relative(rows, uniform []Row, value func(Row) float64) float64 {
	var a, b float64
	for _, r := range rows {
		a += value(r)
	}
	for _, r := range uniform {
		b += value(r)
	}
	return a / nonZero(b)
}

func meanAndError(list []float64) (mean, err float64) {
	n := float64(len(list))
	for _, x := range list {
		mean += x / n
	}
	for _, x := range list {
		err += (x - mean) * (x - mean)
	}
	if n < 2 {
		return mean, 0
	}
	return mean, math.Sqrt(err / (n - 1) / n)
}

func nonZero(x float64) float64 { return cmp.Or(x, 1e-9) }

// Reference is what was once measured for a world with another program and other
// draws: the ratios to uniform of the index with all it can learn, and of the
// index that is told the truth.
type Reference struct{ Ours, Oracle, Within60 float64 }

// References returns the references by world.
func References() map[string]Reference {
	return map[string]Reference{
		"W0": {1.03, 1.03, 1.11},
		"W1": {1.43, 1.55, 3.43},
		"W2": {1.42, 1.54, 3.48},
		"W3": {1.32, 1.43, 2.91},
		"W4": {1.37, 1.47, 3.93},
		"W5": {2.32, 2.55, 5.22},
		"W6": {1.10, 1.12, 1.70},
		"W7": {2.30, 2.91, 7.06},
	}
}
