package live

// maxInstructions is the longest filter that the kernel takes: BPF_MAXINSNS in
// linux/bpf_common.h. It is room for about a thousand ports.
const maxInstructions = 4096
