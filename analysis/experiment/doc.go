// Package experiment makes the experiments that package proof plans: it performs
// a story again and again in a private network, each time with one thing
// changed, under the same capture.
//
// Nothing here works outside of a sandbox: what it does to the network it does
// by package lab, which refuses there. Rules are gone when a performance is over,
// and with the process and its namespace in any case.
package experiment
