package faults

import "github.com/rstwatch/rstwatch/scenario"

func other() Guide {
	return Guide{
		Fault: scenario.Other,
		Means: "An error that is neither an errno nor one of those that package net has a value for: a protocol above TCP speaks, " +
			"such as TLS or HTTP, or the program itself.",
		Clues: []Clue{
			{"data from the peer just before it", "the peer said something that the protocol does not allow, or an alert of TLS"},
			{"a FIN or RST just before it", "the protocol's own word for a connection that ended: look behind it with errors.As"},
		},
		Wraps: "Whatever the library chose; errors.As finds what is inside, such as *tls.CertificateVerificationError or *http.ProtocolError.",
		Log:   "The whole text, and the type.",
		Refs:  []string{"RFC 8446 §6", "RFC 9112 §8"},
	}
}
