/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/*
 * The few fields of kernel structures that signals.c reads. Where a field is, the
 * loader asks the running kernel's BTF (CO-RE): nothing here says an offset.
 */
#ifndef RSTWATCH_KERNEL_H
#define RSTWATCH_KERNEL_H

typedef unsigned char __u8;
typedef unsigned short __u16;
typedef unsigned int __u32;
typedef unsigned long long __u64;
typedef signed char __s8;
typedef short __s16;
typedef int __s32;
typedef long long __s64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u64 __be64;
typedef __u32 __wsum;
typedef __u16 __sum16;
typedef _Bool bool;

enum { BPF_ANY = 0, BPF_NOEXIST = 1 };
enum { BPF_RB_NO_WAKEUP = 1, BPF_RB_FORCE_WAKEUP = 2 };
enum { BPF_RB_AVAIL_DATA = 0, BPF_RB_RING_SIZE = 1 };
enum { BPF_MAP_TYPE_HASH = 1, BPF_MAP_TYPE_LRU_HASH = 9, BPF_MAP_TYPE_RINGBUF = 27 };

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct ns_common {
	unsigned int inum;
};

struct net {
	struct ns_common ns;
};

typedef struct {
	struct net *net;
} possible_net_t;

struct in6_addr {
	union {
		__be32 u6_addr32[4];
	} in6_u;
};

struct sock_common {
	__be32 skc_daddr;
	__be32 skc_rcv_saddr;
	__be16 skc_dport;
	__u16 skc_num;
	unsigned short skc_family;
	volatile unsigned char skc_state;
	possible_net_t skc_net;
	struct in6_addr skc_v6_daddr;
	struct in6_addr skc_v6_rcv_saddr;
	struct {
		__s64 counter;
	} skc_cookie;
};

struct sock {
	struct sock_common __sk_common;
	int sk_err;
	__u16 sk_protocol;
};

struct inet_sock {
	__be16 inet_sport;
};

struct tcp_sock {
	__u32 snd_nxt;
};

struct net_device {
	possible_net_t nd_net;
};

struct sk_buff {
	struct net_device *dev;
	unsigned char *head;
	__u16 transport_header;
	__u16 network_header;
};

struct nsproxy {
	struct net *net_ns;
};

typedef struct {
	long counter;
} atomic_long_t;

/* Since Linux 6.13 a file counts its references in a file_ref_t, from 0 for one. */
typedef struct {
	atomic_long_t refcnt;
} file_ref_t;

struct file {
	void *private_data;
	const struct file_operations *f_op;
	file_ref_t f_ref;
};

struct file___counted {
	atomic_long_t f_count;
};

struct fdtable {
	unsigned int max_fds;
	struct file **fd;
};

struct files_struct {
	struct fdtable *fdt;
};

struct socket {
	struct file *file;
	struct sock *sk;
};

struct task_struct {
	int pid;
	int tgid;
	char comm[16];
	struct nsproxy *nsproxy;
	struct files_struct *files;
};

#if defined(__TARGET_ARCH_x86)
struct pt_regs {
	unsigned long di, si, dx, r10, r8;
	unsigned long orig_ax;
};
#define FIRST_ARGUMENT(regs) ((regs)->di)
#define SECOND_ARGUMENT(regs) ((regs)->si)
#define THIRD_ARGUMENT(regs) ((regs)->dx)
#define FOURTH_ARGUMENT(regs) ((regs)->r10)
#define FIFTH_ARGUMENT(regs) ((regs)->r8)
#define CALL_NUMBER(regs) ((regs)->orig_ax)
#elif defined(__TARGET_ARCH_arm64)
struct user_pt_regs {
	__u64 regs[31];
};
struct pt_regs {
	__u64 regs[31];
	__u64 orig_x0;
	__s32 syscallno;
};
#define FIRST_ARGUMENT(regs) ((regs)->orig_x0)
#define SECOND_ARGUMENT(regs) ((regs)->regs[1])
#define THIRD_ARGUMENT(regs) ((regs)->regs[2])
#define FOURTH_ARGUMENT(regs) ((regs)->regs[3])
#define FIFTH_ARGUMENT(regs) ((regs)->regs[4])
#define CALL_NUMBER(regs) ((regs)->syscallno)
#else
#error "no register names for this architecture"
#endif

#pragma clang attribute pop

/* Headers as they are on the wire: the same everywhere. */
struct tcp_header {
	__be16 source, dest;
	__be32 seq, ack;
	__u8 offset, flags;
};

#endif
