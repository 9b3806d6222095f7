package lab

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
)

// Sysctl sets a setting of this process's network, named as sysctl(8) does:
// "net.ipv4.tcp_retries2". Settings that all networks share can only be read
// from here, or not even that: the error is then os.ErrPermission or
// os.ErrNotExist. What it returns puts the old value back.
func Sysctl(name, value string) (restore func() error, err error) {
	doing := "set " + name
	if err := inside(doing); err != nil {
		return nil, err
	}
	path, err := sysctlPath(name)
	if err != nil {
		return nil, fmt.Errorf("lab: %s: %w", doing, err)
	}
	was, err := exchangeSysctl(path, value)
	if err != nil {
		return nil, fmt.Errorf("lab: %s: %w", doing, err)
	}
	return sync.OnceValue(func() error {
		if _, err := exchangeSysctl(path, was); err != nil {
			return fmt.Errorf("lab: put %s back: %w", name, err)
		}
		return nil
	}), nil
}

// sysctlPath returns the setting's file. Only what is below net belongs to a
// network namespace.
func sysctlPath(name string) (string, error) {
	if !regexp.MustCompile(`^net(\.[a-z0-9_]+){2,}$`).MatchString(name) {
		return "", invalid("%q is not the name of a network's setting", name)
	}
	return "/proc/sys/" + strings.ReplaceAll(name, ".", "/"), nil
}
