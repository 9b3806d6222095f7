//go:build amd64 || arm64

package traced

import (
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// leavesOpen returns the cookies (SO_COOKIE) of the sockets that only p leads to, whose
// last thread has stopped on its way to its end and still has the descriptors.
func (t *tracer) leavesOpen(p *process, last *thread) (cookies []uint64) {
	left := socketsOf(p.pid, last.tid)
	if len(left) == 0 {
		return nil
	}
	for _, o := range t.procs { // written by this thread alone
		if o == p || o.gone {
			continue
		}
		for link := range socketsOf(o.pid, o.pid) {
			delete(left, link)
		}
	}
	for link, fd := range left {
		if cookie, known := p.cookies[link]; known {
			cookies = append(cookies, cookie)
		} else if cookie, err := p.cookie(fd); err == nil {
			cookies = append(cookies, cookie)
		}
	}
	return cookies
}

// remember notes the cookies of the process's sockets, as its first thread has stopped on
// its way to its end: once that has gone on no descriptor can be had of the process,
// though others of its threads still have them.
func (p *process) remember() {
	p.cookies = make(map[string]uint64)
	for link, fd := range socketsOf(p.pid, p.pid) {
		if cookie, err := p.cookie(fd); err == nil {
			p.cookies[link] = cookie
		}
	}
}

// socketsOf returns the sockets of a process's thread by what their links in proc(5) say, which
// names the socket, each with a descriptor that leads to it.
func socketsOf(pid, tid int) map[string]int {
	folder := "/proc/" + strconv.Itoa(pid) + "/task/" + strconv.Itoa(tid) + "/fd"
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil // it has ended
	}
	var list map[string]int
	for _, e := range entries {
		link, err := os.Readlink(folder + "/" + e.Name())
		fd, numberErr := strconv.Atoi(e.Name())
		if err != nil || numberErr != nil || !strings.HasPrefix(link, "socket:") {
			continue
		}
		if list == nil {
			list = make(map[string]int)
		}
		list[link] = fd
	}
	return list
}

// cookie returns the number that the kernel knows a socket by.
func (p *process) cookie(fd int) (cookie uint64, err error) {
	err = unix.EBADF
	p.borrow(fd, func(own int) { cookie, err = unix.GetsockoptUint64(own, unix.SOL_SOCKET, unix.SO_COOKIE) })
	return cookie, err
}
