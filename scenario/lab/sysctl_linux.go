package lab

import (
	"os"
	"strings"
)

// exchangeSysctl writes a value and returns the one before. The file is that
// of the namespace of whoever opens it, and CAP_NET_ADMIN there is what it
// takes, whatever the uid (net_ctl_permissions).
func exchangeSysctl(path, value string) (was string, err error) {
	old, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return "", err
	}
	_, err = f.WriteString(value)
	if err2 := f.Close(); err == nil {
		err = err2
	}
	return strings.TrimSpace(string(old)), err
}
