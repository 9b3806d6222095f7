package traced

import "golang.org/x/sys/unix"

// audit is the architecture as seccomp(2) names it.
const audit = unix.AUDIT_ARCH_X86_64

// archCalls are those that only this architecture has.
func archCalls() []call {
	return []call{{number: unix.SYS_DUP2, name: "dup2", kind: replaces}}
}
