package probe

import "golang.org/x/sys/unix"

// archCalls are those that only this architecture has.
func archCalls() []socketCall {
	return []socketCall{{unix.SYS_DUP2, "dup2", shapeSecond | shapeCloses}}
}
