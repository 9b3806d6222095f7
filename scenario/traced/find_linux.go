//go:build amd64 || arm64

package traced

import (
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// find begins to follow the socket that fd leads to, if it is a fresh one of TCP's in this
// network. One that is connected or listens already came from elsewhere.
func (t *tracer) find(p *process, fd int) {
	fresh := false
	p.borrow(fd, func(own int) { fresh = isFresh(own) })
	if !fresh || p.isElsewhere() {
		return
	}
	s := &socket{}
	p.set(fd, s)
	var link string
	for _, o := range t.procs { // written by this thread alone
		if o == p || o.gone || o.fds[fd] != nil || !o.isKin(p) {
			continue
		}
		if link == "" {
			link = p.link(fd)
		}
		if link != "" && o.link(fd) == link { // it was there when one was started
			o.set(fd, s)
		}
	}
}

// isFresh reports whether a descriptor of this process is a socket of TCP that is not
// connected and does not listen.
func isFresh(fd int) bool {
	domain, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_DOMAIN)
	if err != nil || domain != unix.AF_INET && domain != unix.AF_INET6 {
		return false // most often no socket at all
	}
	kind, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TYPE)
	if err != nil || kind != unix.SOCK_STREAM {
		return false
	}
	if listens, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ACCEPTCONN); err != nil || listens != 0 {
		return false
	}
	_, err = unix.Getpeername(fd)
	return err == unix.ENOTCONN
}

// isKin reports whether one has started the other, or a third both.
func (p *process) isKin(o *process) bool {
	return p.from == o || o.from == p || p.from != nil && p.from == o.from
}

// link is what a descriptor leads to, by its name in proc(5); "" if that can not be told.
func (p *process) link(fd int) string {
	name, err := os.Readlink("/proc/" + strconv.Itoa(p.pid) + "/fd/" + strconv.Itoa(fd))
	if err != nil {
		return ""
	}
	return name
}
