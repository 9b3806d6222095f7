//go:build !linux

package outside

import "os/exec"

// users are those that this process can start programs as.
func users() map[string]func(*exec.Cmd) {
	return map[string]func(*exec.Cmd){"this user": func(*exec.Cmd) {}}
}
