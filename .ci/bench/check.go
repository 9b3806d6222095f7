package main

import (
	"encoding/json"
	"fmt"
	"os/exec"
)

// endings says what a survey calls genpcap's endings.
var endings = map[string]string{
	"fin": "closed", "rst": "reset", "rst_ack": "reset", "half_open": "half-closed",
	"syn_only": "unanswered", "refused": "refused", "idle": "open",
}

// check holds what the survey of a file counts against the truth.
func check(rstwatch, path string, t truth) error {
	out, err := exec.Command(rstwatch, "analyze", "--summary", "--format", "json", path).Output()
	if err != nil {
		return fmt.Errorf("%s analyze %s: %w", rstwatch, path, err)
	}
	var got struct {
		Summary struct {
			Connections uint64
			Segments    struct{ Total, SYN, FIN, RST uint64 }
			Endings     map[string]uint64
		}
	}
	if err := json.Unmarshal(out, &got); err != nil {
		return fmt.Errorf("%s analyze %s: %w", rstwatch, path, err)
	}
	want := make(map[string]uint64)
	for name, n := range t.Endings {
		want[endings[name]] += n
	}
	s := got.Summary
	if s.Connections != t.Connections || s.Segments.Total != t.Packets || s.Segments.SYN != t.Segments.SYN ||
		s.Segments.FIN != t.Segments.FIN || s.Segments.RST != t.Segments.RST {
		return fmt.Errorf("%s: the survey counts %+v, and there are %+v", path, s, t)
	}
	for ending, n := range want {
		if s.Endings[ending] != n {
			return fmt.Errorf("%s: the survey counts %d connections that ended %s, and there are %d", path, s.Endings[ending], ending, n)
		}
	}
	return nil
}
