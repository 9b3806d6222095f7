// Package lab does to a private network what goes wrong in real ones: segments
// are lost or answered by a firewall, resets are forged, a host vanishes, a
// process is killed, a route ends in nothing.
//
// Everything here acts on the network namespace of this process alone, and
// only in a process that package sandbox has started: elsewhere every function
// fails with [ErrNotInside], so that nothing can touch the host. It takes
// CAP_NET_ADMIN and CAP_NET_RAW over that namespace, which a sandbox has, and
// no command of the system.
//
//   - [Drop], [RejectReset] and [RejectICMP] are a firewall on the path
//     (nftables); a [Match] says which segments they meet.
//   - [Forge] sends a segment, and [ForgeICMP] an ICMP error, in anyone's name.
//     [Sequence] reads the numbers that make it fit a live connection.
//   - [Destroy] aborts a connection from outside, [Vanish] forgets one.
//   - [Process] is a peer that can be killed.
//   - [Route], [Addr], [LinkDown] and [Sysctl] change the network itself,
//     [UserTimeout], [KeepAlive] and [Buffers] one socket.
//
// What is changed stays until it is changed back by what the function
// returned, which may be called more than once, or until the process ends.
//
// A capture on lo taps a segment after the OUTPUT hook and before the INPUT
// hook. A rule is on the one side or on the other by [Match.Inbound]: a segment
// dropped at INPUT is in the capture and yet never arrives.
//
// A program that uses [Process] calls [Hook] first thing in main. A loss, seen
// as retransmissions in a capture, takes no more than this:
//
//	rule, err := lab.Drop(lab.Match{To: server, HasPayload: true, Inbound: true})
//	if err != nil {
//		return err
//	}
//	conn.Write([]byte("ab"))               // sent, captured, lost
//	return errors.Join(rule.Await(ctx, 3), // and again, and again,
//		rule.Remove())                     // until now
package lab
