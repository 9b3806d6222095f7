package main

// maxrssUnit is that of ru_maxrss, in octets: getrusage(2) counts in KiB.
const maxrssUnit = 1 << 10
