// Package scenario holds what the application did: every call it made on a
// socket, with its interval and its result.
package scenario
