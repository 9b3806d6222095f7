package redact

import (
	"encoding/binary"
	"errors"
)

// ErrAddresses says that there are more addresses than the ranges have room
// for, into which they are mapped: 16,777,214 of IPv4.
var ErrAddresses = errors.New("redact: more addresses than there are in 10.0.0.0/8")

// addresses gives addresses others, by the order in which they come.
type addresses struct {
	four  map[[4]byte]uint32
	six   map[[16]byte]uint32
	cards map[[6]byte]uint32
	next  map[kind]uint32
	spent bool // one came for which there was no other left
}

func newAddresses() addresses {
	return addresses{make(map[[4]byte]uint32), make(map[[16]byte]uint32), make(map[[6]byte]uint32), make(map[kind]uint32), false}
}

// kind is what an address shares with the one that stands for it: the first
// octets of the new one, at the length of the address.
type kind string

// The kinds. An address that stands for itself has none.
const (
	loopback4 kind = "\x7f"     // 127.0.0.0/8
	group4    kind = "\xef"     // 239.0.0.0/8 (RFC 2365)
	host4     kind = "\x0a"     // 10.0.0.0/8 (RFC 1918)
	linkLocal kind = "\xfe\x80" // fe80::/64
	group6    kind = "\xff\x15" // ff15::/16, transient and of a site (RFC 4291 §2.7)
	host6     kind = "\xfd\x00" // fd00::/8 (RFC 4193)
	card      kind = "\x02\x00" // locally administered
	cardGroup kind = "\x03\x00"
)

// kindOf4 returns the kind of an IPv4 address; "" of 0.0.0.0 and
// 255.255.255.255.
func kindOf4(a [4]byte) kind {
	switch {
	case a == [4]byte{}, a == [4]byte{255, 255, 255, 255}:
		return ""
	case a[0] == 127:
		return loopback4
	case a[0]&0xf0 == 0xe0:
		return group4
	}
	return host4
}

// kindOf6 returns the kind of an IPv6 address; "" of :: and ::1.
func kindOf6(a [16]byte) kind {
	switch {
	case a == [16]byte{}, a == [16]byte{15: 1}:
		return ""
	case a[0] == 0xfe && a[1]&0xc0 == 0x80:
		return linkLocal
	case a[0] == 0xff:
		return group6
	}
	return host6
}

// kindOfCard returns the kind of a hardware address; "" of none and of the
// broadcast address.
func kindOfCard(a [6]byte) kind {
	switch {
	case a == [6]byte{}, a == [6]byte{255, 255, 255, 255, 255, 255}:
		return ""
	case a[0]&1 != 0:
		return cardGroup
	}
	return card
}

// ip puts another address in the place of b, of 4 or 16 octets.
func (m *addresses) ip(b []byte) {
	if len(b) == 4 {
		a := [4]byte(b)
		place(m, m.four, a, kindOf4(a), b)
		return
	}
	a := [16]byte(b)
	place(m, m.six, a, kindOf6(a), b)
}

// hardware does so for a hardware address, of 6 octets.
func (m *addresses) hardware(b []byte) {
	a := [6]byte(b)
	place(m, m.cards, a, kindOfCard(a), b)
}

// place writes into b what stands for a.
func place[A comparable](m *addresses, seen map[A]uint32, a A, k kind, b []byte) {
	if k == "" {
		return
	}
	n, ok := seen[a]
	if !ok {
		if n = m.next[k] + 1; len(b) == 4 && n >= 1<<24-1 || n == 0 {
			m.spent = true
			clear(b)
			return
		}
		m.next[k], seen[a] = n, n
	}
	clear(b)
	binary.BigEndian.PutUint32(b[len(b)-4:], n)
	copy(b, k)
}
