/*
 * load: what an echo server costs a request.
 *
 *     load [-c CONNECTIONS] [-d DEPTH] [-s SIZE] [-t SECONDS] [-w SECONDS] [-m] [-g] PORT PID
 *
 * Keeps DEPTH messages of SIZE bytes under way on each of CONNECTIONS; with -m each message has a
 * connection of its own, CONNECTIONS of them at a time; with -g the messages are requests for / of
 * HTTP, and the answers are as long as the first one was.  After a warm-up (-w) it counts requests,
 * how long each took, and the processor time of the server PID, all its threads.  Prints a line
 *
 *     requests N seconds S cpu-ns C p50-us L p99-us L rss-kb K conn-bytes B
 *
 * cpu-ns is for a request; conn-bytes is what a connection added to the server's resident memory.
 * Connections end with a reset, so that none waits in TIME_WAIT.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { DEPTH_MAX = 64, BUCKETS = 4096 };

struct connection {
	int fd;
	unsigned received; /* bytes of the message that is coming in */
	unsigned first, last;
	uint64_t sent[DEPTH_MAX]; /* when the messages under way went out */
};

static struct connection *connections;
static int count = 100, depth = 1, size = 64, answer, is_connecting, is_web, set, server;
static double seconds = 0.5, warm_up = 0.15;
static struct sockaddr_in address;
static char *message, buffer[65536];
static uint64_t histogram[BUCKETS], requests;

static void
die(const char *what)
{
	perror(what);
	exit(1);
}

static uint64_t
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

/* Nanoseconds on a processor of all threads of the server. */
static uint64_t
server_cpu(void)
{
	char path[64];
	unsigned long long run, sum = 0;
	struct dirent *entry;
	FILE *file;
	DIR *tasks;

	snprintf(path, sizeof path, "/proc/%d/task", server);
	tasks = opendir(path);
	if (tasks == NULL)
		die(path);
	while ((entry = readdir(tasks)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof path, "/proc/%d/task/%.16s/schedstat", server, entry->d_name);
		file = fopen(path, "r");
		if (file == NULL)
			continue;
		if (fscanf(file, "%llu", &run) == 1)
			sum += run;
		fclose(file);
	}
	closedir(tasks);
	return sum;
}

static long
server_rss(void)
{
	char path[64];
	long all, resident = 0;
	FILE *file;

	snprintf(path, sizeof path, "/proc/%d/statm", server);
	file = fopen(path, "r");
	if (file == NULL || fscanf(file, "%ld %ld", &all, &resident) != 2)
		die(path);
	fclose(file);
	return resident * sysconf(_SC_PAGESIZE);
}

/* 64 buckets an octave: 1.6 percent. */
static void
note(uint64_t ns)
{
	int octave, bucket = ns;

	if (ns >= 64) {
		octave = 63 - __builtin_clzll(ns);
		bucket = (octave - 5) * 64 + (ns >> (octave - 6) & 63);
	}
	histogram[bucket]++;
	requests++;
}

static double
quantile_us(double part)
{
	uint64_t seen = 0;
	int bucket, octave;

	for (bucket = 0; bucket < BUCKETS; bucket++) {
		seen += histogram[bucket];
		if (seen < part * requests)
			continue;
		if (bucket < 64)
			return bucket / 1e3;
		octave = bucket / 64 + 5;
		return ((1ull << octave) | (uint64_t)(bucket % 64) << (octave - 6)) / 1e3;
	}
	return 0;
}

static void
push(struct connection *c, int messages, uint64_t time)
{
	ssize_t want = (ssize_t)messages * size;
	int i;

	for (i = 0; i < messages; i++)
		c->sent[c->last++ % DEPTH_MAX] = time;
	if (send(c->fd, message, want, MSG_NOSIGNAL) != want && errno != EINPROGRESS)
		die("send");
}

static void
join(struct connection *c, int flags)
{
	struct linger linger = { 1, 0 };
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = c };
	int on = 1;

	c->fd = socket(AF_INET, SOCK_STREAM | flags, 0);
	c->received = c->first = c->last = 0;
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
	if (connect(c->fd, (struct sockaddr *)&address, sizeof address) == -1)
		die("connect");
	if (epoll_ctl(set, EPOLL_CTL_ADD, c->fd, &event) == -1)
		die("epoll_ctl");
}

static void
turn(struct connection *c, uint64_t time)
{
	ssize_t got = recv(c->fd, buffer, sizeof buffer, MSG_DONTWAIT);
	int messages = 0;

	if (got == -1 && errno == EAGAIN)
		return;
	if (got <= 0)
		die("recv");
	for (c->received += got; c->received >= (unsigned)answer; c->received -= answer) {
		note(time - c->sent[c->first++ % DEPTH_MAX]);
		messages++;
	}
	if (messages == 0)
		return;
	if (is_connecting) {
		close(c->fd);
		join(c, 0);
		push(c, 1, now());
	} else {
		push(c, messages, time);
	}
}

static void
run(long rss_before)
{
	static struct epoll_event events[512];
	uint64_t time, begin = now(), end = 0, cpu = 0;
	double took;
	int i, n;

	for (;;) {
		n = epoll_wait(set, events, 512, 2000);
		if (n == 0) {
			fprintf(stderr, "load: the server has stopped answering\n");
			exit(1);
		}
		time = now();
		if (end == 0 && time - begin > (uint64_t)(warm_up * 1e9)) {
			requests = 0;
			memset(histogram, 0, sizeof histogram);
			cpu = server_cpu();
			begin = now();
			end = begin + (uint64_t)(seconds * 1e9);
		}
		for (i = 0; i < n; i++)
			turn(events[i].data.ptr, time);
		if (end != 0 && time > end)
			break;
	}
	took = (now() - begin) / 1e9;
	cpu = server_cpu() - cpu;
	printf("requests %llu seconds %.3f cpu-ns %.1f p50-us %.1f p99-us %.1f rss-kb %ld "
	       "conn-bytes %ld\n",
	    (unsigned long long)requests, took, (double)cpu / requests, quantile_us(0.5),
	    quantile_us(0.99), server_rss() / 1024, (server_rss() - rss_before) / count);
}

/* Makes the messages requests, and asks one to learn how long the answers are. */
static void
become_web(void)
{
	static const char request[] = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
	int fd = socket(AF_INET, SOCK_STREAM, 0), got = 0, i;
	char *end, *length;
	ssize_t n;

	size = sizeof request - 1;
	message = malloc((size_t)depth * size);
	for (i = 0; i < depth; i++)
		memcpy(message + i * size, request, size);
	if (connect(fd, (struct sockaddr *)&address, sizeof address) == -1)
		die("connect");
	if (send(fd, message, size, MSG_NOSIGNAL) != size)
		die("send");
	do {
		n = recv(fd, buffer + got, sizeof buffer - 1 - got, 0);
		if (n <= 0)
			die("recv");
		buffer[got += n] = '\0';
		end = strstr(buffer, "\r\n\r\n");
		length = strcasestr(buffer, "\r\ncontent-length:");
		answer = end == NULL ? 0 : end + 4 - buffer + (length == NULL ? 0 : atoi(length + 17));
	} while (answer == 0 || got < answer);
	close(fd);
}

static void
usage(void)
{
	fprintf(stderr, "usage: load [-c CONNECTIONS] [-d DEPTH] [-s SIZE] [-t SECONDS] "
	                "[-w SECONDS] [-m] [-g] PORT PID\n");
	exit(2);
}

int
main(int argc, char **argv)
{
	long rss;
	int i, option;

	while ((option = getopt(argc, argv, "c:d:s:t:w:mg")) != -1) {
		switch (option) {
		case 'c': count = atoi(optarg); break;
		case 'd': depth = atoi(optarg); break;
		case 's': size = atoi(optarg); break;
		case 't': seconds = atof(optarg); break;
		case 'w': warm_up = atof(optarg); break;
		case 'm': is_connecting = 1; break;
		case 'g': is_web = 1; break;
		default: usage();
		}
	}
	if (argc - optind != 2 || count < 1 || depth < 1 || depth > DEPTH_MAX || size < 1)
		usage();
	address.sin_family = AF_INET;
	address.sin_port = htons(atoi(argv[optind]));
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	server = atoi(argv[optind + 1]);
	message = calloc(depth, size);
	answer = size;
	if (is_web)
		become_web();
	connections = calloc(count, sizeof *connections);
	set = epoll_create1(0);
	rss = server_rss();
	for (i = 0; i < count; i++)
		join(&connections[i], 0);
	for (i = 0; i < count; i++)
		push(&connections[i], is_connecting ? 1 : depth, now());
	run(rss);
	return 0;
}
