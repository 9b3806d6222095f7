package lab

import (
	"errors"
	"net/netip"
	"syscall"
	"testing"
)

// TestTake: what is taken is lost, and its forged double with the mark arrives.
func TestTake(t *testing.T) {
	onBoth(t, func(t *testing.T, at netip.Addr) {
		client, server := connect(t, at)
		n := client.numbers()
		r, err := Take(Intercept{Match: Match{From: server.local, To: client.local, Flags: RST, Mask: RST}})
		rule := on(t, r, err)
		client.forged(Forged{Flags: RST, Seq: n.RcvNxt})
		must(t, rule.Await(soon(t), 1))
		server.send("a")
		client.gets("a")
		client.forged(Forged{Flags: RST, Seq: client.numbers().RcvNxt, Mark: true})
		client.fails(syscall.ECONNRESET)
		if n := counted(t, rule); n != 1 {
			t.Errorf("%d segments were taken, not the one without the mark", n)
		}
	})
}

// TestTakeNumbers: of segments that are alike but for their numbers one is taken.
func TestTakeNumbers(t *testing.T) {
	onBoth(t, func(t *testing.T, at netip.Addr) {
		client, server := connect(t, at)
		n := client.numbers()
		m := Match{From: server.local, To: client.local, Flags: RST, Mask: RST}
		r, err := Take(Intercept{Match: m, Numbers: &Numbers{Seq: n.RcvNxt + 7}, NoAck: true})
		rule := on(t, r, err)
		client.forged(Forged{Flags: RST, Seq: n.RcvNxt + 7})
		must(t, rule.Await(soon(t), 1))
		client.forged(Forged{Flags: RST, Seq: n.RcvNxt})
		client.fails(syscall.ECONNRESET)
	})
}

// TestTakeBare: acknowledgements are taken, and not the data that acknowledges as
// well.
func TestTakeBare(t *testing.T) {
	onBoth(t, func(t *testing.T, at netip.Addr) {
		client, server := connect(t, at)
		m := Match{From: client.local, To: server.local, Flags: ACK, Mask: ACK | SYN | FIN | RST}
		r, err := Take(Intercept{Match: m, Bare: true})
		rule := on(t, r, err)
		client.send("data")
		server.gets("data")
		if n := counted(t, rule); n != 0 {
			t.Errorf("%d segments were taken, and the data was not to be", n)
		}
		server.send("a")
		client.gets("a")
		must(t, rule.Await(soon(t), 1)) // the acknowledgement of that
	})
}

// TestTakeQuoted: an ICMP error about a connection is taken, and one about
// another is not.
func TestTakeQuoted(t *testing.T) {
	onBoth(t, func(t *testing.T, at netip.Addr) {
		client, server := connect(t, at)
		kind, code := ICMPv4Unreachable, uint8(1)
		if at.Is6() {
			kind, code = ICMPv6Unreachable, 3
		}
		tell := func(of *end, marked bool) error {
			return ForgeICMP(ICMPError{From: of.remote.Addr(), Type: kind, Code: code,
				Quoted: Forged{From: of.local, To: of.remote, Flags: ACK, Seq: of.numbers().SndNxt, Mark: marked}})
		}
		r, err := Take(Intercept{Match: Match{From: client.local, To: server.local}, Quoted: true})
		rule := on(t, r, err)
		must(t, tell(client, false))
		must(t, rule.Await(soon(t), 1))
		must(t, tell(server, false))
		must(t, tell(client, true))
		server.send("a")
		client.gets("a")
		if n := counted(t, rule); n != 1 {
			t.Errorf("%d errors were taken, not the one", n)
		}
	})
}

func TestTakeInvalid(t *testing.T) {
	needSandbox(t)
	if _, err := Take(Intercept{Quoted: true}); !errors.Is(err, ErrInvalid) {
		t.Errorf("a quotation of no addresses: %v", err)
	}
}
