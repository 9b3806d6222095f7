package file

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/gopacket/pcapgo"

	"github.com/rstwatch/rstwatch/capture"
)

func TestTsharkListsCallsInLineWithSegments(t *testing.T) {
	path := written(t, "run.pcapng", recording(t))
	_, all, err := readAll(bytes.NewReader(recording(t)))
	if !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	var want []string
	for i, r := range all {
		if r.Frame != nil {
			want = append(want, fmt.Sprintf("%d|%d.%09d|%s||", i+1, r.Time.Unix(), r.Time.Nanosecond(), r.Comments[0]))
		} else {
			want = append(want, fmt.Sprintf("%d|%d.%09d||%s|rstwatch", i+1, r.Time.Unix(), r.Time.Nanosecond(), r.Journal[1].Value))
		}
	}
	out := run(t, "tshark", "-n", "-r", path, "-T", "fields", "-E", "separator=|", "-e", "frame.number", "-e", "frame.time_epoch",
		"-e", "frame.comment", "-e", "systemd_journal.message", "-e", "systemd_journal.syslog_id")
	if d := cmp.Diff(strings.Join(want, "\n"), strings.TrimSpace(out)); d != "" {
		t.Errorf("(-want +tshark):\n%s", d)
	}
}

func TestTsharkFilters(t *testing.T) {
	path := written(t, "run.pcapng", recording(t))
	_, all, _ := readAll(bytes.NewReader(recording(t)))
	for filter, want := range map[string]int{
		"frame.comment":                      len(all) / 2,
		"systemd_journal":                    len(all) / 2,
		"tcp.stream eq 0 or systemd_journal": len(all)/2 + 4, // four segments; the other packets are marks in UDP
		"tcp.flags.reset eq 1":               1,
		"_ws.expert.severity >= 0x00800000":  0, // errors of dissection
		"_ws.malformed":                      0,
	} {
		out := run(t, "tshark", "-n", "-r", path, "-Y", filter)
		if got := strings.Count(out, "\n"); got != want {
			t.Errorf("%s: %d lines, want %d\n%s", filter, got, want, out)
		}
	}
}

// MESSAGE may hold whatever an application printed.
func TestTsharkIsNotFooledByMessage(t *testing.T) {
	var out bytes.Buffer
	w, err := NewWriter(&out, Header{Link: capture.LinkEthernet})
	if err != nil {
		t.Fatal(err)
	}
	const nasty = "read: reset\nSYSLOG_IDENTIFIER=forged\n__REALTIME_TIMESTAMP=1\n"
	err = w.Journal(entry(epoch(), "MESSAGE", nasty, "SYSLOG_IDENTIFIER", "rstwatch"))
	if err := errors.Join(err, w.Flush()); err != nil {
		t.Fatal(err)
	}
	got := run(t, "tshark", "-n", "-r", written(t, "run.pcapng", out.Bytes()), "-T", "fields",
		"-e", "frame.time_epoch", "-e", "systemd_journal.syslog_id")
	at := epoch().Truncate(time.Microsecond)
	if want := fmt.Sprintf("%d.%09d\trstwatch\n", at.Unix(), at.Nanosecond()); got != want {
		t.Errorf("tshark reads %q, want %q", got, want)
	}
}

func TestTsharkResolvesNames(t *testing.T) {
	got := run(t, "tshark", "-Nn", "-r", written(t, "run.pcapng", recording(t)), "-Y", "tcp", "-c", "1",
		"-T", "fields", "-e", "ip.src_host")
	if got != "client\n" {
		t.Errorf("10.9.1.1 is %q, want client", got)
	}
}

func TestCapinfosReadsHeaderAndCounters(t *testing.T) {
	out := run(t, "capinfos", written(t, "run.pcapng", recording(t)))
	for _, want := range []string{"two cores", "Linux 6.18", "rstwatch test", "a run", "Name = lo", "nanoseconds (9)",
		"Filter string = tcp port 80", "Number of stat entries = 1", "Strict time order:   True"} {
		if !strings.Contains(out, want) {
			t.Errorf("capinfos does not say %q:\n%s", want, out)
		}
	}
}

func TestTcpdumpReadsBothKinds(t *testing.T) {
	_, all, err := readAll(bytes.NewReader(recording(t)))
	if !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	var classic bytes.Buffer
	p, err := NewPcapWriter(&classic, capture.LinkEthernet, 0)
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, r := range all {
		if r.Frame != nil {
			want = append(want, fmt.Sprintf("%d.%09d", r.Time.Unix(), r.Time.Nanosecond()))
			if err := p.Packet(r.Time, *r.Frame); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := p.Flush(); err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{"run.pcapng": recording(t), "run.pcap": classic.Bytes()} {
		out := run(t, "tcpdump", "-n", "-tt", "--nano", "-r", written(t, name, b))
		var got []string
		for l := range strings.Lines(out) {
			stamp, _, _ := strings.Cut(l, " ")
			got = append(got, stamp)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s (-want +tcpdump):\n%s", name, d)
		}
	}
}

func TestPcapgoReadsBothKinds(t *testing.T) {
	_, all, _ := readAll(bytes.NewReader(recording(t)))
	ng, err := pcapgo.NewNgReader(bytes.NewReader(recording(t)), pcapgo.DefaultNgReaderOptions)
	if err != nil {
		t.Fatal(err)
	}
	var classic bytes.Buffer
	p, err := NewPcapWriter(&classic, capture.LinkEthernet, 0)
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, r := range all {
		if r.Frame == nil {
			continue
		}
		want = append(want, line(r.Time, len(r.Frame.Data), r.Frame.Wire))
		if err := p.Packet(r.Time, *r.Frame); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Flush(); err != nil {
		t.Fatal(err)
	}
	old, err := pcapgo.NewReader(&classic)
	if err != nil {
		t.Fatal(err)
	}
	for i, w := range want {
		_, a, errA := ng.ReadPacketData()
		_, b, errB := old.ReadPacketData()
		if err := errors.Join(errA, errB); err != nil {
			t.Fatal(err)
		}
		for _, got := range []string{line(a.Timestamp, a.CaptureLength, a.Length), line(b.Timestamp, b.CaptureLength, b.Length)} {
			if got != w {
				t.Errorf("packet %d is %s, want %s", i+1, got, w)
			}
		}
	}
}
