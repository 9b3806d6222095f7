package logline

import (
	"testing"
	"time"
)

// FuzzParse: no line makes it panic or run away, and what it finds is as
// segments have it.
func FuzzParse(f *testing.F) {
	for _, line := range []string{
		"2026-11-20T10:00:00Z read tcp 10.0.3.7:51234->10.0.9.2:443: read: connection reset by peer",
		`Get "https://h:1/": dial tcp [fe80::1%eth0]:2: connect: connection refused`,
		`recv() failed (104: Connection reset by peer) while reading, client: 1.2.3.4, upstream: "http://[::1]:80/"`,
		"[id: 1, L:/1.2.3.4:5 - R:h/6.7.8.9:10] E1120 10:00:00.1 ts=1795168801 port 80 ('1.2.3.4', 5)",
	} {
		f.Add(line)
	}
	first := time.Unix(1_795_168_800, 0)
	f.Fuzz(func(t *testing.T, line string) {
		l, ok := Parse(line)
		if ok != (l.Fault != "" || len(l.Ends) > 0) {
			t.Errorf("%q: ok is %v", line, ok)
		}
		for _, e := range l.Ends {
			if !e.Named() || len(e.Either) > maxEither {
				t.Errorf("%q: ends %+v", line, e)
			}
			for _, a := range append(e.Either, e.Local, e.Remote) {
				if a.Addr().Zone() != "" || a.Addr().Is4In6() {
					t.Errorf("%q: %v is not as segments have it", line, a)
				}
			}
		}
		if l.Stamp.Is() {
			if m := l.Stamp.Within(first, first.Add(time.Hour), time.UTC); m.Time.IsZero() || m.Step <= 0 || m.Step > time.Second {
				t.Errorf("%q: moment %+v", line, m)
			}
		}
	})
}
