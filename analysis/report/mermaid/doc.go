// Package mermaid writes a scene as a sequence diagram in the language of
// Mermaid, which GitHub and others draw where they find it in Markdown.
//
// Each application stands beside its kernel, one for each connection that it
// has. A call is an arrow to the kernel, its result a dotted one back; a call
// that waits is an activation of its application. A segment is an arrow from
// kernel to kernel, with a cross at its end if it was lost; an ICMP error comes
// from the network. What belongs to the causes of a verdict has a ground of its
// own, a RST another. Notes tell the states of the sockets.
//
// Text is cleaned, and what the language gives a meaning to is written as
// character codes.
package mermaid
