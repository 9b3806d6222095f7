package kernel

import "testing"

func TestNamesReadBack(t *testing.T) {
	for _, k := range Kinds() {
		if back, ok := ParseKind(k.String()); !ok || back != k {
			t.Errorf("kind %d is %q, which reads back as %d", k, k, back)
		}
	}
	for s := State(1); s <= 12; s++ {
		for _, name := range []string{s.String(), "TCP_" + s.String()} {
			if back, ok := ParseState(name); !ok || back != s {
				t.Errorf("state %d is %q, which reads back as %d", s, name, back)
			}
		}
	}
}

func TestUnknownNames(t *testing.T) {
	if name := Kind(200).String() + Kind(0).String() + State(200).String() + State(0).String(); name != "" {
		t.Errorf("what is unknown is called %q", name)
	}
	for _, name := range []string{"", "TCP_", "tcp_probe", "UNKNOWN"} {
		if k, ok := ParseKind(name); ok {
			t.Errorf("%q is kind %v", name, k)
		}
		if s, ok := ParseState(name); ok {
			t.Errorf("%q is state %v", name, s)
		}
	}
}
