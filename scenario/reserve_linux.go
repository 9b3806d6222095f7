package scenario

// sharedPorts: a socket that is bound with SO_REUSEADDR and does not listen
// leaves its port to a listener with SO_REUSEADDR, which every Go listener has
// (inet_bind_conflict), and keeps connect from choosing it
// (__inet_hash_connect). So a reservation can be held all along.
const sharedPorts = true
