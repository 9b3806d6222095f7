package probe

// The programs are compiled by whoever changes them (clang, llvm-strip and
// libbpf's headers: apt install clang llvm libbpf-dev), and committed: to build
// rstwatch needs none of these.
//go:generate go run github.com/cilium/ebpf/cmd/bpf2go@v0.22.0 -tags linux -target amd64,arm64 -cflags "-O2 -g -Wall -Werror -Wno-unused-parameter -Wno-logical-op-parentheses -Wno-address-of-packed-member" signals bpf/signals.c
