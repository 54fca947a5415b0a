/*
 * CNine: what Swift cannot import from C, and nothing else.
 *
 * Variadic functions and macros of the C library, each under a name of its own.
 * No policy: every function here is one call.
 */
#ifndef CNINE_H
#define CNINE_H

#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#include "CNineMeasure.h"
#include "CNineProcess.h"
#include "CNineThreads.h"

/* open(2) with a mode: variadic in C. */
static inline int cnine_open(const char *path, int flags, mode_t mode)
{
	return open(path, flags, mode);
}

/* openat(2) with a mode: variadic in C. */
static inline int cnine_openat(int directory, const char *path, int flags, mode_t mode)
{
	return openat(directory, path, flags, mode);
}

/* openat2(2) with RESOLVE_BENEATH and RESOLVE_NO_MAGICLINKS: whatever the names and the symbolic
 * links on the way say, the file lies below the directory, or the call fails with EXDEV.  ENOSYS
 * where the system has no such call. */
int cnine_open_beneath(int directory, const char *path, int flags);

/* Which of the 64 bytes at `bytes` are `byte`: bit i is set for bytes[i].  Swift has the comparison
 * of vectors, and no way to make one word of its answer. */
uint64_t cnine_marks(const unsigned char *bytes, unsigned char byte);

/* fcntl(2) with F_DUPFD_CLOEXEC: variadic in C. */
static inline int cnine_duplicate(int fd)
{
	return fcntl(fd, F_DUPFD_CLOEXEC, 0);
}

/* How many threads have a scene of injected faults (Faults.swift).  C's, since a variable of another
 * Swift module is found by a call, which every system call would pay for. */
extern int cnine_scenes;

static inline int cnine_has_scenes(void)
{
	return __atomic_load_n(&cnine_scenes, __ATOMIC_RELAXED) != 0;
}

static inline void cnine_count_scene(int by)
{
	__atomic_fetch_add(&cnine_scenes, by, __ATOMIC_RELAXED);
}

/* Locks the whole file behind fd, for reading or for writing; held by the open file, not by the
 * process, where the system can (F_OFD_SETLK).  -1 with EAGAIN if somebody else holds it. */
int cnine_lock(int fd, int writes);

/* accept4(2) with SOCK_CLOEXEC: behind _GNU_SOURCE. */
int cnine_accept(int fd, struct sockaddr *address, socklen_t *size);

/* Sends or receives one message with at most `room` descriptors beside its bytes.  The macros
 * that walk control messages are C's alone.  cnine_recv_fds closes what is beyond `room` and sets
 * `count` to how many there are; all of them are close-on-exec. */
ssize_t cnine_send_fds(int socket, const void *bytes, size_t size, const int *fds, int count);
ssize_t cnine_recv_fds(int socket, void *bytes, size_t size, int *fds, int room, int *count);

/* pidfd_open(2), waitid(2) with its fifth argument, getdents64(2): what glibc hides. */
int cnine_pidfd_open(int pid);
int cnine_waitid(int type, int id, siginfo_t *info, int options, struct rusage *usage);
ssize_t cnine_getdents(int fd, void *buffer, size_t size);

/* The fields of siginfo_t that are macros. */
static inline int cnine_si_pid(const siginfo_t *info) { return info->si_pid; }
static inline int cnine_si_status(const siginfo_t *info) { return info->si_status; }

/* renameat2(2) with RENAME_NOREPLACE: fails with EEXIST where `to` exists. */
int cnine_rename_new(const char *from, const char *to);

/* getpwuid_r(3), getgrgid_r(3), getgrnam_r(3) with memory of their own: 1 if there is one. */
int cnine_user_name(unsigned id, char *name, size_t size);
int cnine_group_name(unsigned id, char *name, size_t size);
int cnine_group_id(const char *name, unsigned *id);

/* O_DIRECT: behind _GNU_SOURCE, 0 where there is none. */
int cnine_o_direct(void);

/* Times of a file in nanoseconds since the epoch, as cnine_mtime_ns. */
static inline long long cnine_atime_ns(const struct stat *st)
{
#ifdef __APPLE__
	return st->st_atimespec.tv_sec * 1000000000LL + st->st_atimespec.tv_nsec;
#else
	return st->st_atim.tv_sec * 1000000000LL + st->st_atim.tv_nsec;
#endif
}

static inline long long cnine_ctime_ns(const struct stat *st)
{
#ifdef __APPLE__
	return st->st_ctimespec.tv_sec * 1000000000LL + st->st_ctimespec.tv_nsec;
#else
	return st->st_ctim.tv_sec * 1000000000LL + st->st_ctim.tv_nsec;
#endif
}

/* pipe2(2) with O_CLOEXEC: behind _GNU_SOURCE, which must come before the first header. */
int cnine_pipe(int ends[2]);

/* Waits until the process ends: pidfd_open(2) and poll(2), where the system has them.
 * 0 when it has ended, -1 with errno otherwise. */
int cnine_wait_end(int pid);

/* accept4(2), close-on-exec and non-blocking: behind _GNU_SOURCE too. */
int cnine_accept_now(int listener);

/* ioctl(TIOCGWINSZ): the terminal's columns, or -1. */
static inline int cnine_columns(int fd)
{
	struct winsize w;

	if (ioctl(fd, TIOCGWINSZ, &w) == -1)
		return -1;
	return w.ws_col;
}

/* st_mtime in nanoseconds since the epoch; st_mtim is a macro's field on some systems. */
static inline long long cnine_mtime_ns(const struct stat *st)
{
#ifdef __APPLE__
	return st->st_mtimespec.tv_sec * 1000000000LL + st->st_mtimespec.tv_nsec;
#else
	return st->st_mtim.tv_sec * 1000000000LL + st->st_mtim.tv_nsec;
#endif
}

/* The process environment: a global that Swift 6 cannot name safely. */
static inline char **cnine_environ(void)
{
	extern char **environ;

	return environ;
}

/*
 * Events: epoll_pwait2(2) and io_uring(7), which have no wrappers in every C library.  They return
 * -1 with errno, as syscall(2) does; a timeout is nanoseconds, or negative for none.
 */
struct cnine_event { unsigned int events; unsigned long long data; }
#ifdef __x86_64__
__attribute__((packed)) /* as struct epoll_event is */
#endif
;
int cnine_epoll_create(void);
int cnine_epoll_add(int epoll, int fd, unsigned events, unsigned long long data);
int cnine_epoll_wait(int epoll, struct cnine_event *events, int count, long long timeout_ns);
int cnine_eventfd(void);
/*
 * kqueue(2), where CNine is compiled with AIO_KQUEUE (-1 and ENOSYS elsewhere).  Events are those
 * of epoll, by changes; `error` is what the system has told and will not tell again, or 0.
 */
struct cnine_queue_event { unsigned int events; int error; unsigned long long data; };
int cnine_kqueue(void);
/* For writing alone: `fd` is watched for reading already. */
int cnine_kqueue_add(int queue, int fd, int reads, int writes, unsigned long long data);
/* To be called before `fd` is closed. */
void cnine_kqueue_forget(int queue, int fd);
int cnine_kqueue_wait(int queue, struct cnine_queue_event *list, int count, long long timeout_ns);
/* sendfile(2), where the system has Linux's. */
ssize_t cnine_sendfile(int socket, int file, long long *offset, size_t count);
int cnine_uring_setup(unsigned entries, void *params);
int cnine_uring_enter(int ring, unsigned submit, unsigned wait, unsigned flags, void *arg, size_t size);
int cnine_uring_register(int ring, unsigned opcode, void *arg, unsigned count);
/* A thread's error: the errno of its last failed call, or CNINE_EPLAN9 and a text. */
#define CNINE_ERRMAX 128
#define CNINE_EPLAN9 0x19283745

struct cnine_error {
	int code;
	unsigned char count;
	unsigned char text[CNINE_ERRMAX];
};

/* The calling thread's error: thread-local storage, which Swift cannot declare. */
__attribute__((returns_nonnull)) struct cnine_error *cnine_error(void);

/* strerror_r(3) as POSIX has it: thread-safe, 0 or an errno. */
int cnine_strerror(int code, char *text, size_t size);

/* The processor's counter: rdtsc on x86, the virtual counter on arm64, else nanoseconds. */
static inline unsigned long long cnine_cycles(void)
{
#if defined(__x86_64__) || defined(__i386__)
	return __builtin_ia32_rdtsc();
#elif defined(__aarch64__)
	unsigned long long count;

	__asm__ volatile("mrs %0, cntvct_el0" : "=r"(count));
	return count;
#else
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
#endif
}

/* What a loop that waits for another processor does between two looks. */
static inline void cnine_spinwait(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("yield");
#endif
}

/* A datagram's addresses, 16 bytes each; IPv4 is mapped. */
struct cnine_datagram {
	unsigned char remote[16]; /* who sent it, or shall get it */
	unsigned char local[16];  /* where it was sent to, or shall come from; 0 for any */
	unsigned char iface[16];  /* the interface's own address */
	unsigned short remote_port;
	unsigned int scope; /* of a link-local remote address */
	int index;          /* of the interface; 0 for any */
	int truncated;      /* what did not fit is lost */
};

/* setsockopt(IP_PKTINFO or IPV6_RECVPKTINFO): datagrams come with their local address. */
int cnine_udp_headers(int fd, int family);

/* recvmsg(2) with the addresses. */
ssize_t cnine_udp_receive(int fd, void *bytes, size_t size, struct cnine_datagram *d);

/* sendmsg(2) with the addresses, through a socket of AF_INET or AF_INET6. */
ssize_t cnine_udp_send(
    int fd, int family, const void *bytes, size_t size, const struct cnine_datagram *d);

/* The Swift runtime's, which no header of it declares: a new string, or NULL for another name. */
char *swift_demangle(
    const char *name, size_t size, char *room, size_t *room_size, unsigned int flags);

#endif
