/*
 * The benchmark's stand-in for a compiler, an archiver and time(1).
 *
 * Problem.  A build tool's own cost drowns in a compiler's.  A stand-in that
 * takes about a millisecond leaves the tool visible, but the tool's work must
 * stay real: an object for each compile and a depfile that tells the truth.
 *
 * Shape.  One static program; the name that it is called by says what it is:
 *
 *     cc       -c: reads the source, finds each #include "x" beside it and in
 *              the -I directories, writes the object and the depfile.
 *              Otherwise links: an executable shell script that does nothing.
 *     ar       writes an archive that names its members; ranlib does nothing.
 *     measure  measure FILE COMMAND...: runs it and writes to FILE
 *              "STATUS USER_US SYS_US WALL_US MAXRSS_KB\n".
 *
 * cc answers what Meson and CMake ask a compiler about itself (--version,
 * -dM, -Wl,--version) in GCC's words, so that they take it for one.
 *
 * measure exists because a child's peak RSS starts at that of the process it
 * was forked from: a Python parent would add its own ten megabytes.
 *
 * $BENCH_LOG, if set, gets a byte for each job (c, a or l): a build's count.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { DIRS_MAX = 64, TEXT_MAX = 1 << 16, PATH_SIZE = 4096 };

static void die(const char *what, const char *name) {
  fprintf(stderr, "standin: %s %s: %s\n", what, name, strerror(errno));
  exit(1);
}

static void count(char job) {
  const char *log = getenv("BENCH_LOG");
  if (log == NULL) return;
  int fd = open(log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
  if (fd < 0 || write(fd, &job, 1) != 1) die("cannot log to", log);
  close(fd);
}

static void put(const char *name, mode_t mode, const char *text, size_t size) {
  int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, mode);
  if (fd < 0) die("cannot write", name);
  if (write(fd, text, size) != (ssize_t)size) die("cannot write", name);
  close(fd);
}

/* What the command line says; only what matters to a build tool is kept. */
struct command {
  const char *source, *output, *depfile, *target;
  const char *dirs[DIRS_MAX];
  int dir_count, compiles, wants_deps;
};

static struct command parse(int argc, char **argv) {
  struct command c = {0};
  for (int i = 1; i < argc; i++) {
    const char *a = argv[i];
    const char *next = i + 1 < argc ? argv[i + 1] : "";
    if (strcmp(a, "-c") == 0) c.compiles = 1;
    else if (strcmp(a, "-o") == 0) c.output = next, i++;
    else if (strcmp(a, "-MF") == 0) c.depfile = next, i++;
    else if (strcmp(a, "-MT") == 0 || strcmp(a, "-MQ") == 0) c.target = next, i++;
    else if (strcmp(a, "-MD") == 0 || strcmp(a, "-MMD") == 0) c.wants_deps = 1;
    else if (strcmp(a, "-include") == 0 || strcmp(a, "-x") == 0) i++;
    else if (strncmp(a, "-I", 2) == 0) {
      if (c.dir_count == DIRS_MAX) die("too many -I at", a);
      c.dirs[c.dir_count++] = a[2] ? a + 2 : (i++, next);
    } else if (a[0] != '-') c.source = a;
  }
  return c;
}

/* Appends "NAME" as cc would find it: beside the source, then along -I. */
static size_t find(const struct command *c, const char *name, int size, char *out) {
  char path[PATH_SIZE];
  const char *slash = strrchr(c->source, '/');
  int beside = slash ? (int)(slash - c->source) + 1 : 0;
  for (int i = -1; i < c->dir_count; i++) {
    if (i < 0) snprintf(path, sizeof path, "%.*s%.*s", beside, c->source, size, name);
    else snprintf(path, sizeof path, "%s/%.*s", c->dirs[i], size, name);
    if (access(path, R_OK) == 0) return sprintf(out, " \\\n %s", path);
  }
  errno = ENOENT;
  fprintf(stderr, "standin: %s: %.*s not found\n", c->source, size, name);
  exit(1);
}

static int compile(const struct command *c) {
  static char text[TEXT_MAX], deps[TEXT_MAX * 2], guess[PATH_SIZE];
  int fd = open(c->source, O_RDONLY);
  if (fd < 0) die("cannot read", c->source);
  ssize_t size = read(fd, text, sizeof text - 1);
  if (size < 0) die("cannot read", c->source);
  close(fd);
  const char *target = c->target ? c->target : c->output;
  size_t used = sprintf(deps, "%s: %s", target, c->source);
  for (char *at = text; (at = strstr(at, "#include \"")) != NULL;) {
    at += strlen("#include \"");
    size_t length = strcspn(at, "\"\n");
    if (used + PATH_SIZE > sizeof deps) die("too many includes in", c->source);
    used += find(c, at, (int)length, deps + used);
  }
  deps[used++] = '\n';
  put(c->output, 0666, deps, used);  /* an object: any bytes will do */
  const char *depfile = c->depfile;
  if (depfile == NULL && c->wants_deps) {
    const char *dot = strrchr(c->output, '.');
    int stem = dot ? (int)(dot - c->output) : (int)strlen(c->output);
    snprintf(guess, sizeof guess, "%.*s.d", stem, c->output);
    depfile = guess;
  }
  if (depfile) put(depfile, 0666, deps, used);
  count('c');
  return 0;
}

static int has(int argc, char **argv, const char *word) {
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], word) == 0) return 1;
  }
  return 0;
}

/* Answers a question about the compiler; 0 if the command line is none. */
static int introduce(int argc, char **argv) {
  if (has(argc, argv, "--version")) {
    puts("gcc (stand-in of a benchmark) 12.2.0");
    puts("Copyright (C) 2022 Free Software Foundation, Inc.");
  } else if (has(argc, argv, "-Wl,--version")) {
    puts("GNU ld (stand-in of a benchmark) 2.40");
  } else if (has(argc, argv, "-dumpmachine")) {
    puts("x86_64-linux-gnu");
  } else if (has(argc, argv, "-dM")) {
    puts("#define __GNUC__ 12\n#define __GNUC_MINOR__ 2\n#define __GNUC_PATCHLEVEL__ 0");
    puts("#define __x86_64__ 1\n#define __linux__ 1\n#define __ELF__ 1");
  } else if (!has(argc, argv, "-E") && !has(argc, argv, "-print-search-dirs")) {
    return 0;
  }
  return 1;
}

static int cc(int argc, char **argv) {
  struct command c = parse(argc, argv);
  static const char nothing[] = "#!/bin/sh\nexit 0\n";
  if (c.compiles && c.source && c.output) return compile(&c);
  if (introduce(argc, argv)) return 0;
  if (c.output == NULL || c.source == NULL) {
    fputs("standin: nothing to do\n", stderr);
    return 2;
  }
  put(c.output, 0777, nothing, sizeof nothing - 1);
  count('l');
  return 0;
}

static int ar(int argc, char **argv) {
  if (argc < 3) return introduce(argc, argv) ? 0 : 2;
  FILE *archive = fopen(argv[2], "w");
  if (archive == NULL) die("cannot write", argv[2]);
  fputs("!<arch>\n", archive);
  for (int i = 3; i < argc; i++) fprintf(archive, "%s\n", argv[i]);
  if (fclose(archive) != 0) die("cannot write", argv[2]);
  count('a');
  return 0;
}

static long long us(struct timeval t) { return t.tv_sec * 1000000LL + t.tv_usec; }

static int measure(int argc, char **argv) {
  if (argc < 3) return 2;
  struct timespec from, to;
  struct rusage used;
  int status;
  clock_gettime(CLOCK_MONOTONIC, &from);
  pid_t child = fork();
  if (child < 0) die("cannot fork for", argv[2]);
  if (child == 0) {
    execvp(argv[2], argv + 2);
    fprintf(stderr, "standin: cannot run %s: %s\n", argv[2], strerror(errno));
    _exit(127);
  }
  while (wait4(child, &status, 0, &used) < 0) {
    if (errno != EINTR) die("cannot wait for", argv[2]);
  }
  clock_gettime(CLOCK_MONOTONIC, &to);
  FILE *out = fopen(argv[1], "w");
  if (out == NULL) die("cannot write", argv[1]);
  long long wall = (to.tv_sec - from.tv_sec) * 1000000LL + (to.tv_nsec - from.tv_nsec) / 1000;
  fprintf(out, "%d %lld %lld %lld %ld\n",
          WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
          us(used.ru_utime), us(used.ru_stime), wall, used.ru_maxrss);
  return fclose(out) != 0;
}

int main(int argc, char **argv) {
  const char *slash = strrchr(argv[0], '/');
  const char *name = slash ? slash + 1 : argv[0];
  if (strcmp(name, "cc") == 0) return cc(argc, argv);
  if (strcmp(name, "ar") == 0) return ar(argc, argv);
  if (strcmp(name, "ranlib") == 0) return 0;
  if (strcmp(name, "measure") == 0) return measure(argc, argv);
  fprintf(stderr, "standin: call me cc, ar, ranlib or measure, not %s\n", name);
  return 2;
}
