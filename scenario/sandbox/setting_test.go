package sandbox

import (
	"errors"
	"strings"
	"testing"
)

func TestAdvice(t *testing.T) {
	for _, c := range []struct {
		name   string
		values map[string]string
		want   []string
		not    string
	}{
		{"nothing known", nil, []string{"seccomp"}, "sysctl"},
		{"good values", map[string]string{"kernel.unprivileged_userns_clone": "1", "user.max_user_namespaces": "96365"}, []string{"seccomp"}, "sysctl"},
		{"AppArmor", map[string]string{"kernel.apparmor_restrict_unprivileged_userns": "1"},
			[]string{"sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"}, "seccomp"},
		{"two", map[string]string{"kernel.unprivileged_userns_clone": "0", "user.max_user_namespaces": "0"},
			[]string{"kernel.unprivileged_userns_clone=1", "user.max_user_namespaces=15000"}, "seccomp"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := advice(func(name string) (string, bool) { v, ok := c.values[name]; return v, ok })
			for _, want := range c.want {
				if !strings.Contains(got, want) {
					t.Errorf("%q is not in %q", want, got)
				}
			}
			if strings.Contains(got, c.not) {
				t.Errorf("%q is in %q", c.not, got)
			}
		})
	}
}

func TestReportErr(t *testing.T) {
	if err := (Report{}).Err(); err != nil {
		t.Error(err)
	}
	r := Report{Net: ErrForbidden}
	failed(r.Net, &r.Packet, &r.Loopback)
	if r.Err() != ErrForbidden || !errors.Is(r.Loopback, ErrForbidden) {
		t.Errorf("%+v", r)
	}
}
