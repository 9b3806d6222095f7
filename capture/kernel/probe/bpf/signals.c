// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/*
 * What the kernel says about TCP sockets, as records in a ring buffer. Only
 * tracepoints: kprobes and fexit are refused under lockdown. What is not asked
 * for is left out here, so that user space is not woken for it.
 */
#include "kernel.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define AF_INET 2
#define AF_INET6 10
#define IPPROTO_TCP 6
#define IPPROTO_MPTCP 262 /* such as a listener of Go's; who connects by TCP gets a TCP socket */
#define MAX_CALLS 512
#define FRAMES 16    /* of the kernel's stack */
#define FUNCTIONS 32 /* that it is looked through for */

enum kind { SEND_RESET = 1, RECEIVE_RESET, ERROR_REPORT, SET_STATE, SEND_LENGTH, RECV_LENGTH, RETRANSMIT, FORK, EXIT, RETURN };
enum { ANSWERS = 1, HAS_SEQ = 2, HAS_REASON = 4, UNFINISHED = 8, LAST = 16, PEEKS = 32, HAS_VALUE = 64, WRITES = 128 };

/* What is known of a system call's arguments: the first is a socket, unless something else is said. */
enum shape {
	TRACED = 1,
	LENGTH = 2,    /* the third is how many octets */
	VECTOR = 4,    /* the second is an array of struct iovec, the third its length */
	MESSAGE = 8,   /* the second is a struct msghdr */
	FLAGS4 = 16,   /* the fourth are MSG_ flags */
	FLAGS3 = 32,   /* the third are */
	MAKES = 64,    /* it returns another socket */
	OPTION = 128,  /* SO_LINGER, TCP_REPAIR or SO_ERROR, its value in the fourth */
	HOW = 256,     /* the second is a number to be told of */
	CLOSES = 512,
	LENGTH4 = 1024, /* the fourth is how many octets */
	ADDRESS = 2048, /* the second is an address to connect to */
	OUTPUT = 4096,  /* or the third is the socket, which octets go to; the fifth is how many */
	SECOND = 8192,  /* the second is the socket, not the first */
};

/* The layout is read by record.go. */
struct record {
	__u64 at;     /* ns, CLOCK_MONOTONIC */
	__u64 start;  /* of a call */
	__u64 cookie;
	__s64 result; /* octets, -errno; of a fork the parent */
	__u32 netns;
	__u32 pid, tid;
	__u32 seq;
	__s32 error;  /* sk_err */
	__s32 fd;
	__u16 call, family;
	__u16 sport, dport; /* host order */
	__u8 saddr[16], daddr[16];
	__u8 kind, state, before, reason, flags, pad[3];
	char comm[16];
	__u64 made;   /* the cookie of the socket that a call has made */
	__s64 asked;  /* octets, or another argument of a call that is told of */
	__s64 value;  /* of an option: an errno, or seconds */
	__u8 stack[FRAMES]; /* the functions that led to an RST, by their place in the list from 1, 0 for others; the innermost first */
};

/* What is asked for: set before the programs are loaded. */
const volatile bool by_port = 0, by_process = 0;
const volatile bool casts = 0; /* the kernel has bpf_rdonly_cast, since Linux 6.2 */
const volatile __u16 traced[MAX_CALLS] = {}; /* enum shape, by the system call's number */
const volatile __u32 set_option = 0; /* the number of setsockopt: what it tells stands there when it is made */
const volatile struct {
	__u64 from, to;
} functions[FUNCTIONS] = {};

/*
 * What user space reads and sets while the programs run, through mapped memory: it
 * works without the right to call bpf(2).
 */
struct {
	__u64 lost;  /* records that found no room */
	__u32 netns; /* the network namespace that is asked for; 0: any */
	__u32 tried; /* records, see wakeup */
} control = {};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 16 << 20);
} records SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u16);
	__type(value, __u8);
} ports SEC(".maps");

/* The processes that are followed, by their number in the first namespace. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, __u32);
	__type(value, __u8);
} processes SEC(".maps");

/* Sockets that a followed process has used, by cookie: softirqs run as anybody. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 65536);
	__type(key, __u64);
	__type(value, __u8);
} sockets SEC(".maps");

/* A thread's last call on a socket, with what was known of that when it was made: close leaves nothing to look at. */
struct call {
	struct record r;
	__u32 pending; /* it has not returned */
	__u32 inside;  /* and the thread is in it: no handler of a signal has interrupted it */
};

/*
 * By thread. Each is written where it stands, again and again, and taken out when its
 * thread ends: to add and to delete one for each call takes longer than all else.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, __u32);
	__type(value, struct call);
} waiting SEC(".maps");

static __always_inline bool followed(void)
{
	__u32 tgid = bpf_get_current_pid_tgid() >> 32;

	return bpf_map_lookup_elem(&processes, &tgid) != 0;
}

static __always_inline bool port_wanted(__u16 a, __u16 b)
{
	return !by_port || bpf_map_lookup_elem(&ports, &a) || bpf_map_lookup_elem(&ports, &b);
}

/* The order matters: what most sockets of a machine fail comes first. */
static __always_inline bool wanted(const struct record *r)
{
	if (control.netns && r->netns != control.netns)
		return 0;
	if (!port_wanted(r->sport, r->dport))
		return 0;
	if (by_process) {
		__u64 cookie = r->cookie;

		return cookie && bpf_map_lookup_elem(&sockets, &cookie);
	}
	return 1;
}

#define TURN 256 /* records */

/*
 * To wake the reader for each record costs the program that is watched more than all
 * else: it is woken once in a while, if an eighth of the ring waits for it. It also
 * reads when it is asked for what there is. That two who count at the same moment may
 * count one does no harm.
 */
static __always_inline __u64 wakeup(void)
{
	if (++control.tried % TURN)
		return BPF_RB_NO_WAKEUP;
	if (bpf_ringbuf_query(&records, BPF_RB_AVAIL_DATA) < bpf_ringbuf_query(&records, BPF_RB_RING_SIZE) / 8)
		return BPF_RB_NO_WAKEUP;
	return BPF_RB_FORCE_WAKEUP;
}

static __always_inline void emit(struct record *r)
{
	__u64 id = bpf_get_current_pid_tgid();

	r->at = bpf_ktime_get_ns();
	if (!r->pid) {
		r->pid = id >> 32;
		r->tid = id;
		bpf_get_current_comm(r->comm, sizeof(r->comm));
	}
	if (bpf_ringbuf_output(&records, r, sizeof(*r), wakeup()))
		__sync_fetch_and_add(&control.lost, 1);
}

#define TIME_WAIT 6
#define NEW_SYN_RECV 12

/*
 * Time-wait and request sockets have the common part only. Of others the local
 * port is taken where close leaves it: skc_num is 0 once a socket is unhashed, which
 * it is when its RST goes out and its error is reported.
 *
 * OF_SOCKET makes a function of it, by a way to read: GET of a field, NETNS and SPORT.
 */
#define OF_SOCKET(name, GET, NETNS, SPORT)                                          \
	static __always_inline void name(struct record *r, const struct sock *sk)       \
	{                                                                               \
		__u32 *from = (__u32 *)r->saddr, *to = (__u32 *)r->daddr;                   \
                                                                                    \
		r->cookie = GET(sk, __sk_common.skc_cookie.counter);                        \
		r->family = GET(sk, __sk_common.skc_family);                                \
		r->state = GET(sk, __sk_common.skc_state);                                  \
		r->netns = NETNS(sk);                                                       \
		if (r->state == TIME_WAIT || r->state == NEW_SYN_RECV)                      \
			r->sport = GET(sk, __sk_common.skc_num);                                \
		else                                                                        \
			r->sport = bpf_ntohs(SPORT(sk));                                        \
		r->dport = bpf_ntohs(GET(sk, __sk_common.skc_dport));                       \
		if (r->family == AF_INET) {                                                 \
			from[0] = GET(sk, __sk_common.skc_rcv_saddr);                           \
			to[0] = GET(sk, __sk_common.skc_daddr);                                 \
		} else if (r->family == AF_INET6) {                                         \
			for (int i = 0; i < 4; i++) {                                           \
				from[i] = GET(sk, __sk_common.skc_v6_rcv_saddr.in6_u.u6_addr32[i]); \
				to[i] = GET(sk, __sk_common.skc_v6_daddr.in6_u.u6_addr32[i]);       \
			}                                                                       \
		}                                                                           \
	}

/*
 * What is known to be a socket is read as it stands there. Of what is an address
 * and no more, a helper must read each field, which takes ten times as long. In both
 * a local port is read by a helper where the kernel does not let it be said that the
 * socket is an inet_sock.
 */
#define STANDS(p, field) ((p)->field)
#define READS(p, field) BPF_CORE_READ(p, field)
#define NETNS_STANDS(sk) ((sk)->__sk_common.skc_net.net->ns.inum)
#define NETNS_READ(sk) BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum)
#define SPORT_CAST(sk) (casts ? AS(inet_sock, sk)->inet_sport : BPF_CORE_READ((const struct inet_sock *)(sk), inet_sport))
#define SPORT_READ(sk) BPF_CORE_READ((const struct inet_sock *)(sk), inet_sport)

extern void *bpf_rdonly_cast(const void *object, __u32 type) __ksym __weak;

/* AS says of what type of the kernel's the thing at an address is; only where casts says so. */
#define AS(type, p) ((struct type *)bpf_rdonly_cast(p, bpf_core_type_id_kernel(struct type)))

OF_SOCKET(of_known_socket, STANDS, NETNS_STANDS, SPORT_CAST)
OF_SOCKET(of_socket_at, READS, NETNS_READ, SPORT_READ)

/* of_segment takes the addresses of what answers skb: the other way round. */
static __always_inline void of_segment(struct record *r, const struct sk_buff *skb)
{
	unsigned char *head = BPF_CORE_READ(skb, head);
	unsigned char *ip = head + BPF_CORE_READ(skb, network_header);
	struct tcp_header th = {};
	__u8 version = 0;

	bpf_probe_read_kernel(&th, sizeof(th), head + BPF_CORE_READ(skb, transport_header));
	bpf_probe_read_kernel(&version, 1, ip);
	if (version >> 4 == 6) {
		r->family = AF_INET6;
		bpf_probe_read_kernel(r->daddr, 16, ip + 8);
		bpf_probe_read_kernel(r->saddr, 16, ip + 24);
	} else {
		r->family = AF_INET;
		bpf_probe_read_kernel(r->daddr, 4, ip + 12);
		bpf_probe_read_kernel(r->saddr, 4, ip + 16);
	}
	r->sport = bpf_ntohs(th.dest);
	r->dport = bpf_ntohs(th.source);
	if (th.flags & 0x10)
		r->seq = bpf_ntohl(th.ack); /* RFC 9293 §3.5.2; without ACK it is 0 */
	r->flags |= ANSWERS | HAS_SEQ;
	if (!r->netns)
		r->netns = BPF_CORE_READ(skb, dev, nd_net.net, ns.inum);
}

static __always_inline void about_reset(struct record *r, const struct sock *sk, const struct sk_buff *skb)
{
	if (sk)
		of_socket_at(r, sk); /* it may be none even where the kernel holds that it is one */
	if (skb) {
		of_segment(r, skb);
	} else if (sk) {
		r->seq = BPF_CORE_READ((const struct tcp_sock *)sk, snd_nxt);
		r->flags |= HAS_SEQ;
	}
}

SEC("tp_btf/tcp_send_reset")
int BPF_PROG(on_send_reset, const struct sock *sk, const struct sk_buff *skb, int reason)
{
	struct record r = { .kind = SEND_RESET, .reason = reason, .flags = HAS_REASON };

	about_reset(&r, sk, skb);
	if (wanted(&r))
		emit(&r);
	return 0;
}

/*
 * Before Linux 6.10 there is no reason, and the tracepoint has two arguments. Which
 * functions led here tells it; addresses of the kernel's do not leave it.
 */
SEC("tp_btf/tcp_send_reset")
int BPF_PROG(on_send_reset_old, const struct sock *sk, const struct sk_buff *skb)
{
	struct record r = { .kind = SEND_RESET };
	__u64 stack[FRAMES] = {};

	about_reset(&r, sk, skb);
	if (!wanted(&r))
		return 0;
	bpf_get_stack(ctx, stack, sizeof(stack), 0);
	for (int i = 0; i < FRAMES; i++) {
		__u64 found = 0;

		/*
		 * Without a branch, or the verifier would follow each way through the
		 * table: 1 where the address is before the end and not before the
		 * beginning. All are in the upper half of the address space.
		 */
		for (int j = 0; j < FUNCTIONS; j++)
			found += (((stack[i] - functions[j].to) >> 63) - ((stack[i] - functions[j].from) >> 63)) * (j + 1);
		r.stack[i] = found;
	}
	emit(&r);
	return 0;
}

/* elsewhere reports whether a socket is in another network namespace than is asked for. */
static __always_inline bool elsewhere(const struct sock *sk)
{
	return control.netns && NETNS_STANDS(sk) != control.netns;
}

static __always_inline int told(struct record *r, struct sock *sk)
{
	of_known_socket(r, sk);
	if (wanted(r))
		emit(r);
	return 0;
}

SEC("tp_btf/tcp_receive_reset")
int BPF_PROG(on_receive_reset, struct sock *sk)
{
	struct record r = { .kind = RECEIVE_RESET };

	if (elsewhere(sk))
		return 0;
	return told(&r, sk);
}

SEC("tp_btf/inet_sk_error_report")
int BPF_PROG(on_error_report, struct sock *sk)
{
	struct record r = { .kind = ERROR_REPORT };

	if (elsewhere(sk) || sk->sk_protocol != IPPROTO_TCP)
		return 0;
	r.error = sk->sk_err;
	return told(&r, sk);
}

/* ours remembers a socket that a followed process works on. */
static __always_inline void ours(struct sock *sk)
{
	__u8 yes = 1;
	__u64 cookie;

	if (!by_process || !followed())
		return;
	cookie = BPF_CORE_READ(sk, __sk_common.skc_cookie.counter);
	if (cookie)
		bpf_map_update_elem(&sockets, &cookie, &yes, BPF_ANY);
}

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(on_set_state, struct sock *sk, int before, int after)
{
	struct record r = { .kind = SET_STATE, .before = before };

	if (elsewhere(sk) || sk->sk_protocol != IPPROTO_TCP)
		return 0;
	if (!sk->__sk_common.skc_cookie.counter)
		bpf_get_socket_cookie(sk); /* gives it one: every socket passes here before it can fail */
	if (after == 2 || after == 10) /* SYN_SENT, LISTEN: in the caller's own context */
		ours(sk);
	of_known_socket(&r, sk);
	r.state = after;
	if (wanted(&r))
		emit(&r);
	return 0;
}

static __always_inline int length(struct sock *sk, int ret, enum kind kind)
{
	struct record r = { .kind = kind, .result = ret };

	if (elsewhere(sk) || sk->sk_protocol != IPPROTO_TCP)
		return 0;
	ours(sk);
	return told(&r, sk);
}

SEC("tp_btf/sock_send_length")
int BPF_PROG(on_send_length, struct sock *sk, int ret, int flags)
{
	return length(sk, ret, SEND_LENGTH);
}

SEC("tp_btf/sock_recv_length")
int BPF_PROG(on_recv_length, struct sock *sk, int ret, int flags)
{
	return length(sk, ret, RECV_LENGTH);
}

SEC("tp_btf/tcp_retransmit_skb")
int BPF_PROG(on_retransmit, struct sock *sk)
{
	struct record r = { .kind = RETRANSMIT };

	if (elsewhere(sk))
		return 0;
	return told(&r, sk);
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(on_fork, struct task_struct *parent, struct task_struct *child)
{
	struct record r = { .kind = FORK };
	__u32 from = BPF_CORE_READ(parent, tgid), to = BPF_CORE_READ(child, tgid);
	__u8 yes = 1;

	if (!by_process || !bpf_map_lookup_elem(&processes, &from))
		return 0;
	if (from == to)
		return 0; /* a thread */
	bpf_map_update_elem(&processes, &to, &yes, BPF_ANY);
	r.pid = to;
	r.tid = BPF_CORE_READ(child, pid);
	r.result = from;
	BPF_CORE_READ_STR_INTO(&r.comm, child, comm);
	emit(&r);
	return 0;
}

/* unfinished tells of the call that a thread ends in. */
static __always_inline void unfinished(__u32 tid)
{
	struct call *c = bpf_map_lookup_elem(&waiting, &tid);

	if (!c)
		return;
	c->r.flags |= UNFINISHED;
	if (c->pending && (by_process || wanted(&c->r)))
		emit(&c->r);
	bpf_map_delete_elem(&waiting, &tid);
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(on_exit, struct task_struct *task)
{
	struct record r = { .kind = EXIT };
	__u32 tgid = BPF_CORE_READ(task, tgid), tid = BPF_CORE_READ(task, pid);

	unfinished(tid);
	if (!by_process || tid != tgid || !bpf_map_lookup_elem(&processes, &tgid))
		return 0;
	emit(&r);
	return 0; /* other threads of it may live on: the number stays until it is recycled out */
}

/*
 * file_of returns the file behind a descriptor of the current task, or 0. In what
 * follows each way to a socket stands there twice: read as it stands where the kernel
 * can be told what is at an address, and else by a helper, field by field.
 */
static __always_inline struct file *file_of(__u32 fd)
{
	struct file **slots, *file = 0;

	if (casts) {
		struct fdtable *table = bpf_get_current_task_btf()->files->fdt;

		if (fd >= table->max_fds)
			return 0;
		slots = table->fd;
	} else {
		struct task_struct *task = (struct task_struct *)bpf_get_current_task();
		struct fdtable *table = BPF_CORE_READ(task, files, fdt);

		if (fd >= BPF_CORE_READ(table, max_fds))
			return 0;
		slots = BPF_CORE_READ(table, fd);
	}
	bpf_probe_read_kernel(&file, sizeof(file), slots + fd);
	return file;
}

static __always_inline bool is_tcp(int protocol)
{
	return protocol == IPPROTO_TCP || protocol == IPPROTO_MPTCP;
}

/* socket_of returns the TCP socket behind a file, or 0. */
static __always_inline struct sock *socket_of(struct file *file)
{
	struct socket *socket;
	struct sock *sk;

	/* Of the kinds of files only a socket's has a struct socket, which points back. */
	if (casts) {
		socket = AS(socket, AS(file, file)->private_data);
		if (socket->file != file)
			return 0;
		sk = socket->sk;
		return sk && is_tcp(sk->sk_protocol) ? sk : 0;
	}
	socket = BPF_CORE_READ(file, private_data);
	if (!socket || BPF_CORE_READ(socket, file) != file)
		return 0;
	sk = BPF_CORE_READ(socket, sk);
	return sk && is_tcp(BPF_CORE_READ(sk, sk_protocol)) ? sk : 0;
}

/* of_socket is of what socket_of has returned. */
static __always_inline void of_socket(struct record *r, const struct sock *sk)
{
	if (casts)
		of_known_socket(r, sk);
	else
		of_socket_at(r, sk);
}

static __always_inline __u32 netns_of(const struct sock *sk)
{
	return casts ? NETNS_STANDS(sk) : NETNS_READ(sk);
}

/* last reports whether nothing else leads to a file: a close of it is the socket's. */
static __always_inline bool last(struct file *file)
{
	if (bpf_core_field_exists(file->f_ref)) /* and so bpf_rdonly_cast */
		return (casts ? AS(file, file)->f_ref.refcnt.counter : BPF_CORE_READ(file, f_ref.refcnt.counter)) == 0;
	return BPF_CORE_READ((struct file___counted *)file, f_count.counter) == 1;
}

#define SOL_SOCKET 1
#define SO_ERROR 4
#define SO_LINGER 13
#define TCP_REPAIR 19
#define MSG_PEEK 2
#define VECTORS 16 /* of an array that is added up; what is beyond is not counted */

struct iovec {
	__u64 base, len;
};

static __always_inline __s64 octets(__u64 at, __u64 n)
{
	struct iovec v;
	__s64 sum = 0;

	for (int i = 0; i < VECTORS; i++) {
		if (i >= n || bpf_probe_read_user(&v, sizeof(v), (void *)(at + i * sizeof(v))))
			break;
		sum += v.len;
	}
	return sum;
}

/* option reads what an option is set to, or was found to be. */
static __always_inline void option(struct record *r, int name, __u64 at)
{
	__s32 v[2] = {};

	if (name == SO_LINGER) {
		if (bpf_probe_read_user(v, sizeof(v), (void *)at))
			return;
		r->value = v[0] ? v[1] : -1;
	} else {
		if (bpf_probe_read_user(v, 4, (void *)at))
			return;
		r->value = v[0];
	}
	r->flags |= HAS_VALUE;
}

/* destination reads the address that a connect is to. */
static __always_inline void destination(struct record *r, __u64 at)
{
	struct {
		__u16 family;
		__be16 port;
		__u8 rest[24];
	} a = {};

	bpf_probe_read_user(&a, 16, (void *)at);
	if (a.family == AF_INET6)
		bpf_probe_read_user(&a, 28, (void *)at);
	r->asked = a.family;
	if (a.family != AF_INET && a.family != AF_INET6)
		return;
	if (r->family == AF_INET6 && a.family == AF_INET)
		return; /* refused by the kernel */
	r->dport = bpf_ntohs(a.port);
	if (a.family == AF_INET)
		__builtin_memcpy(r->daddr, a.rest, 4);
	else
		__builtin_memcpy(r->daddr, a.rest + 4, 16);
}

static __always_inline void arguments(struct record *r, struct pt_regs *regs, __u16 shape)
{
	__u64 flags = 0, at;

	if (shape & LENGTH)
		r->asked = THIRD_ARGUMENT(regs);
	if (shape & LENGTH4)
		r->asked = FOURTH_ARGUMENT(regs);
	if (shape & HOW)
		r->asked = SECOND_ARGUMENT(regs);
	if (shape & OPTION)
		r->asked = (int)THIRD_ARGUMENT(regs);
	if (shape & OUTPUT)
		r->asked = FIFTH_ARGUMENT(regs);
	if (shape & VECTOR)
		r->asked = octets(SECOND_ARGUMENT(regs), THIRD_ARGUMENT(regs));
	if (shape & MESSAGE) {
		struct {
			__u64 name, namelen, iov, iovlen;
		} m = {};

		at = SECOND_ARGUMENT(regs);
		bpf_probe_read_user(&m, sizeof(m), (void *)at);
		r->asked = octets(m.iov, m.iovlen);
	}
	if (shape & ADDRESS) {
		at = SECOND_ARGUMENT(regs);
		destination(r, at);
	}
	if (shape & FLAGS3)
		flags = THIRD_ARGUMENT(regs);
	if (shape & FLAGS4)
		flags = FOURTH_ARGUMENT(regs);
	if (flags & MSG_PEEK)
		r->flags |= PEEKS;
}

static __always_inline bool option_wanted(int level, int name, bool sets)
{
	if (level == IPPROTO_TCP)
		return sets && name == TCP_REPAIR;
	return level == SOL_SOCKET && name == (sets ? SO_LINGER : SO_ERROR);
}

/* subject is what a call is on. */
struct subject {
	struct file *file;
	struct sock *sk;
	__s32 fd;
	__u8 flags;
};

/* subject_of finds the socket that a call is on; sk is 0 if there is none. */
static __always_inline struct subject subject_of(struct pt_regs *regs, __u16 shape)
{
	struct subject s = {};

	s.fd = FIRST_ARGUMENT(regs);
	if (shape & SECOND) {
		if (s.fd == (int)SECOND_ARGUMENT(regs))
			return s; /* nothing is replaced */
		s.fd = SECOND_ARGUMENT(regs);
	}
	s.file = file_of(s.fd);
	s.sk = s.file ? socket_of(s.file) : 0;
	if (!s.sk && shape & OUTPUT) {
		s.fd = THIRD_ARGUMENT(regs);
		s.flags = WRITES;
		s.file = file_of(s.fd);
		s.sk = s.file ? socket_of(s.file) : 0;
	}
	return s;
}

/* call_of returns where the current thread's call is written, or 0 if there is no room. */
static __always_inline struct call *call_of(__u32 tid)
{
	struct call *c = bpf_map_lookup_elem(&waiting, &tid);

	if (!c) {
		struct call none = {};

		bpf_map_update_elem(&waiting, &tid, &none, BPF_NOEXIST);
		c = bpf_map_lookup_elem(&waiting, &tid);
	}
	return c;
}

/* call_wanted is the same of a call that is made and as it returns: its arguments are still there. */
static __always_inline bool call_wanted(struct pt_regs *regs, long nr)
{
	__u16 shape;

	if (nr < 0 || nr >= MAX_CALLS)
		return 0;
	shape = traced[nr];
	if (shape & OPTION)
		return option_wanted(SECOND_ARGUMENT(regs), THIRD_ARGUMENT(regs), nr == set_option);
	return shape;
}

SEC("tp_btf/sys_enter")
int BPF_PROG(on_enter, struct pt_regs *regs, long nr)
{
	struct subject on;
	struct call *c;
	__u64 start;
	__u32 tid;
	__u16 shape;

	if (!call_wanted(regs, nr) || by_process && !followed())
		return 0;
	tid = bpf_get_current_pid_tgid();
	shape = traced[nr & (MAX_CALLS - 1)];
	on = subject_of(regs, shape);
	/* What is of another program is not worth its time. */
	if (!on.sk || control.netns && netns_of(on.sk) != control.netns) {
		c = bpf_map_lookup_elem(&waiting, &tid);
		if (c)
			c->inside = 0;
		return 0;
	}
	c = call_of(tid);
	if (!c) {
		__sync_fetch_and_add(&control.lost, 1);
		return 0;
	}
	start = bpf_ktime_get_ns();
	if (c->pending && c->r.call == nr && c->r.fd == on.fd)
		start = c->r.start; /* it begins again, after a signal */
	__builtin_memset(&c->r, 0, sizeof(c->r));
	c->r.kind = RETURN;
	c->r.call = nr;
	c->r.fd = on.fd;
	c->r.flags = on.flags;
	c->r.start = start;
	of_socket(&c->r, on.sk);
	arguments(&c->r, regs, shape);
	if (shape & CLOSES && last(on.file))
		c->r.flags |= LAST;
	if (shape & OPTION && nr == set_option)
		option(&c->r, THIRD_ARGUMENT(regs), FOURTH_ARGUMENT(regs));
	c->pending = c->inside = 1;
	return 0;
}

/* outcome adds what is known of the socket once the call has returned. */
static __always_inline void outcome(struct record *r, __u16 shape)
{
	struct record now = {};
	struct file *file = file_of(shape & MAKES && r->result >= 0 ? r->result : r->fd);
	struct sock *sk = file ? socket_of(file) : 0;

	if (!sk)
		return;
	of_socket(&now, sk);
	if (shape & MAKES && r->result >= 0)
		r->made = now.cookie;
	else if (r->cookie && r->cookie != now.cookie)
		return; /* the descriptor is another socket's by now */
	else
		r->cookie = now.cookie;
	ours(sk);
	r->state = now.state;
	r->sport = now.sport;
	__builtin_memcpy(r->saddr, now.saddr, sizeof(r->saddr));
	if (!(shape & ADDRESS) || r->result >= 0) { /* a connect that has failed leaves no address */
		r->dport = now.dport;
		__builtin_memcpy(r->daddr, now.daddr, sizeof(r->daddr));
	}
}

SEC("tp_btf/sys_exit")
int BPF_PROG(on_return, struct pt_regs *regs, long ret)
{
	long nr = CALL_NUMBER(regs);
	struct call *c;
	__u32 tid;
	__u16 shape;

	if (!call_wanted(regs, nr))
		return 0;
	tid = bpf_get_current_pid_tgid();
	c = bpf_map_lookup_elem(&waiting, &tid);
	if (!c || !c->inside)
		return 0;
	c->inside = 0;
	if (ret <= -512 && ret >= -516)
		return 0; /* ERESTARTSYS and its like: interrupted, and no program sees it: the call begins again, or its thread ends */
	c->pending = 0;
	shape = traced[nr & (MAX_CALLS - 1)];
	c->r.result = ret;
	outcome(&c->r, shape);
	if (shape & OPTION && nr != set_option && ret >= 0)
		option(&c->r, SO_ERROR, FOURTH_ARGUMENT(regs));
	if (by_process || wanted(&c->r)) /* a followed process's own call: on_enter has seen to it */
		emit(&c->r);
	return 0;
}
