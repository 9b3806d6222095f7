package recording

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rstwatch/rstwatch/capture/file"
	"github.com/rstwatch/rstwatch/capture/kernel"
	"github.com/rstwatch/rstwatch/capture/redact"
	"github.com/rstwatch/rstwatch/scenario"
)

// signalFields tells of one thing that the kernel said. Fields that its kind does
// not have are left out; the process's name and number are, too: which process had
// the CPU explains nothing of a run that has its calls.
func signalFields(run int, s *kernel.Signal) []file.Field {
	fields := append(entry(s.Time, kindSignal, run, priorityInfo, signalMessage(s)),
		number("RSTWATCH_ID", s.ID), file.Field{Name: "RSTWATCH_SIGNAL", Value: s.Kind.String()})
	fields = appendTime(fields, "RSTWATCH_TIME", s.Time)
	fields = appendTime(fields, "RSTWATCH_START", s.Start)
	for _, w := range []struct{ name, value string }{
		{"RSTWATCH_LOCAL", endpoint(s.Local)}, {"RSTWATCH_REMOTE", endpoint(s.Remote)},
		{"RSTWATCH_STATE", s.State.String()}, {"RSTWATCH_BEFORE", s.Before.String()},
		{"RSTWATCH_REASON", s.Reason}, {"RSTWATCH_FAULT", s.Errno}, {"RSTWATCH_CALL", s.Call},
	} {
		if w.value != "" {
			fields = append(fields, word(w.name, w.value))
		}
	}
	if len(s.Stack) > 0 {
		fields = append(fields, file.Field{Name: "RSTWATCH_STACK", Value: strings.Join(s.Stack, " ")})
	}
	if s.HasSeq {
		fields = append(fields, file.Field{Name: "RSTWATCH_SEQ", Value: strconv.FormatUint(uint64(s.Seq), 10)})
	}
	if s.Answers {
		fields = append(fields, file.Field{Name: "RSTWATCH_ANSWERS", Value: "true"})
	}
	if s.N != 0 {
		fields = append(fields, number("RSTWATCH_N", s.N))
	}
	if s.Socket != 0 {
		fields = append(fields, file.Field{Name: "RSTWATCH_SOCKET", Value: strconv.FormatUint(s.Socket, 10)})
	}
	return fields
}

func endpoint(a netip.AddrPort) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}

// signalMessage says a signal to a person: "kernel tcp_send_reset TCP_ABORT_ON_CLOSE".
func signalMessage(s *kernel.Signal) string {
	words := []string{"kernel", s.Kind.String()}
	switch s.Kind {
	case kernel.SetState:
		words = append(words, s.Before.String(), "→", s.State.String())
	case kernel.SendReset:
		words = append(words, s.Reason)
	case kernel.Return:
		words = append(words, s.Call)
	}
	if s.Errno != "" {
		words = append(words, s.Errno)
	}
	return strings.Join(words, " ")
}

// signal reads what signalFields has written.
func (l *loader) signal(f map[string]string) error {
	kind, ok := kernel.ParseKind(f["RSTWATCH_SIGNAL"])
	if !ok {
		return nil // of a later rstwatch
	}
	s := kernel.Signal{Kind: kind, Reason: f["RSTWATCH_REASON"], Errno: f["RSTWATCH_FAULT"], Call: f["RSTWATCH_CALL"], Answers: f["RSTWATCH_ANSWERS"] == "true"}
	s.Stack = strings.Fields(f["RSTWATCH_STACK"])
	for _, name := range append([]string{s.Reason, s.Errno, s.Call}, s.Stack...) {
		if name != "" && !kernel.IsName(name) {
			return fmt.Errorf("%q is no name of the kernel's", name)
		}
	}
	s.State, _ = kernel.ParseState(f["RSTWATCH_STATE"])
	s.Before, _ = kernel.ParseState(f["RSTWATCH_BEFORE"])
	address := func(to *netip.AddrPort) func(string) error {
		return func(text string) (err error) { *to, err = netip.ParseAddrPort(text); return }
	}
	moment := func(to *time.Time) func(string) error {
		return func(text string) error {
			ns, err := strconv.ParseInt(text, 10, 64)
			*to = time.Unix(0, ns)
			return err
		}
	}
	whole := func(to *int) func(string) error {
		return func(text string) (err error) { *to, err = strconv.Atoi(text); return }
	}
	for _, field := range []struct {
		name string
		set  func(string) error
	}{
		{"RSTWATCH_ID", whole(&s.ID)}, {"RSTWATCH_N", whole(&s.N)},
		{"RSTWATCH_TIME", moment(&s.Time)}, {"RSTWATCH_START", moment(&s.Start)},
		{"RSTWATCH_LOCAL", address(&s.Local)}, {"RSTWATCH_REMOTE", address(&s.Remote)},
		{"RSTWATCH_SOCKET", func(text string) (err error) { s.Socket, err = strconv.ParseUint(text, 10, 64); return }},
		{"RSTWATCH_SEQ", func(text string) error {
			n, err := strconv.ParseUint(text, 10, 32)
			s.Seq, s.HasSeq = uint32(n), true
			return err
		}},
	} {
		if err := parse(f, field.name, field.set); err != nil {
			return fmt.Errorf("signal: %w", err)
		}
	}
	if s.ID < 1 || s.Time.IsZero() {
		return errors.New("a signal needs RSTWATCH_ID, from 1, and RSTWATCH_TIME")
	}
	r := l.run()
	r.Evidence.Signals = append(r.Evidence.Signals, s)
	return nil
}

// redactSignal leaves of a signal what is the kernel's own word, and addresses
// that the frames have, too.
func redactSignal(s *kernel.Signal, with *redact.Redactor) {
	for _, a := range []*netip.AddrPort{&s.Local, &s.Remote} {
		if a.IsValid() && !a.Addr().IsUnspecified() {
			*a = netip.AddrPortFrom(with.Addr(a.Addr()), a.Port())
		}
	}
	s.Comm, s.PID, s.TID, s.Parent, s.Socket, s.FD, s.Call = "", 0, 0, 0, 0, 0, ""
	if !kernel.KnownReason(s.Reason) {
		s.Reason = ""
	}
	s.Stack = slices.DeleteFunc(slices.Clone(s.Stack), func(f string) bool { return !slices.Contains(kernel.Functions(), f) })
	if !known(scenario.Fault(s.Errno)) {
		s.Errno = ""
	}
}
