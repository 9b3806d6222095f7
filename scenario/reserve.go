package scenario

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"

	"golang.org/x/sys/unix"
)

// Ports are port numbers set aside for the listeners of a session, so that a
// capture filter can name them before anybody listens.
type Ports struct {
	numbers []uint16
	held    []*bound // nothing, where the system does not let them be shared
}

// Numbers returns the reserved ports, in order.
func (p *Ports) Numbers() []uint16 { return slices.Clone(p.numbers) }

// Close releases the ports. Listeners on them are not touched.
func (p *Ports) Close() error {
	held := p.held
	p.held = nil
	return closeAll(held)
}

func closeAll(held []*bound) error {
	var errs []error
	for _, b := range held {
		errs = append(errs, b.close())
	}
	return errors.Join(errs...)
}

// Reserve finds n ports, 1 or more, that are free on the loopback address of
// every one of the families, and, where the system can, holds them until Close:
// then nobody else can bind one without SO_REUSEADDR, and no connection takes
// one as its ephemeral port; a Go listener still can listen there. If first is
// not 0 it is the first of the ports; the error is syscall.EADDRINUSE in its
// chain if somebody has it. It does not block.
func Reserve(families []Family, n int, first uint16) (*Ports, error) {
	if n < 1 || len(families) == 0 {
		return nil, fmt.Errorf("scenario: reserve %d ports in %d families: nothing to reserve", n, len(families))
	}
	for _, f := range families {
		if !f.Loopback().IsValid() {
			return nil, fmt.Errorf("scenario: reserve ports: unknown family %q", f)
		}
	}
	p := &Ports{}
	for len(p.numbers) < n {
		var port uint16
		if len(p.numbers) == 0 {
			port = first
		}
		held, err := reserveOne(families, port)
		if err != nil {
			return nil, errors.Join(err, closeAll(p.held))
		}
		p.held = append(p.held, held...)
		p.numbers = append(p.numbers, held[0].addr.Port())
	}
	if !sharedPorts {
		// Held until here, so that no number was found twice.
		if err := p.Close(); err != nil {
			return nil, fmt.Errorf("scenario: release ports: %w", err)
		}
	}
	return p, nil
}

// reserveOne binds one port in all families. Port 0 takes what the kernel
// gives for the first family and tries again, a bounded number of times, if
// another family does not have it free.
func reserveOne(families []Family, port uint16) ([]*bound, error) {
	const tries = 100
	for try := 1; ; try++ {
		held, err := bindAll(families, port)
		if err == nil {
			return held, nil
		}
		if port != 0 || try == tries || !errors.Is(err, unix.EADDRINUSE) {
			return nil, err
		}
	}
}

func bindAll(families []Family, port uint16) (held []*bound, err error) {
	for _, f := range families {
		at := netip.AddrPortFrom(f.Loopback(), port)
		b, err := bindNew(at)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("scenario: reserve %v: %w", at, err), closeAll(held))
		}
		held = append(held, b)
		port = b.addr.Port()
	}
	return held, nil
}
