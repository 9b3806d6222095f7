package main

import (
	"regexp"
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

// TestCluesSpeakKernel: the reasons that clues name are the kernel's, in the
// words of the verdicts.
func TestCluesSpeakKernel(t *testing.T) {
	known := []analysis.Reason{analysis.NoSocket, analysis.TCPFlags, analysis.TimeWaitSocket, analysis.AbortOnData,
		analysis.AbortOnClose, analysis.TCPState, analysis.KeepaliveTimeout, analysis.InvalidSYN, analysis.InvalidAck}
	said := make(map[analysis.Reason]bool)
	for _, g := range faults.All() {
		for _, c := range g.Clues {
			for _, word := range regexp.MustCompile(`[A-Z]+(_[A-Z]+)+`).FindAllString(c.Sign+" "+c.Cause, -1) {
				said[analysis.Reason(word)] = true
			}
		}
	}
	notReasons := []analysis.Reason{"TCP_USER_TIMEOUT", "TIME_WAIT", "SO_ERROR", "SO_REUSEADDR", "CAP_NET_ADMIN", "CAP_NET_BIND_SERVICE", "AF_UNSPEC"}
	for word := range said {
		if !slices.Contains(known, word) && !slices.Contains(notReasons, word) {
			t.Errorf("%s is no reason that a verdict has", word)
		}
	}
	for _, reason := range known {
		if !said[reason] && reason != analysis.InvalidAck { // it answers a segment that nobody's call sent
			t.Errorf("no clue speaks of %s", reason)
		}
	}
}

// TestGuidesHaveSources: an error of which a guide speaks as of something that
// TCP does stands in a row of that system's model, or a story shows it.
func TestGuidesHaveSources(t *testing.T) {
	local := []scenario.Fault{scenario.Canceled, scenario.Other, scenario.UnexpectedEOF, "EPERM", "EADDRINUSE"}
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
