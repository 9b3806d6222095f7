package trace

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/capture/kernel"
)

// heard reads "heard BACKEND …": how far the kernel was heard.
func (p *parser) heard(words []string) error {
	if len(words) == 0 {
		return errors.New(`how the kernel was heard is: heard ebpf whole from 0 to 0.1 lost 3 without "…", or heard -`)
	}
	h := &p.trace.Evidence.Hearing
	*h = analysis.Hearing{}
	if words[0] != "-" {
		h.Backend = bare(words[0])
	}
	for rest := words[1:]; len(rest) > 0; {
		if rest[0] == "whole" {
			h.Whole, rest = true, rest[1:]
			continue
		}
		if len(rest) < 2 {
			return fmt.Errorf("%s needs a value", rest[0])
		}
		var err error
		switch rest[0] {
		case "from":
			h.From, err = p.moment(rest[1])
		case "to":
			h.To, err = p.moment(rest[1])
		case "lost":
			h.Lost, err = strconv.ParseUint(rest[1], 10, 64)
		case "without":
			h.Without = bare(rest[1])
		default:
			err = fmt.Errorf("%q is none of whole, from, to, lost, without", rest[0])
		}
		if err != nil {
			return err
		}
		rest = rest[2:]
	}
	return nil
}

func (p *parser) moment(text string) (time.Time, error) {
	d, ok := seconds(text)
	if !ok {
		return time.Time{}, fmt.Errorf("%s is no time: it is such as 0.001, in seconds", text)
	}
	return p.epoch.Add(d), nil
}

// signal reads "kernel LOCAL > REMOTE EVENT …", after the first of its words.
func (p *parser) signal(words []string, at time.Time) error {
	if len(words) < 4 || words[1] != ">" {
		return errors.New("what the kernel said is kernel LOCAL > REMOTE EVENT, such as kernel server > client tcp_send_reset reason TCP_STATE")
	}
	s := kernel.Signal{ID: len(p.trace.Evidence.Signals) + 1, Time: at}
	var err error
	if s.Local, err = p.place(words[0]); err != nil {
		return err
	}
	if s.Remote, err = p.place(words[2]); err != nil {
		return err
	}
	var known bool
	if s.Kind, known = kernel.ParseKind(words[3]); !known {
		return fmt.Errorf("%q is no event of the kernel's: it is such as tcp_send_reset", bare(words[3]))
	}
	for rest := words[4:]; len(rest) > 0; {
		if rest[0] == "answers" {
			s.Answers, rest = true, rest[1:]
			continue
		}
		if len(rest) < 2 {
			return fmt.Errorf("%s needs a value", rest[0])
		}
		if err := p.signalValue(&s, rest[0], rest[1]); err != nil {
			return err
		}
		rest = rest[2:]
	}
	p.trace.Evidence.Signals = append(p.trace.Evidence.Signals, s)
	return nil
}

// place is the address that a name stands for, or an address as it is.
func (p *parser) place(word string) (netip.AddrPort, error) {
	if a, err := address(word); err == nil {
		return a, nil
	}
	e, err := p.end(word)
	if err != nil {
		return netip.AddrPort{}, err
	}
	return plain(e.local), nil
}

// signalValue sets what a word and its value say of a signal.
func (p *parser) signalValue(s *kernel.Signal, what, value string) (err error) {
	name := func(to *string) {
		if *to = bare(value); !kernel.IsName(*to) {
			err = fmt.Errorf("%s is no name of the kernel's", value)
		}
	}
	state := func(to *kernel.State) {
		var known bool
		if *to, known = kernel.ParseState(value); !known {
			err = fmt.Errorf("%s is no state of a socket: it is such as ESTABLISHED", value)
		}
	}
	number := func(to *int) { *to, err = strconv.Atoi(value) }
	switch what {
	case "reason":
		name(&s.Reason)
	case "errno":
		name(&s.Errno)
	case "call":
		name(&s.Call)
	case "before":
		state(&s.Before)
	case "state":
		state(&s.State)
	case "comm":
		s.Comm = bare(value)
	case "stack":
		s.Stack = strings.Split(bare(value), ",")
		for _, f := range s.Stack {
			if !kernel.IsName(f) {
				return fmt.Errorf("%s are no functions of the kernel's: they are such as tcp_disconnect,__tcp_close", value)
			}
		}
	case "seq":
		err = p.signalNumber(s, value)
	case "n":
		number(&s.N)
	case "fd":
		number(&s.FD)
	case "pid":
		number(&s.PID)
	case "tid":
		number(&s.TID)
	case "parent":
		number(&s.Parent)
	case "cookie":
		s.Socket, err = strconv.ParseUint(value, 10, 64)
	case "start":
		s.Start, err = p.moment(value)
	default:
		err = fmt.Errorf("%q is none of reason, errno, call, before, state, stack, answers, seq, n, fd, pid, tid, parent, comm, cookie, start", what)
	}
	return err
}

// signalNumber reads a sequence number: relative, or that of a segment, which may
// stand below.
func (p *parser) signalNumber(s *kernel.Signal, value string) error {
	s.HasSeq = true
	if text, ok := strings.CutPrefix(value, "#"); ok {
		n, err := strconv.Atoi(text)
		p.borrowed = append(p.borrowed, borrowed{p.line, s.ID, n})
		return err
	}
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil || n < -1<<32 || n > 1<<32 {
		return fmt.Errorf("seq takes a number, or that of a segment, such as #6, and not %s", value)
	}
	s.Seq = uint32(p.flow(s.Local, s.Remote).first.Add(int(n)))
	return nil
}

// borrowed is the sequence number of a signal that is a segment's.
type borrowed struct{ line, signal, segment int }

// lend gives signals the sequence numbers of segments.
func (p *parser) lend() error {
	e := &p.trace.Evidence
	for _, b := range p.borrowed {
		if b.segment < 1 || b.segment > len(e.Segments) {
			return &LineError{b.line, fmt.Errorf("there is no segment #%d", b.segment)}
		}
		e.Signals[b.signal-1].Seq = uint32(capture.Seq(e.Segments[b.segment-1].Seq))
	}
	return nil
}
