package diagnosis

import (
	"fmt"
	"time"

	"github.com/rstwatch/rstwatch/capture"
)

// vantage says where the capture was taken.
func (x *examiner) vantage() {
	x.Vantage = Vantage{Place: PlaceOpen}
	a, b := x.Connection.Sides[Client].Addr.Addr(), x.Connection.Sides[Server].Addr.Addr()
	if a == b || a.IsLoopback() && b.IsLoopback() {
		x.Vantage = Vantage{OneHost, true, []string{"both addresses are the host's own"}}
		return
	}
	if v, ok := x.byChecksum(); ok {
		x.Vantage = v
		return
	}
	var votes [2]int
	for _, by := range []func() (Place, string){x.byHandshake, x.byTTL} {
		place, why := by()
		if why != "" {
			x.Vantage.Why = append(x.Vantage.Why, why)
		}
		switch place {
		case AtClient:
			votes[0]++
		case AtServer:
			votes[1]++
		case Between:
			votes[0], votes[1] = votes[0]+1, votes[1]+1
		}
	}
	switch {
	case votes[0] > 0 && votes[1] == 0:
		x.Vantage.Place = AtClient
	case votes[1] > 0 && votes[0] == 0:
		x.Vantage.Place = AtServer
	case votes[0] > 0 && votes[0] == votes[1]:
		x.Vantage.Place = Between
	}
	if x.conflicting() {
		x.Vantage.Place = PlaceOpen
	}
}

// conflicting reports whether one way to tell says the client's side and the
// other the server's.
func (x *examiner) conflicting() bool {
	first, _ := x.byHandshake()
	second, _ := x.byTTL()
	return first == AtClient && second == AtServer || first == AtServer && second == AtClient
}

// byChecksum: what a host sends is captured before the card fills the checksum
// in.
func (x *examiner) byChecksum() (v Vantage, ok bool) {
	left := func(side int) bool { return x.sides[side].partial >= 2 && x.sides[side].partial > x.sides[side].whole }
	say := func(side string) []string {
		return []string{fmt.Sprintf("the %s's checksums are still to be filled in by its network card", side)}
	}
	switch c, s := left(Client), left(Server); {
	case c && s:
		return Vantage{OneHost, false, []string{"no segment's checksum has been filled in: both ends are on one host, or joined by a virtual link"}}, true
	case c:
		return Vantage{AtClient, true, say("client")}, true
	case s:
		return Vantage{AtServer, true, say("server")}, true
	}
	return Vantage{}, false
}

// The handshake takes one round trip in all; how it is split by the SYN,ACK says
// on which side of the path the capture is.
const (
	splitRatio = 5                      // one part so much longer than the other
	splitLeast = 300 * time.Microsecond // and by this much: scheduling alone takes as long
)

func (x *examiner) byHandshake() (Place, string) {
	syn, answer := x.sides[Client].syn, x.sides[Server].syn
	if syn == nil || answer == nil || syn.Flags.Has(capture.ACK) || !answer.Flags.Has(capture.ACK) {
		return PlaceOpen, ""
	}
	var ack *capture.Segment
	again := 0
	for i := range x.segments() {
		s := &x.segments()[i]
		switch {
		case s.ICMP.Is() || s.Flags.Has(capture.RST):
		case s.Flags.Has(capture.SYN):
			again++
		case ack == nil && s.Src == syn.Src && s.ID > answer.ID:
			ack = s
		}
	}
	if ack == nil || again != 2 {
		return PlaceOpen, ""
	}
	there, here := answer.Time.Sub(syn.Time), ack.Time.Sub(answer.Time)
	why := fmt.Sprintf("in the handshake the server's answer took %s, the client's %s", short(there), short(here))
	switch {
	case there < 0 || here < 0:
	case there >= splitRatio*here && there-here >= splitLeast:
		return AtClient, why
	case here >= splitRatio*there && here-there >= splitLeast:
		return AtServer, why
	case there >= splitLeast && here >= splitLeast:
		return Between, why
	}
	return PlaceOpen, ""
}

// byTTL: a time to live is 64, 128 or 255 until a router has taken one off.
func (x *examiner) byTTL() (Place, string) {
	c, okC := usual(x.sides[Client].ttls)
	s, okS := usual(x.sides[Server].ttls)
	if !okC || !okS || c == 0 || s == 0 {
		return PlaceOpen, ""
	}
	why := fmt.Sprintf("the client's segments have TTL %d, the server's %d", c, s)
	switch a, b := unreduced(c), unreduced(s); {
	case a && !b:
		return AtClient, why + ": only the client's have passed no router"
	case b && !a:
		return AtServer, why + ": only the server's have passed no router"
	case !a && !b:
		return Between, why + ": both have passed routers"
	}
	return PlaceOpen, ""
}

// usual returns the TTL that all segments of a side have but a few.
func usual(ttls map[uint8]int) (ttl uint8, ok bool) {
	most, all := 0, 0
	for t, n := range ttls {
		if all += n; n > most {
			ttl, most = t, n
		}
	}
	return ttl, most > 0 && most*10 >= all*9
}

func unreduced(ttl uint8) bool { return ttl == 64 || ttl == 128 || ttl == 255 }

// short is a duration with two or three figures that matter.
func short(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return d.Round(time.Microsecond).String()
	case d < 100*time.Millisecond:
		return d.Round(10 * time.Microsecond).String()
	case d < 10*time.Second:
		return d.Round(time.Millisecond).String()
	case d < time.Minute:
		return d.Round(100 * time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}
