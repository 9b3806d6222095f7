package recording_test

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/recording"
	"github.com/rstwatch/rstwatch/analysis/session"
	"github.com/rstwatch/rstwatch/analysis/trace/tracetest"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/catalog"
	"github.com/rstwatch/rstwatch/scenario/sandbox/sandboxtest"
)

func TestMain(m *testing.M) { os.Exit(sandboxtest.Main(m)) }

// resetOnRead is a run as text: a byte left unread turns close into an abort,
// which a read was blocked for.
const resetOnRead = `
server  listen
client  dial
server  accept
client  write 2
client > server  PSH,ACK len 2
server > client  ACK
client  read 16 ...
server  read 1               = 1
server  close
server > client  RST,ACK
client  ...                  = ECONNRESET
client  read 16              = EOF
client  close
`

// fromText makes a run of a trace, with frames for its segments.
func fromText(tb testing.TB, number int, name, text string, family scenario.Family) *analysis.Run {
	tb.Helper()
	e := tracetest.Run(tb, text).Evidence
	if family == scenario.IPv6 {
		moved := func(a netip.AddrPort) netip.AddrPort {
			if !a.IsValid() {
				return a
			}
			v4 := a.Addr().As4()
			v6 := netip.MustParseAddr("2001:db8::").As16()
			copy(v6[12:], v4[:])
			return netip.AddrPortFrom(netip.AddrFrom16(v6), a.Port())
		}
		for i := range e.Events {
			e.Events[i].Local, e.Events[i].Remote = moved(e.Events[i].Local), moved(e.Events[i].Remote)
		}
		for i := range e.Segments {
			e.Segments[i].Src, e.Segments[i].Dst = moved(e.Segments[i].Src), moved(e.Segments[i].Dst)
		}
	}
	for i := range e.Segments {
		s, err := capture.Decode(e.Segments[i].Time, frame(&e.Segments[i]))
		if err != nil {
			tb.Fatal(err)
		}
		s.ID = i + 1
		if want := e.Segments[i]; s.Src != want.Src || s.Dst != want.Dst || s.Flags != want.Flags || s.Seq != want.Seq ||
			s.Ack != want.Ack || s.Len != want.Len || s.Window != want.Window || s.Options != want.Options {
			tb.Fatalf("the frame of %+v reads %+v", want, s)
		}
		e.Segments[i] = s
	}
	return &analysis.Run{Number: number, Scenario: name, Summary: "what happens", Family: family, Sandboxed: true,
		Platform: analysis.Platform{OS: "linux", Release: "6.18.0"},
		Capture: analysis.Capture{Interface: "lo", Backend: "text",
			Stats: capture.Stats{Delivered: uint64(len(e.Segments))}},
		Evidence: e, Explanation: analysis.Explain(e)}
}

// frame is an Ethernet frame with the headers of s; its payload was not kept.
func frame(s *capture.Segment) capture.Frame {
	tcp := make([]byte, 20)
	binary.BigEndian.PutUint16(tcp[0:], s.Src.Port())
	binary.BigEndian.PutUint16(tcp[2:], s.Dst.Port())
	binary.BigEndian.PutUint32(tcp[4:], uint32(s.Seq))
	binary.BigEndian.PutUint32(tcp[8:], uint32(s.Ack))
	tcp[13] = byte(s.Flags)
	binary.BigEndian.PutUint16(tcp[14:], uint16(s.Window))
	if s.Options.HasScale {
		tcp = append(tcp, 3, 3, s.Options.WindowScale, 1)
	}
	tcp[12] = byte(len(tcp) / 4 << 4)
	length := len(tcp) + s.Len
	data := make([]byte, 14)
	if s.Src.Addr().Is4() {
		binary.BigEndian.PutUint16(data[12:], 0x0800)
		ip := []byte{0x45, 0, 0, 0, 0, 0, 0, 0, s.TTL, 6, 0, 0}
		binary.BigEndian.PutUint16(ip[2:], uint16(20+length))
		data = append(data, ip...)
	} else {
		binary.BigEndian.PutUint16(data[12:], 0x86dd)
		ip := []byte{0x60, 0, 0, 0, 0, 0, 6, s.TTL}
		binary.BigEndian.PutUint16(ip[4:], uint16(length))
		data = append(data, ip...)
	}
	data = append(append(data, s.Src.Addr().AsSlice()...), s.Dst.Addr().AsSlice()...)
	data = append(data, tcp...)
	return capture.Frame{Link: capture.LinkEthernet, Data: data, Wire: len(data) + s.Len}
}

// liveRuns performs the whole catalogue over both families.
func liveRuns(t *testing.T) []*analysis.Run {
	t.Helper()
	if missing := sandboxtest.Missing(); missing != "" {
		t.Skip("needs " + missing)
	}
	families := []scenario.Family{scenario.IPv4, scenario.IPv6}
	s, err := session.Open(t.Context(), session.Options{Families: families})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var runs []*analysis.Run
	stories := catalog.Classics()
	for _, name := range []string{"dial-icmp-net-unreachable", "timeout-with-icmp", "no-route"} {
		sc, ok := catalog.Find(name)
		if !ok {
			t.Fatalf("there is no %s", name)
		}
		stories = append(stories, sc)
	}
	for _, sc := range stories {
		for _, f := range families {
			r, err := s.Perform(t.Context(), sc, session.Stage{Family: f})
			if err != nil {
				t.Fatal(err)
			}
			runs = append(runs, r)
		}
	}
	return runs
}

// write returns the recording of runs.
func write(tb testing.TB, runs ...*analysis.Run) []byte {
	tb.Helper()
	var b bytes.Buffer
	w := recording.New(&b, "rstwatch test")
	for _, r := range runs {
		if err := w.Add(r); err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func read(tb testing.TB, b []byte) []*analysis.Run {
	tb.Helper()
	runs, err := recording.Read(bytes.NewReader(b), analysis.Linux())
	if err != nil {
		tb.Fatal(err)
	}
	return runs
}

// tshark runs tshark on a file with these octets.
func tshark(t *testing.T, b []byte, args ...string) string {
	t.Helper()
	program, err := exec.LookPath("tshark")
	if err != nil {
		t.Skip("tshark is not installed")
	}
	path := filepath.Join(t.TempDir(), "run.pcapng")
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	cmd := exec.Command(program, append([]string{"-n", "-r", path}, args...)...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	cmd.Env = append(os.Environ(), "TZ=UTC", "LC_ALL=C.UTF-8")
	if err := cmd.Run(); err != nil {
		t.Fatalf("tshark %q: %v\n%s", args, err, errs.String())
	}
	return out.String()
}
