// Package session conducts a run: it opens the witnesses, proves them ready,
// lets a scenario's calls happen, fences the capture, and has the evidence
// explained.
//
// Readiness is proven, never slept for. A probe segment must have been captured
// before the first call is made; a fence segment, sent when the last call has
// returned, must have been captured before the evidence is taken.
package session
