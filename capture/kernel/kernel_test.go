package kernel

import (
	"strings"
	"testing"
)

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

func TestNames(t *testing.T) {
	for _, reason := range reasons {
		if !KnownReason(reason) || !IsName(reason) {
			t.Errorf("%q is no name of a reason", reason)
		}
	}
	if KnownReason("LATER") || !IsName("LATER") {
		t.Error("a later kernel's reason is a name that is not known")
	}
	for _, text := range []string{"", "A B", "\x1b[31m", "</script>", "A\u202eB", "É", strings.Repeat("A", 65)} {
		if IsName(text) {
			t.Errorf("%q is taken for a name of the kernel's", text)
		}
	}
}
