//go:build !linux && !darwin

package live

import (
	"errors"
	"net"

	"github.com/rstwatch/rstwatch/capture"
)

// Backend is how this build captures.
const Backend = "none"

// Version says which library or kernel interface captures.
func Version() string { return "none" }

type device struct{ link capture.LinkType }

func openDevice(net.Interface, Options) (source, error) { return nil, errors.ErrUnsupported }
func (d *device) linkType() capture.LinkType            { return d.link }
func (*device) backend() string                         { return Backend }
func (*device) read() (record, error)                   { return record{}, errors.ErrUnsupported }
func (*device) dropped() (uint64, error)                { return 0, errors.ErrUnsupported }
func (*device) close() error                            { return errors.ErrUnsupported }
