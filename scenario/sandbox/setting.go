package sandbox

import "strings"

// Setting is a kernel setting that keeps sandboxes from being made or from
// granting anything.
type Setting struct {
	Name, Value string // as sysctl(8) prints them: "user.max_user_namespaces", "0"
	Remedy      string // the command that changes it
}

// obstacle is a value of a kernel setting that stands in a sandbox's way.
type obstacle struct{ name, bad, good string }

// obstacles lists the known ones. The two that are not the kernel's own come
// with Debian's patches and with AppArmor, as on Ubuntu since 23.10.
func obstacles() []obstacle {
	return []obstacle{
		{"kernel.unprivileged_userns_clone", "0", "1"},
		{"kernel.apparmor_restrict_unprivileged_userns", "1", "0"},
		{"user.max_user_namespaces", "0", "15000"},
		{"user.max_net_namespaces", "0", "15000"},
	}
}

// inTheWay returns the settings that exist here and have a bad value. read
// returns a setting's value, and whether there is such a setting.
func inTheWay(read func(name string) (string, bool)) []Setting {
	var found []Setting
	for _, o := range obstacles() {
		if value, ok := read(o.name); ok && value == o.bad {
			found = append(found, Setting{o.name, value, "sudo sysctl -w " + o.name + "=" + o.good})
		}
	}
	return found
}

// advice continues an error's text with the settings in the way and their
// remedies. Where none is, what remains is a limit from outside the kernel.
func advice(read func(name string) (string, bool)) string {
	found := inTheWay(read)
	if len(found) == 0 {
		return "; no kernel setting forbids it: a container's seccomp profile or a security module may (docker run --security-opt seccomp=unconfined --security-opt apparmor=unconfined)"
	}
	var text strings.Builder
	for _, s := range found {
		text.WriteString("; " + s.Name + " is " + s.Value + ": " + s.Remedy)
	}
	return text.String()
}
