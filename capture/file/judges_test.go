package file

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/gopacket"
	"github.com/google/gopacket/pcapgo"

	"github.com/rstwatch/rstwatch/capture"
)

// The tests here ask other programs and libraries: what they wrote must read
// here as they read it, and what is written here must read there.

// captures returns the capture files below testdata and below the folder that
// RSTWATCH_PCAPS names, if it is set.
func captures(t *testing.T) []string {
	t.Helper()
	roots := []string{filepath.Join("testdata", "captures")}
	if more := os.Getenv("RSTWATCH_PCAPS"); more != "" {
		roots = append(roots, more)
	}
	var files []string
	for _, root := range roots {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if ext := filepath.Ext(path); err == nil && (ext == ".pcap" || ext == ".pcapng") {
				files = append(files, path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// line is what the judges must agree on for one packet: time and lengths.
func line(at time.Time, kept, wire int) string {
	return fmt.Sprintf("%d.%09d %d %d", at.Unix(), at.Nanosecond(), kept, wire)
}

// lines reads a file to its end, which for a cut-off file is before io.EOF.
func lines(t *testing.T, path string) (all []string, end error) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	r, records, end := readAll(bytes.NewReader(b))
	if r == nil {
		t.Fatalf("%s: %v", path, end)
	}
	for _, rec := range records {
		if rec.Frame != nil {
			all = append(all, line(rec.Time, len(rec.Frame.Data), rec.Frame.Wire))
		}
	}
	return all, end
}

func TestReadsAsPcapgo(t *testing.T) {
	for _, path := range captures(t) {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		_, records, end := readAll(bytes.NewReader(b))
		var fe *FormatError
		if !errors.Is(end, io.EOF) && !errors.As(end, &fe) {
			t.Errorf("%s: reading ends with %v", path, end)
		}
		var src gopacket.PacketDataSource
		if strings.HasSuffix(path, "ng") {
			src, err = pcapgo.NewNgReader(bytes.NewReader(b), pcapgo.NgReaderOptions{WantMixedLinkType: true})
		} else {
			src, err = pcapgo.NewReader(bytes.NewReader(b))
		}
		if err != nil {
			t.Errorf("%s: pcapgo can not open it: %v", path, err)
			continue
		}
		for i, rec := range records {
			data, info, err := src.ReadPacketData()
			if err != nil {
				t.Errorf("%s: pcapgo has %d packets (%v), not %d", path, i, err, len(records))
				break
			}
			if got, want := line(rec.Time, len(rec.Frame.Data), rec.Frame.Wire), line(info.Timestamp, info.CaptureLength, info.Length); got != want || !bytes.Equal(rec.Frame.Data, data) {
				t.Errorf("%s: packet %d is %s, pcapgo says %s", path, i+1, got, want)
			}
		}
		if _, _, err := src.ReadPacketData(); err == nil {
			t.Errorf("%s: pcapgo has more than %d packets", path, len(records))
		}
	}
}

// run runs a program on a file and returns what it printed; the test is
// skipped where the program is not installed.
func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("%s is not installed", name)
	}
	var out, errs bytes.Buffer
	cmd := exec.Command(path, args...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	cmd.Env = append(os.Environ(), "TZ=UTC", "LC_ALL=C.UTF-8")
	// tshark exits with 2 after a file that is cut off, having printed what is whole.
	if err := cmd.Run(); err != nil && !strings.Contains(errs.String(), "cut short") {
		t.Fatalf("%s %q: %v\n%s", name, args, err, errs.String())
	}
	return out.String()
}

func TestReadsAsTshark(t *testing.T) {
	for _, path := range captures(t) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			got, _ := lines(t, path)
			out := run(t, "tshark", "-n", "-r", path, "-T", "fields", "-E", "separator= ",
				"-e", "frame.time_epoch", "-e", "frame.cap_len", "-e", "frame.len")
			if d := cmp.Diff(strings.TrimSpace(out), strings.Join(got, "\n")); d != "" {
				t.Errorf("(-tshark +here):\n%s", d)
			}
		})
	}
}

func TestReadsWhatDumpcapAndEditcapSay(t *testing.T) {
	read := func(name string) (*Reader, []Record) {
		b, err := os.ReadFile(filepath.Join("testdata", "captures", name))
		if err != nil {
			t.Fatal(err)
		}
		r, records, err := readAll(bytes.NewReader(b))
		if !errors.Is(err, io.EOF) {
			t.Fatal(err)
		}
		return r, records
	}
	r, _ := read("dumpcap.pcapng")
	if !strings.HasPrefix(r.Application(), "Dumpcap (Wireshark) 4.0") || !strings.HasPrefix(r.OS(), "Linux 6.18") {
		t.Errorf("application %q, system %q", r.Application(), r.OS())
	}
	s := r.Stats()
	if len(s) != 1 || s[0].Name != "lo" || s[0].Filter != "tcp port 45999" || !s[0].Counted || s[0].Received != 5 || s[0].Dropped != 0 || s[0].Start.IsZero() || !s[0].End.After(s[0].Start) {
		t.Errorf("interfaces %+v", s)
	}
	_, records := read("editcap.pcapng")
	if d := cmp.Diff([]string{"a comment of editcap"}, records[0].Comments); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// written puts a file of ours where other programs can read it.
func written(t *testing.T, name string, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// recording is a file as a run writes it: a segment, the call it ended, and
// the counters.
func recording(t *testing.T) []byte {
	t.Helper()
	src, err := os.ReadFile(filepath.Join("testdata", "captures", "nanoseconds.pcap"))
	if err != nil {
		t.Fatal(err)
	}
	_, segments, err := readAll(bytes.NewReader(src))
	if !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	var out bytes.Buffer
	h := sampleHeader()
	h.SnapLen = 0
	h.Names = map[netip.Addr][]string{netip.MustParseAddr("10.9.1.1"): {"client"}, netip.MustParseAddr("fd09::1"): {"client6"}}
	w, err := NewWriter(&out, h)
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range segments {
		at := epoch().Add(time.Duration(i) * time.Millisecond)
		err := errors.Join(
			w.Packet(at, *s.Frame, fmt.Sprintf("segment %d: why → this", i)),
			w.Journal(entry(at.Add(time.Microsecond), "MESSAGE", fmt.Sprintf("call %d → ECONNRESET", i), "PRIORITY", "3",
				"SYSLOG_IDENTIFIER", "rstwatch", "RSTWATCH_ID", itoa(int64(i)))))
		if err != nil {
			t.Fatal(err)
		}
	}
	err = w.Stats(epoch(), epoch().Add(time.Second), capture.Stats{Delivered: uint64(len(segments)), Dropped: 3})
	if err := errors.Join(err, w.Flush()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
