package analysis_test

import (
	"slices"
	"testing"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/scenario"
)

// TestCauses: the tables know where an error comes from, and on which platform.
func TestCauses(t *testing.T) {
	for _, c := range []struct {
		model *analysis.Model
		fault scenario.Fault
		rule  string
		where string // "": the model has no such row for the fault
	}{
		{analysis.Linux(), scenario.EPIPE, "rst-in-close-wait", "a segment in CLOSE_WAIT"},
		{analysis.Linux(), scenario.EPIPE, "write-after-shutdown", "write"},
		{analysis.Darwin(), scenario.EPIPE, "rst-in-close-wait", ""},
		{analysis.Linux(), scenario.ECONNREFUSED, "syn-sent-refused", "a segment in SYN_SENT"},
		{analysis.Linux(), scenario.ECONNREFUSED, "icmp-port-unreachable", "ICMP type 3, code 3"},
		{analysis.Linux(), "EHOSTUNREACH", "icmp6-time-exceeded", "ICMPv6 type 3"},
		{analysis.Linux(), scenario.ETIMEDOUT, "syn-timeout", "the SYN stayed unanswered until the kernel gave up"},
		{analysis.Linux(), scenario.EOF, "read-after-fin", "read, peek"},
		{analysis.Linux(), "ENETUNREACH", "no-segment-left", "the host itself has no route to this address: no SYN left"},
		{analysis.Darwin(), "ENETUNREACH", "no-segment-left", ""},
		{analysis.Linux(), "", "write-data", ""},
	} {
		causes := c.model.Causes(c.fault)
		i := slices.IndexFunc(causes, func(cause analysis.Cause) bool { return cause.Rule == c.rule })
		switch {
		case i < 0 && c.where != "":
			t.Errorf("%s, %s: no row %s", c.model.Name, c.fault, c.rule)
		case i >= 0 && causes[i].Where != c.where:
			t.Errorf("%s, %s, %s: %q, not %q", c.model.Name, c.fault, c.rule, causes[i].Where, c.where)
		case i >= 0 && causes[i].Source == "":
			t.Errorf("%s, %s, %s has no source", c.model.Name, c.fault, c.rule)
		}
	}
}
