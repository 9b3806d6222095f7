//go:build !linux

package lab

import (
	"errors"
	"net/netip"
	"time"
)

// There are no sandboxes here, and none of this is ever reached.

type installed struct{}

func install(Match, int, verdict) (installed, error) { return installed{}, errors.ErrUnsupported }
func (installed) remove() error                      { return errors.ErrUnsupported }
func (installed) count() (uint64, error)             { return 0, errors.ErrUnsupported }

func sendRaw([]byte, netip.Addr, bool) error                 { return errors.ErrUnsupported }
func setFINTimeout(int, int) error                           { return errors.ErrUnsupported }
func enterRepair(int) error                                  { return errors.ErrUnsupported }
func readNumbers(int) (SeqState, error)                      { return SeqState{}, errors.ErrUnsupported }
func exchangeSysctl(string, string) (string, error)          { return "", errors.ErrUnsupported }
func destroySocket(_, _ netip.AddrPort) error                { return errors.ErrUnsupported }
func addRoute(netip.Prefix, RouteKind) (func() error, error) { return nil, errors.ErrUnsupported }
func addAddr(netip.Prefix) (func() error, error)             { return nil, errors.ErrUnsupported }
func lowerLoopback() error                                   { return errors.ErrUnsupported }

func setUserTimeout(int, time.Duration) error { return errors.ErrUnsupported }
func setKeepAlive(_, _, _, _ int) error       { return errors.ErrUnsupported }
func setBuffers(_, _, _ int) error            { return errors.ErrUnsupported }

type peer struct{}

func (*peer) start(string) error { return errors.ErrUnsupported }
func (*peer) give(int) error     { return errors.ErrUnsupported }
func (*peer) kill() error        { return errors.ErrUnsupported }

func hook() bool { return false }
