package scenario

import "slices"

// Gives returns the calls that are expected to fail with f on this model
// ("linux", "darwin"), over either family, in order; where the outcome is a race,
// those that may. None if there is no such call, or the story has no expectations
// there.
func (sc *Scenario) Gives(model string, f Fault) []Result {
	var list []Result
	for _, r := range sc.expected(model) {
		if r.gives(f) {
			list = append(list, r)
		}
	}
	return list
}

// expected returns what is expected over IPv4, and then what is over IPv6 alone.
func (sc *Scenario) expected(model string) []Result {
	list := slices.Clone(sc.Expect[model])
	for _, r := range sc.Expect6[model] {
		if !slices.Contains(sc.Expect[model], r) {
			list = append(list, r)
		}
	}
	return list
}

// Faults returns the faults that calls of the story are expected to fail with,
// on any model, each once: those of Linux first, in order.
func (sc *Scenario) Faults() []Fault {
	var list []Fault
	for _, model := range []string{"linux", "darwin"} {
		for _, r := range sc.expected(model) {
			for _, f := range []Fault{r.Fault, r.Or} {
				if f != "" && !slices.Contains(list, f) {
					list = append(list, f)
				}
			}
		}
	}
	return list
}
