package live

import (
	"fmt"
	"net"
	"strings"
)

// Loopback returns the name of the loopback interface, "lo" or "lo0" as a
// rule; the first that is up if there are several. The error is ErrInterface
// if there is none and ErrGone if it is down.
func Loopback() (string, error) {
	ifi, err := findInterface("")
	if err != nil {
		return "", fmt.Errorf("capture: find the loopback interface: %w", err)
	}
	return ifi.Name, nil
}

// findInterface returns the named interface, or the loopback interface if name
// is empty. It must be loopback and up.
func findInterface(name string) (net.Interface, error) {
	all, err := net.Interfaces()
	if err != nil {
		return net.Interface{}, err
	}
	return chooseInterface(all, name)
}

func chooseInterface(all []net.Interface, name string) (net.Interface, error) {
	var down *net.Interface
	for i, ifi := range all {
		loopback := ifi.Flags&net.FlagLoopback != 0
		switch {
		case name != "" && ifi.Name != name, name == "" && !loopback:
		case !loopback:
			return net.Interface{}, fmt.Errorf("%s: %w", name, ErrNotLoopback)
		case ifi.Flags&net.FlagUp == 0:
			if down == nil {
				down = &all[i]
			}
		default:
			return ifi, nil
		}
	}
	if down != nil {
		return net.Interface{}, fmt.Errorf("%s: %w", down.Name, ErrGone)
	}
	if name == "" {
		name = "loopback"
	}
	return net.Interface{}, fmt.Errorf("%w: %s (there is %s)", ErrInterface, name, interfaceNames(all))
}

func interfaceNames(all []net.Interface) string {
	if len(all) == 0 {
		return "none"
	}
	names := make([]string, len(all))
	for i, ifi := range all {
		names[i] = ifi.Name
	}
	return strings.Join(names, ", ")
}
