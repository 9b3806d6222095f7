package scenario

import (
	"net/netip"
	"slices"
	"sync"
)

// Sight is what the kernel says of one socket at one moment. Nothing was taken
// from the socket to learn it.
type Sight struct {
	State   string // as Linux and Wireshark name them, such as "FIN_WAIT2"; "" where there is none, see Known
	Known   bool   // else no more is known than that the socket is not open here
	Open    bool   // an application has the socket; what follows is known of such alone
	Unread  int    // octets that have come and nobody has read
	Unacked int    // octets, a FIN included, that are still to be acknowledged
	Pending bool   // an error waits for the next call (Linux alone tells)
}

// Kernel asks about the sockets of a recorder's calls while they are made. On
// Linux it finds also those that no application has any more (sock_diag(7)),
// elsewhere only those that are open. It is safe for concurrent use.
type Kernel struct {
	rec *Recorder

	mu   sync.Mutex
	diag diagnoser
}

// diagnoser asks about a socket by its addresses.
type diagnoser interface {
	named(local, remote netip.AddrPort) (state string, err error)
	close()
}

// NewKernel returns what asks about the sockets that rec will record from now
// on. It must be closed.
func NewKernel(rec *Recorder) (*Kernel, error) {
	d, err := newDiagnoser()
	if err != nil {
		return nil, err
	}
	rec.mu.Lock()
	defer rec.mu.Unlock()
	rec.kept = true
	return &Kernel{rec: rec, diag: d}, nil
}

// Close gives back what the asking takes.
func (k *Kernel) Close() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.diag != nil {
		k.diag.close()
	}
	k.diag = nil
	return nil
}

// Sight asks about the socket with these addresses, or the time-wait bucket that
// it has left behind; with an invalid remote one about the listener at local. It
// does not block.
func (k *Kernel) Sight(local, remote netip.AddrPort) (Sight, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	s := k.open(local, remote)
	if k.diag == nil {
		return s, nil
	}
	state, err := k.diag.named(local, remote)
	if err != nil {
		return s, err
	}
	if state != "" || !s.Open { // a socket that is closed, and open, has no addresses
		s.State = state
	}
	s.Known = true
	return s, nil
}

// open asks the descriptor of a connection that is open.
func (k *Kernel) open(local, remote netip.AddrPort) (s Sight) {
	k.rec.mu.Lock()
	conns := k.rec.conns[:len(k.rec.conns):len(k.rec.conns)]
	k.rec.mu.Unlock()
	for _, c := range slices.Backward(conns) { // addresses can live twice
		if c.sock.local != local || c.sock.remote != remote {
			continue
		}
		raw, err := c.SyscallConn()
		if err == nil && raw.Control(func(fd uintptr) { s = look(int(fd)) }) == nil {
			return s
		}
	}
	return Sight{}
}

// look asks one descriptor.
func look(fd int) Sight {
	s := Sight{State: stateOf(fd), Open: true, Pending: pending(fd)}
	s.Known = s.State != ""
	s.Unread, _ = unreadOf(fd)   // 0 where nobody tells
	s.Unacked, _ = unackedOf(fd) // likewise
	return s
}
