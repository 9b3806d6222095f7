package logline

import (
	"testing"
	"time"
)

// TestStamps: the times of lines, in a capture of an hour of 20 November 2026
// that was made in Berlin.
func TestStamps(t *testing.T) {
	first := time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC)
	last := first.Add(time.Hour)
	berlin := time.FixedZone("CET", 3600)
	for line, want := range map[string]struct {
		at, assumed string
		step        time.Duration
	}{
		"2026-11-20T10:00:01Z read tcp":                  {"10:00:01", "", time.Second},
		"2026-11-20T11:00:01.25+01:00 level=error":       {"10:00:01.25", "", 10 * time.Millisecond},
		"2026-11-20 10:00:01,123 ERROR x":                {"10:00:01.123", "UTC", time.Millisecond},
		"2026/11/20 11:00:01 http: proxy error":          {"10:00:01", "CET", time.Second},
		"2026/11/20 11:00:01.000250 [error] 31#31":       {"10:00:01.00025", "CET", time.Microsecond},
		`10.0.0.1 - - [20/Nov/2026:11:00:01 +0100] "GET`: {"10:00:01", "", time.Second},
		"Fri, 20 Nov 2026 10:00:01 GMT":                  {"10:00:01", "", time.Second},
		"[Fri Nov 20 11:00:01.5 2026] [proxy:error]":     {"10:00:01.5", "CET", 100 * time.Millisecond},
		"Nov 20 11:00:01 web1 app[77]: x":                {"10:00:01", "CET", time.Second},
		"E1120 11:00:01.000001 1 main.go:7] x":           {"10:00:01.000001", "CET", time.Microsecond},
		"1795168801 x":                                   {"10:00:01", "", time.Second},
		`{"ts":1795168801.5,"msg":"x"}`:                  {"10:00:01.5", "", 100 * time.Millisecond},
		`{"time":1795168801500,"msg":"x"}`:               {"10:00:01.5", "", time.Millisecond},
		"11:00:01.5 x":                                   {"10:00:01.5", "CET", 100 * time.Millisecond},
		"2026-02-31T10:00:00Z then 2026-11-20T10:00:01Z": {"", "", 0},
		"10:00:61 x":               {"", "", 0},
		"to 10.0.0.1:1795168801 x": {"", "", 0},
	} {
		s, ok := findStamp(line)
		if ok != (want.at != "") {
			t.Errorf("%q: %v", line, ok)
		}
		if !ok {
			continue
		}
		m := s.Within(first, last, berlin)
		if got := m.Time.UTC().Format("15:04:05.999999999"); got != want.at || m.Assumed != want.assumed || m.Step != want.step || m.Time.UTC().Day() != 20 {
			t.Errorf("%q: %s %q %v, want %+v", line, got, m.Assumed, m.Step, want)
		}
	}
}

// TestParseStamp takes a time and nothing beside it.
func TestParseStamp(t *testing.T) {
	for _, text := range []string{"2026-11-20T10:00:01Z", "10:00:01", " 10:00:01.5 ", "2026-11-20 10:00:01.123", "1795168801"} {
		if s, ok := ParseStamp(text); !ok || !s.Is() {
			t.Errorf("ParseStamp(%q): %v", text, ok)
		}
	}
	for _, text := range []string{"", "now", "10:00", "25:00:00", "at 10:00:01", "2026-11-20", "2026-13-20T10:00:00Z"} {
		if _, ok := ParseStamp(text); ok {
			t.Errorf("ParseStamp(%q)", text)
		}
	}
}

// TestWithinYears: a line of syslog has no year, and new year may lie between.
func TestWithinYears(t *testing.T) {
	first := time.Date(2026, 12, 31, 23, 0, 0, 0, time.UTC)
	s, _ := findStamp("Jan  1 00:10:00 web1 x")
	if m := s.Within(first, first.Add(2*time.Hour), time.UTC); m.Time.Year() != 2027 {
		t.Errorf("%v", m.Time)
	}
	s, _ = findStamp("00:10:00 x")
	if m := s.Within(first, first.Add(2*time.Hour), time.UTC); m.Time.Day() != 1 {
		t.Errorf("%v", m.Time)
	}
}
