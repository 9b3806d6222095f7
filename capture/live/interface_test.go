package live

import (
	"errors"
	"net"
	"strings"
	"testing"
)

func TestChooseInterface(t *testing.T) {
	lo := net.Interface{Name: "lo", Flags: net.FlagUp | net.FlagLoopback}
	lo1 := net.Interface{Name: "lo1", Flags: net.FlagUp | net.FlagLoopback}
	down := net.Interface{Name: "lo9", Flags: net.FlagLoopback}
	eth := net.Interface{Name: "eth0", Flags: net.FlagUp}
	tests := []struct {
		name string
		all  []net.Interface
		ask  string
		want string
		err  error
	}{
		{"the loopback interface", []net.Interface{eth, lo}, "", "lo", nil},
		{"the first that is up", []net.Interface{down, lo1, lo}, "", "lo1", nil},
		{"by name", []net.Interface{lo, lo1}, "lo1", "lo1", nil},
		{"unknown", []net.Interface{lo, eth}, "wlan0", "", ErrInterface},
		{"no loopback interface", []net.Interface{eth}, "", "", ErrInterface},
		{"nothing at all", nil, "", "", ErrInterface},
		{"not loopback", []net.Interface{lo, eth}, "eth0", "", ErrNotLoopback},
		{"down, by name", []net.Interface{lo, down}, "lo9", "", ErrGone},
		{"down", []net.Interface{eth, down}, "", "", ErrGone},
	}
	for _, tt := range tests {
		got, err := chooseInterface(tt.all, tt.ask)
		if got.Name != tt.want || !errors.Is(err, tt.err) {
			t.Errorf("%s: %q, %v, want %q, %v", tt.name, got.Name, err, tt.want, tt.err)
		}
	}
	_, err := chooseInterface([]net.Interface{lo, eth}, "wlan0")
	for _, name := range []string{"wlan0", "lo", "eth0"} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("%q does not name %s", err, name)
		}
	}
}

func TestOpenChecksItsOptions(t *testing.T) {
	for name, o := range map[string]Options{
		"snap length below 0":  {Ports: []uint16{80}, SnapLen: -1},
		"snap length too long": {Ports: []uint16{80}, SnapLen: maxSnapLen + 1},
		"buffer below 0":       {Ports: []uint16{80}, Buffer: -1},
		"buffer too large":     {Ports: []uint16{80}, Buffer: maxBuffer + 1},
	} {
		if h, err := Open(o); err == nil {
			h.Close()
			t.Errorf("%s: opened", name)
		}
	}
	got, err := Options{}.complete()
	if err != nil || got.SnapLen != 512 || got.Buffer != 8<<20 {
		t.Errorf("defaults: %+v, %v", got, err)
	}
}
