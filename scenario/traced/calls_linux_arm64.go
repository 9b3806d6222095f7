package traced

import "golang.org/x/sys/unix"

// audit is the architecture as seccomp(2) names it.
const audit = unix.AUDIT_ARCH_AARCH64

// archCalls are those that only this architecture has: none.
func archCalls() []call { return nil }
