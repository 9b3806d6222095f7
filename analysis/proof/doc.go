// Package proof plans experiments upon a verdict, and judges what they show. It
// performs none: that is analysis/experiment's, in a private network.
//
// A verdict says that A made B happen, and B made C. Each of these links is
// tried by taking its first member away, everything else being as it was: a call
// is not made, or a segment, with every repeat of it, is taken off the wire.
// What it is said to have caused must then not happen. That shows that it was
// necessary. That it was sufficient is shown by holding back what draws the last
// segment, and forging that segment alone.
//
// Three kinds of causes are tried in other ways. A segment that nobody answered
// does its work by that: it is answered. What a call did to its own socket must
// need no segment: all that the peer sends is taken away, and nothing may
// change. What a library made of a call's result is shown by the trial that
// changes that result.
//
// What is taken away is described so that another performance finds it: see
// [CallKey] and [SegmentKey].
package proof
