package recording

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture/file"
	"github.com/rstwatch/rstwatch/scenario"
)

// The kinds of entries.
const (
	kindRun     = "run"
	kindStart   = "start"
	kindCall    = "call"
	kindVerdict = "verdict"
	kindSignal  = "signal"
)

// Priorities of syslog(3).
const (
	priorityError  = "3"
	priorityNotice = "5"
	priorityInfo   = "6"
)

// entry begins a journal entry with the fields that all have.
func entry(at time.Time, kind string, run int, priority, message string) []file.Field {
	return []file.Field{
		{Name: "__REALTIME_TIMESTAMP", Value: strconv.FormatInt(at.UnixMicro(), 10)},
		{Name: "MESSAGE", Value: oneLine(message)},
		{Name: "PRIORITY", Value: priority},
		{Name: "SYSLOG_IDENTIFIER", Value: "rstwatch"},
		{Name: "RSTWATCH_KIND", Value: kind},
		{Name: "RSTWATCH_RUN", Value: strconv.Itoa(run)},
	}
}

func runFields(r *analysis.Run, at time.Time) []file.Field {
	fields := append(entry(at, kindRun, r.Number, priorityInfo, fmt.Sprintf("%s: %s", r.Scenario, r.Summary)),
		word("RSTWATCH_SCENARIO", r.Scenario),
		word("RSTWATCH_SUMMARY", r.Summary),
		word("RSTWATCH_FAMILY", string(r.Family)),
		file.Field{Name: "RSTWATCH_SANDBOXED", Value: strconv.FormatBool(r.Sandboxed)},
		word("RSTWATCH_HOST", r.Platform.OS+" "+r.Platform.Release),
		word("RSTWATCH_MODEL", r.Evidence.Model.Name),
		word("RSTWATCH_INTERFACE", r.Capture.Interface),
		word("RSTWATCH_BACKEND", r.Capture.Backend),
		file.Field{Name: "RSTWATCH_DROPPED", Value: strconv.FormatUint(r.Capture.Stats.Dropped, 10)})
	fields = append(fields, hearingFields(&r.Evidence.Hearing)...)
	if r.Replayed {
		fields = append(fields, file.Field{Name: "RSTWATCH_REPLAYED", Value: "true"})
	}
	for _, remark := range []struct{ name, text string }{
		{"RSTWATCH_WITNESS", r.Witness}, {"RSTWATCH_TROUBLE", r.Trouble}, {"RSTWATCH_DIFFERS", r.Differs},
	} {
		if remark.text != "" {
			fields = append(fields, word(remark.name, remark.text))
		}
	}
	return fields
}

func callFields(run int, ev *scenario.Event) []file.Field {
	priority := priorityInfo
	switch ev.Fault {
	case "":
	case scenario.EOF:
		priority = priorityNotice
	default:
		priority = priorityError
	}
	_, at := stamps(ev)
	fields := append(entry(at, kindCall, run, priority, message(ev)), identity(ev)...)
	fields = append(fields, number("RSTWATCH_ASKED", ev.Asked), number("RSTWATCH_N", ev.N))
	fields = appendTime(fields, "RSTWATCH_START", ev.Start)
	fields = appendTime(fields, "RSTWATCH_END", ev.End)
	fields = appendTime(fields, "RSTWATCH_DEADLINE", ev.Deadline)
	if ev.State != "" {
		fields = appendTime(append(fields, word("RSTWATCH_STATE", ev.State)), "RSTWATCH_STATE_AT", ev.StateAt)
	}
	if ev.Fault != "" {
		fields = append(fields, word("RSTWATCH_FAULT", string(ev.Fault)),
			word("RSTWATCH_ERROR", ev.Err))
	}
	return fields
}

func startFields(run int, ev *scenario.Event) []file.Field {
	return append(entry(ev.Start, kindStart, run, priorityInfo, fmt.Sprintf("%s %s …", ev.Role, ev.Op)), identity(ev)...)
}

func verdictFields(run int, at time.Time, v *analysis.Verdict) []file.Field {
	priority := priorityInfo
	if v.Outcome != analysis.Explained {
		priority = priorityError
	}
	fields := append(entry(at, kindVerdict, run, priority, fmt.Sprintf("%s: %s", v.Outcome, v.Because)), number("RSTWATCH_ID", v.Event))
	for _, reason := range v.Inferred {
		fields = append(fields, file.Field{Name: "RSTWATCH_REASON", Value: string(reason)})
	}
	for _, reason := range v.Heard {
		fields = append(fields, word("RSTWATCH_REASON_HEARD", string(reason)))
	}
	return append(fields, proofFields(v.Proof)...)
}

func identity(ev *scenario.Event) []file.Field {
	fields := []file.Field{
		number("RSTWATCH_ID", ev.ID), number("RSTWATCH_CONN", ev.Conn),
		word("RSTWATCH_ROLE", string(ev.Role)), word("RSTWATCH_OP", string(ev.Op)),
	}
	for _, a := range []struct {
		name string
		addr netip.AddrPort
	}{{"RSTWATCH_LOCAL", ev.Local}, {"RSTWATCH_REMOTE", ev.Remote}} {
		if a.addr.IsValid() {
			fields = append(fields, file.Field{Name: a.name, Value: a.addr.String()})
		}
	}
	return fields
}

// word is a field of text that may come from a program or a peer. Readers that
// do not know a field take its lines for fields of their own, and can not read
// its binary form either, so what has control characters or is not UTF-8 is
// quoted as in Go, and so is what would turn the line around or hide in it;
// unquote undoes it.
func word(name, value string) file.Field {
	if strings.ContainsFunc(value, unprintable) || !utf8.ValidString(value) || strings.HasPrefix(value, `"`) {
		value = strconv.Quote(value)
	}
	return file.Field{Name: name, Value: value}
}

// unquote returns what word was given.
func unquote(value string) string {
	if plain, err := strconv.Unquote(value); err == nil && strings.HasPrefix(value, `"`) {
		return plain
	}
	return value
}

// unprintable reports control characters, and what shows nothing and yet changes
// how text is shown, such as the marks of bidirectional text.
func unprintable(r rune) bool {
	return !unicode.IsPrint(r) || unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// oneLine makes text for a person harmless to a list and a terminal: what is
// unprintable, or not UTF-8, becomes U+FFFD.
func oneLine(t string) string {
	return strings.Map(func(r rune) rune {
		if unprintable(r) {
			return unicode.ReplacementChar
		}
		return r
	}, strings.ToValidUTF8(t, string(unicode.ReplacementChar)))
}

func number(name string, n int) file.Field { return file.Field{Name: name, Value: strconv.Itoa(n)} }

func appendTime(fields []file.Field, name string, t time.Time) []file.Field {
	if t.IsZero() {
		return fields
	}
	return append(fields, file.Field{Name: name, Value: strconv.FormatInt(t.UnixNano(), 10)})
}

// message says a call to a person: "client read → ECONNRESET (read tcp …)".
func message(ev *scenario.Event) string {
	who := fmt.Sprintf("%s %s", ev.Role, ev.Op)
	switch {
	case ev.End.IsZero():
		return who + " never returned"
	case ev.Fault == scenario.EOF:
		return who + " → EOF"
	case ev.Fault != "":
		return fmt.Sprintf("%s → %s (%s)", who, ev.Fault, ev.Err)
	case ev.Op == scenario.OpRead || ev.Op == scenario.OpWrite:
		return fmt.Sprintf("%s → %d", who, ev.N)
	}
	return who + " → ok"
}
