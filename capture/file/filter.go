package file

import (
	"errors"
	"fmt"

	"github.com/rstwatch/rstwatch/capture"
)

// ErrNoFilters says that this build has no libpcap, which compiles filters.
var ErrNoFilters = errors.New("this build has no libpcap, which compiles filters")

// FilterError says that a filter can not be compiled.
type FilterError struct {
	Expression string
	Link       capture.LinkType
	Err        error // libpcap's, or [ErrNoFilters]
}

func (e *FilterError) Error() string {
	return fmt.Sprintf("filter %q, for packets of link type %d: %v", e.Expression, e.Link, e.Err)
}

// Unwrap returns e.Err.
func (e *FilterError) Unwrap() error { return e.Err }

// Filter tells which packets match an expression in tcpdump's language,
// pcap-filter(7). It is compiled for each link type that it meets. It must not
// be used by two goroutines at a time.
type Filter struct {
	expression string
	programs   map[capture.LinkType]*program
	link       capture.LinkType // of the packet before,
	current    *program         // and its program; nil before the first
}

// NewFilter checks an expression: it returns a *[FilterError] if there is no
// link type that it can be compiled for. Names in it are looked up, which may
// block for as long as the resolver does.
func NewFilter(expression string) (*Filter, error) {
	f := &Filter{expression: expression, programs: make(map[capture.LinkType]*program)}
	var first error
	for _, link := range []capture.LinkType{capture.LinkEthernet, capture.LinkRaw, capture.LinkCooked, capture.LinkCooked2, capture.LinkNull} {
		err := f.compile(link)
		if err == nil {
			return f, nil
		}
		if first == nil {
			first = err
		}
	}
	return nil, first
}

// Match reports whether a packet matches. It returns a *[FilterError] if the
// expression means nothing for packets of this link type.
func (f *Filter) Match(p *Packet) (bool, error) {
	if f.current == nil || f.link != p.Link {
		if err := f.compile(p.Link); err != nil {
			return false, err
		}
	}
	return len(p.Data) > 0 && f.current.match(p.Data, p.Wire), nil
}

// compile sets the program for a link type.
func (f *Filter) compile(link capture.LinkType) error {
	c := f.programs[link]
	if c == nil {
		var err error
		if c, err = compile(link, f.expression); err != nil {
			return &FilterError{f.expression, link, err}
		}
		f.programs[link] = c
	}
	f.link, f.current = link, c
	return nil
}
