package file

import (
	"fmt"
	"strings"
	"time"

	"github.com/rstwatch/rstwatch/capture"
)

// readSection reads a section header, which starts the count of interfaces
// anew. The length of the section is not needed: blocks follow until the next
// header.
func (p *pcapng) readSection(b []byte) error {
	if len(b) < 16 {
		return fmt.Errorf("a section header of %d octets", len(b))
	}
	if major, minor := p.order.Uint16(b[4:]), p.order.Uint16(b[6:]); major != 1 {
		return fmt.Errorf("pcapng version %d.%d, not 1.0", major, minor)
	}
	p.head, p.first = section{}, len(p.ifaces)
	var comments []string // there may be very many
	for o, err := range options(p.order, b[16:]) {
		if err != nil {
			return fmt.Errorf("section header: %w", err)
		}
		switch o.code {
		case optSectionOS:
			p.head.os = readText(o.value)
		case optSectionApp:
			p.head.application = readText(o.value)
		case optComment:
			comments = append(comments, readText(o.value))
		}
	}
	p.head.comment = strings.Join(comments, "\n")
	return nil
}

// readInterface reads an Interface Description Block.
func (p *pcapng) readInterface(b []byte) error {
	if len(b) < 8 {
		return fmt.Errorf("an interface description of %d octets", len(b))
	}
	if len(p.ifaces) == maxInterfaces {
		return fmt.Errorf("more than %d interfaces", maxInterfaces)
	}
	f := iface{clock: microseconds()}
	f.Link = capture.LinkType(p.order.Uint16(b))
	f.SnapLen = int(p.order.Uint32(b[4:]))
	var offset int64
	for o, err := range options(p.order, b[8:]) {
		if err == nil {
			switch o.code {
			case optInterfaceName:
				f.Name = readText(o.value)
			case optInterfaceFilter:
				// 0 in front means text; anything else is byte code.
				if len(o.value) > 1 && o.value[0] == 0 {
					f.Filter = readText(o.value[1:])
				}
			case optInterfaceResolution:
				f.clock, err = readResolution(o)
			case optInterfaceOffset:
				var n uint64
				n, err = o.number(p.order)
				offset = int64(n)
			}
		}
		if err != nil {
			return fmt.Errorf("interface description: %w", err)
		}
	}
	if offset < -maxSeconds || offset > maxSeconds {
		return fmt.Errorf("interface description: a time offset of %d seconds", offset)
	}
	f.clock.offset = offset
	if p.texts += len(f.Name) + len(f.Filter); p.texts > maxTexts {
		return fmt.Errorf("names and filters of interfaces have more than %d octets", maxTexts)
	}
	p.ifaces = append(p.ifaces, f)
	return nil
}

func readResolution(o option) (clock, error) {
	if len(o.value) != 1 {
		return clock{}, fmt.Errorf("option %d of %d octets, not 1", o.code, len(o.value))
	}
	c, ok := newClock(o.value[0])
	if !ok {
		return c, fmt.Errorf("a time resolution of %#x", o.value[0])
	}
	return c, nil
}

// readStatistics reads an Interface Statistics Block. Its counters run from
// the start of the capture, so the last one holds.
func (p *pcapng) readStatistics(b []byte) error {
	if len(b) < 12 {
		return fmt.Errorf("interface statistics of %d octets", len(b))
	}
	f, err := p.iface(p.order.Uint32(b))
	if err != nil {
		return fmt.Errorf("interface statistics: %w", err)
	}
	s := InterfaceStats{Name: f.Name, Link: f.Link, SnapLen: f.SnapLen, Filter: f.Filter, Counted: true}
	for o, err := range options(p.order, b[12:]) {
		if err == nil {
			err = p.statistic(&s, f.clock, o)
		}
		if err != nil {
			return fmt.Errorf("interface statistics: %w", err)
		}
	}
	f.InterfaceStats = s
	return nil
}

// statistic puts one option of a statistics block into s.
func (p *pcapng) statistic(s *InterfaceStats, c clock, o option) (err error) {
	var n uint64
	switch o.code {
	case optStatisticsStart:
		s.Start, err = p.instant(c, o)
	case optStatisticsEnd:
		s.End, err = p.instant(c, o)
	case optStatisticsReceived:
		s.Received, err = o.number(p.order)
	case optStatisticsDelivered:
		s.Delivered, err = o.number(p.order)
	case optStatisticsDropped, optStatisticsOSDropped:
		n, err = o.number(p.order)
		s.Dropped += n
	}
	return err
}

// instant reads a time of an option; a time out of range is left zero, since
// no packet hangs on it.
func (p *pcapng) instant(c clock, o option) (time.Time, error) {
	n, err := o.stamp(p.order)
	if err != nil {
		return time.Time{}, err
	}
	t, _ := c.at(n)
	return t, nil
}
