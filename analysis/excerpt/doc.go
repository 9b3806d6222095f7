// Package excerpt writes frames of captures into a capture of its own: those of
// the connections that somebody chose, as they were, with comments on the
// segments that decided how these connections ended. On request they are
// redacted (package redact) on their way.
//
// A [Writer] takes frame after frame and keeps none. [Notes] has the comments;
// they speak of frames by the numbers that these have in the excerpt, for those
// of the whole capture mean nothing there.
package excerpt
