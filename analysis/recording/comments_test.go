package recording_test

import (
	"encoding/binary"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/scenario"
)

// The types of blocks that stand at the head of a section.
const (
	section = 0x0A0D0D0A
	names   = 4
)

// injections are what a role, an operation or an error could be that wants to be
// more than text.
var injections = append([]string{
	"</script><img src=x onerror=alert(1)>", "\x1b[31mred\x1b[0m", "\u202egnp.exe", "a\u2066b\u2069", "nul\x00nul", "\u200b\u00ad\ufe0f",
}, nasty...)

// options returns the values of the options of a block of this code, from the
// offset on at which its options begin.
func options(t *testing.T, body []byte, from int, code uint16) (values []string) {
	t.Helper()
	for b := body[from:]; len(b) >= 4; {
		c, n := binary.LittleEndian.Uint16(b), int(binary.LittleEndian.Uint16(b[2:]))
		if c == 0 {
			break
		}
		if c == code {
			values = append(values, string(b[4:4+n]))
		}
		b = b[4+(n+3)&^3:]
	}
	return values
}

// TestCaptureComment: each section says what became of its run.
func TestCaptureComment(t *testing.T) {
	first, second := fromText(t, 1, "reset-on-read", resetOnRead, scenario.IPv4), fromText(t, 2, "b", short, scenario.IPv6)
	first.Replayed = true
	first.Platform.Release = ""
	sections := walk(t, write(t, first, second))[section]
	if len(sections) != 2 {
		t.Fatalf("%d sections", len(sections))
	}
	want := []string{"reset-on-read, explained: what happens.",
		first.Origin() + ".",
		"client read → ECONNRESET, because of #6.",
		"because the server closed with 1 of 2 bytes unread, so its kernel aborted the connection.",
		"because #6 RST,ACK arrived in ESTABLISHED: the pending error became ECONNRESET.",
		"reason of the RST: TCP_ABORT_ON_CLOSE.",
	}
	got := strings.Split(strings.Join(options(t, sections[0], 16, 1), "|"), "\n")
	if d := cmp.Diff(want, got[:min(len(want), len(got))]); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	if got := strings.Join(options(t, sections[1], 16, 1), "|"); !strings.HasPrefix(got, "b, explained: what happens.\nclient read → EOF, because of #") {
		t.Errorf("the second section says %q", got)
	}
	nothing := fromText(t, 1, "", "client dial\nserver accept\nclient close", scenario.IPv4)
	nothing.Summary = ""
	if got := options(t, walk(t, write(t, nothing))[section][0], 16, 1); got != nil {
		t.Errorf("of a run without a name and a verdict it says %q", got)
	}
	wrong := fromText(t, 1, "wrong", short, scenario.IPv4)
	wrong.Trouble, wrong.Differs = "it was interrupted", "client read: EOF"
	if got := options(t, walk(t, write(t, wrong))[section][0], 16, 1)[0]; !strings.Contains(got, "wrong, interrupted: ") ||
		!strings.Contains(got, "\nnot whole: it was interrupted.\nunexpected: client read: EOF.") {
		t.Errorf("it says %q", got)
	}
}

// TestCaptureCommentInWireshark: the comment is the capture's.
func TestCaptureCommentInWireshark(t *testing.T) {
	program, err := exec.LookPath("capinfos")
	if err != nil {
		t.Skip("capinfos, of Wireshark, is not installed")
	}
	path := filepath.Join(t.TempDir(), "run.pcapng")
	if err := os.WriteFile(path, write(t, fromText(t, 1, "reset-on-read", resetOnRead, scenario.IPv4)), 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(program, "-k", path).Output()
	if err != nil {
		t.Fatal(err)
	}
	if want := "Capture comment:     reset-on-read, explained: what happens. client read → ECONNRESET, because of #6. because "; !strings.Contains(string(out), want) {
		t.Errorf("capinfos says %s", out)
	}
}

// TestNames: where each address is one role's, Wireshark shows that role.
func TestNames(t *testing.T) {
	for _, f := range []scenario.Family{scenario.IPv4, scenario.IPv6} {
		run := fromText(t, 1, "a", resetOnRead, f)
		client, server := run.Evidence.Segments[0].Src.Addr(), run.Evidence.Segments[0].Dst.Addr()
		if client == server {
			t.Fatalf("both are %v", client)
		}
		want := map[netip.Addr]string{client: "client", server: "server"}
		if d := cmp.Diff(want, namesIn(t, write(t, run)), cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); d != "" {
			t.Errorf("%s (-want +got)\n%s", f, d)
		}
		out := tshark(t, write(t, run), "-N", "n", "-Y", "tcp.flags.reset == 1", "-T", "fields", "-e", "_ws.col.Source", "-e", "_ws.col.Destination")
		if out != "server\tclient\n" {
			t.Errorf("%s: tshark shows the RST from %q", f, out)
		}
	}
}

// TestNoNames: an address of both has no name, and neither has one of a role that
// leaves nothing.
func TestNoNames(t *testing.T) {
	run := fromText(t, 1, "a", resetOnRead, scenario.IPv4)
	for i := range run.Evidence.Events {
		ev := &run.Evidence.Events[i]
		ev.Local = netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), ev.Local.Port())
	}
	if blocks := walk(t, write(t, run))[names]; blocks != nil {
		t.Errorf("both are 127.0.0.1: %q", blocks)
	}
	run = fromText(t, 1, "a", resetOnRead, scenario.IPv4)
	for i := range run.Evidence.Events {
		run.Evidence.Events[i].Role = "\x00\u202e -"
	}
	if blocks := walk(t, write(t, run))[names]; blocks != nil {
		t.Errorf("a role without a letter names %q", blocks)
	}
}

// TestLoopbackHasNoName: in a file of several runs Wireshark would take it for
// that of every other run's address too, as after a dial that had no route.
func TestLoopbackHasNoName(t *testing.T) {
	for _, addr := range []string{"127.0.0.1", "::1"} {
		run := fromText(t, 1, "a", resetOnRead, scenario.IPv4)
		for i := range run.Evidence.Events {
			ev := &run.Evidence.Events[i]
			ev.Local = netip.AddrPort{}
			if ev.Role == scenario.Server {
				ev.Local = netip.AddrPortFrom(netip.MustParseAddr(addr), 80)
			}
		}
		if blocks := walk(t, write(t, run))[names]; blocks != nil {
			t.Errorf("%s is the server's alone in one run: %q", addr, blocks)
		}
	}
}

// namesIn returns the names of addresses that a file has.
func namesIn(t *testing.T, b []byte) map[netip.Addr]string {
	t.Helper()
	found := make(map[netip.Addr]string)
	for _, body := range walk(t, b)[names] {
		for code, octets := range map[uint16]int{1: 4, 2: 16} {
			for _, value := range options(t, body, 0, code) {
				addr, _ := netip.AddrFromSlice([]byte(value[:octets]))
				found[addr] = strings.TrimSuffix(value[octets:], "\x00")
			}
		}
	}
	return found
}

// TestInjectedHeads: whatever a text from outside says, comments and names show
// it as text, without a character that a terminal would obey or an eye not see.
func TestInjectedHeads(t *testing.T) {
	bad := func(r rune) bool {
		return r != '\n' && !unicode.IsPrint(r) && r != unicode.ReplacementChar || unicode.Is(unicode.Variation_Selector, r)
	}
	innocent := spoilt(t, "harmless")
	innocent.Trouble, innocent.Differs = "harmless", "harmless"
	lines := strings.Count(options(t, walk(t, write(t, innocent))[section][0], 16, 1)[0], "\n")
	for _, text := range injections {
		r := spoilt(t, text)
		r.Trouble, r.Differs = text, text
		b := write(t, r)
		blocks := walk(t, b)
		comments := options(t, blocks[section][0], 16, 1)
		for _, body := range blocks[6] {
			kept := int(binary.LittleEndian.Uint32(body[12:]))
			comments = append(comments, options(t, body, 20+(kept+3)&^3, 1)...)
		}
		if len(comments) < 2 {
			t.Fatalf("%.40q: %d comments", text, len(comments))
		}
		for i, c := range comments {
			if strings.ContainsFunc(c, bad) || i > 0 && strings.Contains(c, "\n") {
				t.Errorf("%.40q: a comment is %.200q", text, c)
			}
		}
		if n := strings.Count(comments[0], "\n"); n > lines {
			t.Errorf("%.40q: it makes %d lines more of the capture's comment", text, n-lines)
		}
		for _, name := range namesIn(t, b) {
			if len(name) > 63 || name == "" || strings.ContainsFunc(name, func(r rune) bool {
				return r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
			}) {
				t.Errorf("%.40q: a name is %q", text, name)
			}
		}
		if back := read(t, b); len(back) != 1 || !slices.ContainsFunc(back[0].Evidence.Events, func(ev scenario.Event) bool { return ev.Role == scenario.Role(text) }) {
			t.Errorf("%.40q: the role does not come back", text)
		}
	}
}

// TestNamesAreRead: of a file with names the runs are those without.
func TestNamesAreRead(t *testing.T) {
	r := fromText(t, 1, "a", resetOnRead, scenario.IPv6)
	b := write(t, r)
	if walk(t, b)[names] == nil {
		t.Fatal("it has no names")
	}
	if d := cmp.Diff([]*analysis.Run{r}, read(t, b), same()); d != "" {
		t.Error(d)
	}
}
