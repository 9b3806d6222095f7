package report

import (
	"bytes"
	"fmt"
	"iter"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/rstwatch/rstwatch/analysis/faults"
	"github.com/rstwatch/rstwatch/analysis/logline"
	"github.com/rstwatch/rstwatch/analysis/match"
	"github.com/rstwatch/rstwatch/analysis/survey"
)

// surveyText prints a survey in all the ways that text can be printed.
func surveyText(t *testing.T, sum survey.Summary, list iter.Seq[survey.Connection], o Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := SurveySummary(&b, sum, o); err != nil {
		t.Fatal(err)
	}
	if err := SurveyList(&b, list, o); err != nil {
		t.Fatal(err)
	}
	o.Most = 1
	if err := SurveyList(&b, list, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// far gives connections the longest addresses, histories and numbers that there
// are.
func far(list iter.Seq[survey.Connection]) iter.Seq[survey.Connection] {
	return func(yield func(survey.Connection) bool) {
		for c := range list {
			c.Stream += 4_000_000_000
			c.History = strings.Repeat("ShADadFfRr", 5)
			for i := range c.Sides {
				c.Sides[i].Addr = netip.MustParseAddrPort(fmt.Sprintf("[2001:db8:1234:5678:9abc:def0:1234:567%d]:65535", i))
			}
			if !yield(c) {
				return
			}
		}
	}
}

// TestSurveyWidths: no line of a survey is wider than asked, also where the
// addresses alone are.
func TestSurveyWidths(t *testing.T) {
	tr := surveyed()
	tr.Frames(survey.Frames{NotTCP: 1, Fragmented: 2, Fragments: 3, Cut: 4, Malformed: 5, Unknown: 6})
	sum := tr.Summary()
	sum.Talkers = slices.Clone(sum.Talkers)
	sum.Talkers = append(sum.Talkers, survey.Talker{Addr: netip.MustParseAddr("2001:db8:1234:5678:9abc:def0:1234:5678"), Port: 65535, Sent: 1 << 40})
	sum.ClosedOut, sum.Of, sum.Segments.Total = 1<<40, 1<<50, 1<<50
	everyStyle(func(o Options) {
		check(t, "near", surveyText(t, sum, tr.Connections(), o), o)
		check(t, "far", surveyText(t, sum, far(tr.Connections()), o), o)
	})
}

// TestDiagnosisWidths is the same of diagnoses, their commands included, and of
// what there is to a line of a log.
func TestDiagnosisWidths(t *testing.T) {
	line, _ := logline.Parse("dial tcp [2001:db8:1234:5678:9abc:def0:1234:5678]:443: read tcp 10.0.0.1:1002->192.0.2.9:443: connection reset by peer")
	a := match.Find(surveyed().Connections(), line, logline.Stamp{}, nil)
	for name, text := range diagnosedTexts() {
		d := diagnosedText(t, text)
		if d.Situation.Measure.Command != "" {
			d.Situation.Measure.Command += "\nsudo tcpdump -ni any -w server.pcap 'tcp port 443 and host 2001:db8:1234:5678:9abc:def0:1234:5678'"
		}
		everyStyle(func(o Options) {
			var b bytes.Buffer
			if err := Answer(&b, &a, d, o); err != nil {
				t.Fatal(err)
			}
			check(t, name, b.String(), o)
		})
	}
}

// TestPagesWidths is the same of what list and explain print.
func TestPagesWidths(t *testing.T) {
	everyStyle(func(o Options) {
		if o.Color {
			return // of which some pages have none
		}
		var b bytes.Buffer
		b.WriteString(pages(t, o))
		for _, g := range faults.All() {
			if err := Guide(&b, g, met, allOf(told()), o); err != nil {
				t.Fatal(err)
			}
		}
		check(t, "pages", b.String(), o)
	})
}

// TestCommand: a command that is broken into lines is still the same command.
func TestCommand(t *testing.T) {
	const command = "sudo tcpdump -ni any -w server.pcap 'tcp port 443 and host 2001:db8:1234:5678:9abc:def0:1234:5678'"
	for width := MinWidth; width <= 130; width++ {
		var b strings.Builder
		newStyle(&b, Options{Width: width}).command(&b, 11, "$ ", command)
		text := strings.TrimPrefix(strings.TrimSpace(b.String()), "$ ")
		before, quoted, _ := strings.Cut(text, "'")
		before = strings.ReplaceAll(before, "\\\n", "")
		if strings.Contains(before, "\n") || strings.Contains(quoted, `\`) {
			t.Errorf("%d columns: a shell reads\n%s", width, text)
		}
		if got := strings.Join(strings.Fields(before+"'"+quoted), " "); got != command {
			t.Errorf("%d columns: %s", width, got)
		}
	}
}
