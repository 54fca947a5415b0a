/*
 * Probes for perf, bpftrace, SystemTap and gdb ("USDT").
 *
 * A probe is an instruction that does nothing, and a note in the program that says where it is,
 * where its arguments are, and which counter a tool raises while it looks: nobody calls these
 * functions while the counter is 0.  The form of the note is that of SystemTap's
 * UserSpaceProbeImplementation.
 */
#include "CNine.h"

#if defined(__linux__) && (defined(__x86_64__) || defined(__aarch64__))

__attribute__((section(".probes"), visibility("hidden"), used)) unsigned short cnine_probe_count;

#define PROBE(name, arguments, ...) \
	__asm__ volatile("990: nop\n" \
	    ".pushsection .note.stapsdt,\"\",\"note\"\n" \
	    ".balign 4\n" \
	    ".4byte 992f-991f, 994f-993f, 3\n" \
	    "991: .asciz \"stapsdt\"\n" \
	    "992: .balign 4\n" \
	    "993: .8byte 990b\n" \
	    ".8byte _.stapsdt.base\n" \
	    ".8byte cnine_probe_count\n" \
	    ".asciz \"libaio\"\n" \
	    ".asciz \"" name "\"\n" \
	    ".asciz \"" arguments "\"\n" \
	    "994: .balign 4\n" \
	    ".popsection\n" \
	    ".ifndef _.stapsdt.base\n" \
	    ".pushsection .stapsdt.base,\"aGR\",\"progbits\",.stapsdt.base,comdat\n" \
	    ".weak _.stapsdt.base\n" \
	    ".hidden _.stapsdt.base\n" \
	    "_.stapsdt.base: .space 1\n" \
	    ".size _.stapsdt.base, 1\n" \
	    ".popsection\n" \
	    ".endif\n" : : __VA_ARGS__)

int
cnine_probes_are_on(void)
{
	return __atomic_load_n(&cnine_probe_count, __ATOMIC_RELAXED) != 0;
}

__attribute__((noinline)) void
cnine_probe_begin(const struct cnine_debug_record *record)
{
	unsigned kind = record->kind, op = record->op;

	PROBE("begin", "8@%0 8@%1 4@%2 4@%3 4@%4 4@%5 8@%6 8@%7", "r"(record->event),
	    "r"(record->parent), "r"(kind), "r"(op), "r"(record->group), "r"(record->site),
	    "r"(record->callback), "r"(record->argument));
}

__attribute__((noinline)) void
cnine_probe_end(unsigned long long event)
{
	PROBE("end", "8@%0", "r"(event));
}

#else

int
cnine_probes_are_on(void)
{
	return 0;
}

void
cnine_probe_begin(const struct cnine_debug_record *record)
{
	(void)record;
}

void
cnine_probe_end(unsigned long long event)
{
	(void)event;
}

#endif
