package main

import (
	"slices"
	"testing"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/faults"
	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/catalog"
)

// TestEveryErrorHasAGuide: whatever a story of the catalogue may end in can be
// asked about, under its name.
func TestEveryErrorHasAGuide(t *testing.T) {
	for _, sc := range catalog.All() {
		for _, f := range sc.Faults() {
			if g, ok := faults.Find(string(f)); !ok || g.Fault != f {
				t.Errorf("%s: there is no guide for %s", sc.Name, f)
			}
		}
	}
}

// TestGuidesHaveSources: an error of which a guide speaks as of something that
// TCP does stands in a row of that system's model, or a story shows it.
func TestGuidesHaveSources(t *testing.T) {
	local := []scenario.Fault{scenario.Canceled, scenario.Other, "EPERM", "EADDRINUSE", "EADDRNOTAVAIL"}
	for _, g := range faults.All() {
		if slices.Contains(local, g.Fault) {
			continue
		}
		shown := false
		for _, sc := range catalog.All() {
			shown = shown || len(sc.Gives("linux", g.Fault))+len(sc.Gives("darwin", g.Fault)) > 0
		}
		if rows := len(analysis.Linux().Causes(g.Fault)) + len(analysis.Darwin().Causes(g.Fault)); rows == 0 && !shown {
			t.Errorf("%s: neither a row nor a story knows it", g.Fault)
		}
	}
}
