package main

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rstwatch/rstwatch/scenario"
)

// Every performance is in one job, slow ones alone.
func TestDivide(t *testing.T) {
	quick, slow := &scenario.Scenario{Name: "quick"}, &scenario.Scenario{Name: "slow", Slow: true}
	other := &scenario.Scenario{Name: "other", Lab: true}
	for _, c := range []struct {
		name  string
		flags stageFlags
		of    []*scenario.Scenario
		want  []string
	}{
		{"none is slow", stageFlags{repeat: 1}, []*scenario.Scenario{quick, other}, []string{"[0 1] 1 --ipv4 quick other"}},
		{"all are", stageFlags{repeat: 2}, []*scenario.Scenario{slow}, []string{"[0] 1 --ipv4 slow", "[1] 1 --ipv4 slow"}},
		{"some are", stageFlags{repeat: 2, familyFlags: familyFlags{four: true, six: true}}, []*scenario.Scenario{quick, slow, other}, []string{
			"[0 1 4 5 6 7 10 11] 2 --ipv4 --ipv6 quick other",
			"[2] 1 --ipv4 slow", "[3] 1 --ipv6 slow", "[8] 1 --ipv4 slow", "[9] 1 --ipv6 slow"}},
		{"in slow motion", stageFlags{repeat: 1, familyFlags: familyFlags{six: true}, pace: time.Second}, []*scenario.Scenario{quick, slow},
			[]string{"[0 1] 1 --ipv6 quick slow"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			all := c.flags.performances(c.of)
			var got []string
			for _, j := range c.flags.divide(all) {
				got = append(got, describe(t, c.of, j, all))
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

// describe says a job in a line, after it has been seen that who reads its
// command line performs what the job's numbers say.
func describe(t *testing.T, stories []*scenario.Scenario, j job, all []performance) string {
	t.Helper()
	cmd := newPerform(stories)
	f := &runFlags{chooser: chooser{stories: stories}}
	cmd.ResetFlags()
	f.stageFlags.add(cmd)
	if err := cmd.ParseFlags(j.args[1:]); err != nil {
		t.Fatal(err)
	}
	p, err := f.pick(cmd.Flags().Args())
	if err != nil {
		t.Fatal(err)
	}
	var meant []performance
	for _, n := range j.numbers {
		meant = append(meant, all[n])
	}
	if got := f.performances(p.scenarios); !slices.Equal(got, meant) {
		t.Errorf("%v performs %v, not %v", j.args, got, meant)
	}
	text := fmt.Sprint(j.numbers, " ", f.repeat)
	for _, family := range f.families() {
		text += " --" + string(family)
	}
	for _, sc := range p.scenarios {
		text += " " + sc.Name
	}
	return text
}
