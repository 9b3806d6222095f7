package sandbox

import (
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"
)

func TestGiveUpRoot(t *testing.T) {
	needRoot(t)
	cmd := actor(t, "give-up")
	cmd.Env = append(cmd.Env, "SUDO_UID=65534", "SUDO_GID=65534")
	s := saying(t, cmd)
	if s.UID != nobody || s.GID != nobody || s.Permitted != 0 || s.SetuidRoot {
		t.Errorf("%+v", s)
	}
	if len(s.Groups) != 1 || s.Groups[0] != nobody {
		t.Errorf("groups %v", s.Groups)
	}
	if s.Packet == "" {
		t.Error("a packet socket can still be opened")
	}
	if s.Threads < 2 {
		t.Errorf("only %d threads were seen", s.Threads)
	}
	for _, uids := range s.ThreadsUIDs {
		if want := strings.Repeat("65534\t", 4); uids+"\t" != want {
			t.Errorf("a thread has uids %q", uids)
		}
	}
}

func TestGiveUpRootRefused(t *testing.T) {
	want := syscall.EPERM
	if os.Geteuid() == 0 {
		want = syscall.EINVAL // root can not become root
	}
	if err := GiveUpRoot(0, 0, nil); !errors.Is(err, want) {
		t.Errorf("%v, want %v", err, want)
	}
}
