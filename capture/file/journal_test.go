package file

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestEntryOctets(t *testing.T) {
	got, err := appendEntry(nil, []Field{
		{RealtimeTimestamp, "1709251199123456"},
		{"MESSAGE", "client read → ECONNRESET"},
		{"RSTWATCH_ERROR", "one\nMESSAGE=two"},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := "__REALTIME_TIMESTAMP=1709251199123456\n" +
		"MESSAGE=client read → ECONNRESET\n" +
		"RSTWATCH_ERROR\n\x0f\x00\x00\x00\x00\x00\x00\x00one\nMESSAGE=two\n"
	if d := cmp.Diff(want, string(got)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestPlainValues(t *testing.T) {
	for v, want := range map[string]bool{
		"": true, "a b": true, "a\tb": true, "a=b": true, "ü": true, "\x7f": true,
		"a\nb": false, "\r": false, "\x00": false, "\x1b[31m": false, "\xff": false, "\xc3": false,
	} {
		if got := isPlain(v); got != want {
			t.Errorf("isPlain(%q) = %v", v, got)
		}
	}
}

func TestParseEntry(t *testing.T) {
	const stamp = RealtimeTimestamp + "=1000000\n"
	ts := Field{RealtimeTimestamp, "1000000"}
	for _, tt := range []struct {
		name, in string
		want     []Field
	}{
		{"padded", stamp + "A=b\n\x00\x00\x00", []Field{ts, {"A", "b"}}},
		{"no newline at the end", stamp + "A=b", []Field{ts, {"A", "b"}}},
		{"an empty line at the end", stamp + "A=b\n\n", []Field{ts, {"A", "b"}}},
		{"stamp later", "A=b\n" + stamp, []Field{{"A", "b"}, ts}},
		{"equal sign in the value", stamp + "A=b=c\n", []Field{ts, {"A", "b=c"}}},
		{"binary of no octets", stamp + "A\n" + strings.Repeat("\x00", 8) + "\n", []Field{ts, {"A", ""}}},
	} {
		at, got, err := parseEntry([]byte(tt.in))
		if err != nil || !at.Equal(time.Unix(1, 0)) {
			t.Errorf("%s: time %v, error %v", tt.name, at, err)
		}
		if d := cmp.Diff(tt.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, d)
		}
	}
}

func TestParseBrokenEntry(t *testing.T) {
	const stamp = RealtimeTimestamp + "=1\n"
	for name, in := range map[string]string{
		"empty":                  "",
		"padding alone":          "\x00\x00\x00\x00",
		"no stamp":               "MESSAGE=x\n",
		"stamp of words":         RealtimeTimestamp + "=soon\n",
		"stamp below zero":       RealtimeTimestamp + "=-1\n",
		"stamp out of range":     RealtimeTimestamp + "=9223372036854775807\n",
		"two entries":            stamp + "\n" + stamp,
		"name in lower case":     stamp + "a=b\n",
		"no name":                stamp + "=b\n",
		"no value":               stamp + "A\n",
		"name alone":             stamp + "A",
		"length cut off":         stamp + "A\n\x01\x00\x00",
		"length past the end":    stamp + "A\n\x02\x00\x00\x00\x00\x00\x00\x00b\n",
		"length too short":       stamp + "A\n\x01\x00\x00\x00\x00\x00\x00\x00bc\n",
		"length of 64 bits":      stamp + "A\n\xff\xff\xff\xff\xff\xff\xff\xffb\n",
		"too many fields":        stamp + strings.Repeat("A=\n", maxFields),
		"value without its line": stamp + "A\n\x01\x00\x00\x00\x00\x00\x00\x00b",
	} {
		if _, fields, err := parseEntry([]byte(in)); err == nil {
			t.Errorf("%s: accepted as %q", name, fields)
		}
	}
}

// FuzzEntry holds that no value can forge a field: what is read is what was
// written, whatever the values are.
func FuzzEntry(f *testing.F) {
	f.Add("plain", "two\nlines")
	f.Add("A=b\nMESSAGE=forged\n", "\x00")
	f.Add("\x02\x00\x00\x00\x00\x00\x00\x00ab\nB=c", "\n\n")
	f.Fuzz(func(t *testing.T, a, b string) {
		want := []Field{{RealtimeTimestamp, "7"}, {"MESSAGE", a}, {"RSTWATCH_ERROR", b}, {"LAST", a}}
		raw, err := appendEntry(nil, want)
		if err != nil {
			t.Fatal(err)
		}
		raw = append(raw, make([]byte, len(raw)%4)...)
		_, got, err := parseEntry(raw)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
	})
}
