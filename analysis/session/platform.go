package session

import (
	"runtime"

	"golang.org/x/sys/unix"

	"github.com/rstwatch/rstwatch/analysis"
)

// platform names the running system (uname(2)).
func platform() analysis.Platform {
	p := analysis.Platform{OS: runtime.GOOS}
	var u unix.Utsname
	if unix.Uname(&u) == nil {
		p.Release = unix.ByteSliceToString(u.Release[:])
	}
	return p
}
