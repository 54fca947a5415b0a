/*
 * What threads need of C: storage of their own, sleeping on a word, a trace of calls in a signal
 * handler, and a section of the program that debuggers find.
 */
#ifndef CNINE_THREADS_H
#define CNINE_THREADS_H

#include <stddef.h>

/* Four pointers of the calling thread, NULL at first: the program's (threaddata), the runtime's (the
 * worker that runs on this thread, and what its loop is doing), and what the thread was started to
 * run. */
__attribute__((returns_nonnull)) void **cnine_thread_data(void);
void *cnine_thread_worker(void);
void cnine_set_thread_worker(void *worker);
void *cnine_thread_loop(void);
void cnine_set_thread_loop(void *loop);
void *cnine_thread_body(void);
void cnine_set_thread_body(void *body);

/*
 * Jobs of Swift's tasks that are on their way to its pool of threads.  Those of a thread whose
 * world is not NULL are given to `function` instead, with the world; and it is called with NULL when
 * such a thread asks for the main executor.  Jobs of other threads go their way.  Returns 0 if that
 * is not possible: no tasks, or executors of somebody else.  Once a process.
 */
typedef void cnine_escape(void *world, void *job);
int cnine_catch_escapes(cnine_escape *function);
void *cnine_thread_world(void);
void cnine_set_thread_world(void *world);

/* 64 bytes of the calling thread, 0 at first, for what it waits in: a thread waits in one queue. */
__attribute__((returns_nonnull)) void *cnine_thread_node(void);

#ifdef __swift__
/* The Swift task that the calling thread runs, as a number; 0 for none.  The language's own ABI,
 * which its library leads to by counting references only. */
void *swift_task_getCurrent(void) __attribute__((swiftcall));
static inline unsigned long
cnine_current_task(void)
{
	return (unsigned long)swift_task_getCurrent();
}
#endif

/* Asks for the cache lines behind `count` pointers, to be written soon. */
void cnine_prefetch(void *const *addresses, int count);

/* Sleeps while *word is `value`; may return for no reason.  futex(2).  A negative time is none;
 * returns 0 if the time has run out. */
int cnine_park(unsigned *word, unsigned value, long long timeout_ns);
/* Wakes at most `count` of those that sleep on word.  The word is not looked at. */
void cnine_unpark(unsigned *word, int count);

/* pthread_create(3) with a stack of at least `stack` bytes (0 for the system's usual size),
 * detached if asked for; 0 or an errno.  The number goes to *id if that is not NULL. */
int cnine_thread_start(
    void *(*body)(void *), void *argument, size_t stack, unsigned long *id, int detached);
int cnine_thread_join(unsigned long id);
unsigned long cnine_thread_self(void);
__attribute__((noreturn)) void cnine_thread_exit(void);
/* The processor that the calling thread shall stay on. */
int cnine_thread_pin(int cpu);

/*
 * The calls under way in another thread: it is interrupted with SIGURG, whose handler this
 * installs, and notes its return addresses.  Returns how many, at most `room`; -1 if the thread
 * did not answer within `timeout_ns`.  One caller at a time.
 */
void cnine_answer_backtraces(void); /* the calling thread lets SIGURG in */
int cnine_backtrace_of(unsigned long id, void **addresses, int room, long long timeout_ns);
/* "program(+0x1234)" of an address, or "symbol+12 (program)"; its length. */
int cnine_describe_address(void *address, char *text, size_t size);

/*
 * What a debugger reads, of a live process or of a core: section "eel_dbg" of the program holds one
 * struct cnine_debug.  All is in the machine's own layout; addresses are 64 bits on every machine.
 */
enum {
	CNINE_DEBUG_VERSION = 2,
	CNINE_DEBUG_LOOPS = 1024,
	CNINE_DEBUG_SITES = 8192,
	CNINE_DEBUG_GROUPS = 65536,
	CNINE_DEBUG_RECORDS = 1, /* flag of a loop: it keeps records */
	CNINE_DEBUG_WATCHES = 2  /* flag of a loop: stop at events of the watched group */
};

/* What one loop is doing: 128 bytes, written by its thread alone. */
struct cnine_debug_loop {
	unsigned long long ring;     /* address of the records; 0 if none are kept */
	unsigned long long mask;     /* how many there is room for, less one */
	unsigned long long head;     /* how many have been written; the next goes to head & mask */
	unsigned long long event;    /* the event under way; 0 if the loop waits */
	unsigned int group;          /* whose it is */
	unsigned int site;           /* where it was registered */
	unsigned long long sequence; /* the number of the last event that began */
	unsigned long long parent;   /* the event that registered the one under way */
	unsigned int worker;
	unsigned int flags;
	unsigned long long reserved[8];
};

/* An event that began: 64 bytes. */
struct cnine_debug_record {
	unsigned long long time;     /* in cycles, as cnine_cycles */
	unsigned long long event;
	unsigned long long parent;
	unsigned long long callback; /* address of the code, or of the receiver */
	unsigned long long argument;
	unsigned int group;
	unsigned int site;
	unsigned int cycles;         /* how long it took; 0 while it runs */
	int fd;
	unsigned char kind;
	unsigned char op;
	unsigned short worker;
	unsigned int reserved;
};

/* What the number of a place stands for: 32 bytes.  The texts are the program's constants. */
struct cnine_debug_site {
	unsigned long long file;     /* address of "Module/File.swift"; no zero at its end */
	unsigned long long function;
	unsigned int file_length;
	unsigned int function_length;
	unsigned int line;
	unsigned int number;
};

/* What the number of a group stands for: 64 bytes. */
struct cnine_debug_group {
	unsigned int number;
	unsigned int length;         /* of the name; what is longer than there is room for is cut off */
	char name[56];
};

struct cnine_debug {
	char magic[8];               /* "EELDBG\0\0" */
	unsigned int version;
	unsigned int size;           /* of this struct */
	unsigned int loop_size;
	unsigned int record_size;
	unsigned int loop_room;
	unsigned int loop_count;     /* those from here on are 0 */
	unsigned int watched_group;
	unsigned int reserved;
	unsigned long long sites;    /* address of cnine_debug_site, as many as site_count */
	unsigned long long groups;   /* address of cnine_debug_group, as many as group_count */
	unsigned int site_count;
	unsigned int group_count;
	unsigned long long loops[CNINE_DEBUG_LOOPS]; /* addresses of cnine_debug_loop; 0 where it ended */
};

extern struct cnine_debug cnine_dbg;

/* The section, and its word that a debugger may write at any time. */
__attribute__((returns_nonnull)) static inline void *cnine_debug_address(void) { return &cnine_dbg; }
static inline unsigned cnine_watched_group(void)
{
	return __atomic_load_n(&cnine_dbg.watched_group, __ATOMIC_RELAXED);
}
static inline void cnine_watch_group(unsigned group)
{
	__atomic_store_n(&cnine_dbg.watched_group, group, __ATOMIC_RELAXED);
}

/* Enters a loop, and takes it out again.  The slot, or -1 if there is none. */
int cnine_debug_enter(struct cnine_debug_loop *loop);
void cnine_debug_leave(int slot);
/* Says what a number stands for; what there is no room for keeps its number.  One caller at a time. */
void cnine_debug_name_site(unsigned number, const char *file, size_t file_length, unsigned line,
    const char *function, size_t function_length);
void cnine_debug_name_group(unsigned number, const char *name, size_t length);
/* Probes libaio:begin (event, parent, kind, op, group, site, callback, argument) and libaio:end
 * (event), for who traces: to be called while somebody does. */
int cnine_probes_are_on(void);
void cnine_probe_begin(const struct cnine_debug_record *record);
void cnine_probe_end(unsigned long long event);
/* Where a debugger puts its breakpoint: called at events of the watched group. */
void eel_dbg_stop(unsigned group, unsigned long long event, unsigned kind,
    unsigned long long callback, unsigned long long argument, int fd);

#endif
