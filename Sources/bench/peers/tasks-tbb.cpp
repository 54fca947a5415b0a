// Tasks that do nothing, by oneTBB's task_group: the peer of `pool`, with its options and output.
#include <tbb/global_control.h>
#include <tbb/parallel_invoke.h>
#include <tbb/task_group.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

namespace {

double
seconds(clockid_t clock)
{
  timespec t;
  clock_gettime(clock, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

void
fork(tbb::task_group &group, int depth)
{
  if (depth == 0)
    return;
  group.run([&group, depth] { fork(group, depth - 1); });
  group.run([&group, depth] { fork(group, depth - 1); });
}

void
invoke(int depth)
{
  if (depth == 0)
    return;
  tbb::parallel_invoke([=] { invoke(depth - 1); }, [=] { invoke(depth - 1); });
}

// The fastest of some rounds.
template <typename Body>
void
measure(const char *name, int rounds, Body body)
{
  double cpu = 1e9, wall = 1e9;
  for (int i = 0; i < rounds; i++) {
    double w = seconds(CLOCK_MONOTONIC), c = seconds(CLOCK_PROCESS_CPUTIME_ID);
    body();
    c = seconds(CLOCK_PROCESS_CPUTIME_ID) - c;
    w = seconds(CLOCK_MONOTONIC) - w;
    cpu = c < cpu ? c : cpu;
    wall = w < wall ? w : wall;
  }
  printf("%s %.9f\n%s-wall %.9f\n", name, cpu, name, wall);
}

}  // namespace

int
main(int argc, char **argv)
{
  long threads = 2, tasks = 0, rounds = 5;
  const char *work = "flat";

  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "-t") == 0 && i + 1 < argc)
      threads = atol(argv[++i]);
    else if (strcmp(argv[i], "-n") == 0 && i + 1 < argc)
      tasks = atol(argv[++i]);
    else if (strcmp(argv[i], "-r") == 0 && i + 1 < argc)
      rounds = atol(argv[++i]);
    else
      work = argv[i];
  }
  tbb::global_control control(tbb::global_control::max_allowed_parallelism, threads);
  tbb::task_group group;
  if (strcmp(work, "flat") == 0) {
    long n = tasks != 0 ? tasks : 100000;
    measure("flat", rounds, [&] {
      for (long i = 0; i < n; i++)
        group.run([] {});
      group.wait();
    });
  } else if (strcmp(work, "tree") == 0 || strcmp(work, "invoke") == 0) {
    long n = tasks != 0 ? tasks : 1 << 24;
    int depth = 0;
    while ((1l << (depth + 1)) < n)
      depth++;
    measure("tree", rounds, [&] {
      if (strcmp(work, "tree") == 0) {
        fork(group, depth);
        group.wait();
      } else {
        invoke(depth);
      }
    });
  } else {
    fprintf(stderr, "usage: tbb [-t THREADS] [-n TASKS] [-r ROUNDS] flat|tree|invoke\n");
    return 2;
  }
  return 0;
}
