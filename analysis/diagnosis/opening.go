package diagnosis

import (
	"fmt"

	"github.com/rstwatch/rstwatch/analysis/survey"
	"github.com/rstwatch/rstwatch/capture"
)

// Situations before a connection stood.

func (x *examiner) refused() (Situation, bool) {
	if x.sides[Client].syn == nil || x.sides[Server].syn != nil || !x.ended(survey.Refusal) {
		return Situation{}, false
	}
	addr := x.Connection.Sides[Server].Addr
	return Situation{Name: "refused", Says: fmt.Sprintf("the client's SYN to %s was answered with a RST", addr),
		Causes:  []string{"nothing listens there", "a firewall rejects the connection with a RST", "a backlog or a load balancer has no place for it, and is set to refuse"},
		Measure: x.listening()}, true
}

// rejected: an ICMP error answers the SYN.
func (x *examiner) rejected() (Situation, bool) {
	if x.sides[Server].syn != nil || x.sides[Client].syn == nil || x.Connection.OneWay {
		return Situation{}, false
	}
	for i := range x.segments() {
		if s := &x.segments()[i]; s.ICMP.Is() && s.Src == x.sides[Client].syn.Src {
			return Situation{Name: "rejected by ICMP", Says: fmt.Sprintf("%s, sent by %s, answers the SYN", s.ICMP, s.ICMP.From),
				Causes:  []string{"a firewall rules it out", "there is no way to the host, or it is down"},
				Measure: Measure{What: fmt.Sprintf("ask who runs %s, which sent the ICMP error: its route and its filter tell", s.ICMP.From)}}, true
		}
	}
	return Situation{}, false
}

func (x *examiner) unanswered() (Situation, bool) {
	c := &x.Connection
	if x.sides[Client].syn == nil || c.Sides[Server].Packets > 0 || c.OneWay || len(x.Resets) > 0 {
		return Situation{}, false
	}
	syns := int(c.Sides[Client].SYN)
	return Situation{Name: "no answer to the SYN", Says: fmt.Sprintf("%s left unanswered", counted(syns, "SYN was", "SYNs were")),
		Causes: []string{"a firewall drops the SYN, or the answer", "the host is down or unreachable", "the accept queue of the listener is full"},
		Measure: x.captureAt(Server, "a SYN that does not arrive was dropped on the way; one that arrives and is not answered met a "+
			"firewall of the host or a full accept queue (nstat -az TcpExtListenDrops)")}, true
}

// halfOpen: the server has a connection of an earlier life of these addresses,
// and answers the SYN with an ACK of that (RFC 9293 §3.5.1).
func (x *examiner) halfOpen() (Situation, bool) {
	syn := x.sides[Client].syn
	if syn == nil || x.Connection.Midway {
		return Situation{}, false
	}
	var stale *capture.Segment
	for i := range x.segments() {
		s := &x.segments()[i]
		switch {
		case s.ICMP.Is():
		case x.side(s) == Server && s.Flags.Has(capture.SYN):
			return Situation{}, false
		case x.side(s) == Server && s.Flags.Has(capture.ACK) && !s.Flags.Has(capture.RST) && s.Ack != syn.End():
			stale = s
		case x.side(s) == Client && s.Flags.Has(capture.RST) && stale != nil && s.Seq == stale.Ack:
			return Situation{Name: "half-open connection discovered",
				Says: fmt.Sprintf("the server still had a connection from %s and answered the SYN with an ACK of that (#%d); the client's kernel "+
					"knows nothing of it and reset it (#%d): its host crashed, rebooted or lost its state since", syn.Src, stale.ID, s.ID)}, true
		}
	}
	return Situation{}, false
}

// abandoned: the handshake was not completed.
func (x *examiner) abandoned() (Situation, bool) {
	client, server := &x.sides[Client], &x.sides[Server]
	if client.syn == nil || server.syn == nil || x.Connection.Midway || x.Connection.OneWay {
		return Situation{}, false
	}
	for i := range x.segments() {
		s := &x.segments()[i]
		if x.side(s) == Client && !s.ICMP.Is() && !s.Flags.Has(capture.SYN) && !s.Flags.Has(capture.RST) && s.ID > server.syn.ID {
			return Situation{}, false // the handshake went on
		}
	}
	if len(client.rsts) > 0 {
		return Situation{Name: "handshake abandoned", Says: "the client answered the SYN,ACK with a RST: the server's program never saw the connection",
			Causes:  []string{"the client's program had given the dial up", "a port scan, which needs no connection", "somebody sent the SYN in the client's name"},
			Measure: x.askKernel(Client)}, true
	}
	if len(server.rsts) > 0 {
		return Situation{}, false
	}
	return Situation{Name: "handshake not completed", Says: "the server answered the SYN, and no more came of the client",
		Causes:  []string{"the SYN,ACK, or the ACK, is lost on the way", "somebody sent the SYN in the client's name (a SYN flood)"},
		Measure: x.captureAt(Client, "it shows whether the SYN,ACK arrives, and whether the client sent the SYN at all")}, true
}
