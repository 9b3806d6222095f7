//go:build !linux

package live

// maxInstructions is the longest filter that the kernel takes: BPF_MAXINSNS in
// net/bpf.h of the BSD family. It is room for about 115 ports.
const maxInstructions = 512
