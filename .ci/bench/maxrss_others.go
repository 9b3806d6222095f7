//go:build !linux

package main

// maxrssUnit is that of ru_maxrss, in octets.
const maxrssUnit = 1
