// The peer of regexpbench: the same tasks with RE2, whose longest_match is set.
//
//	regexp-re2 lines|buffer|groups|power FILE|N PATTERN
//
// Prints the CPU seconds, and with
// REGEXP_HITS set to the standard error the number of matches.
#include <re2/re2.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

static double
cpu()
{
  timespec now;

  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return now.tv_sec + now.tv_nsec / 1e9;
}

static std::string
contents(const char *path)
{
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;

  text << file.rdbuf();
  return text.str();
}

static std::vector<re2::StringPiece>
lines(const std::string &text)
{
  std::vector<re2::StringPiece> result;
  size_t start = 0;

  while (start < text.size()) {
    size_t end = text.find('\n', start);
    if (end == std::string::npos)
      end = text.size();
    result.emplace_back(text.data() + start, end - start);
    start = end + 1;
  }
  return result;
}

int
main(int argc, char **argv)
{
  if (argc != 4) {
    std::fprintf(stderr, "usage: regexp-re2 lines|buffer|groups|power FILE|N PATTERN\n");
    return 2;
  }
  std::string task = argv[1];
  RE2::Options options;
  options.set_longest_match(true);
  options.set_log_errors(false);
  long hits = 0;
  double start, end;
  if (task == "power") {
    // a?^n a^n on a^n, a hundred times.
    int n = std::atoi(argv[2]);
    std::string pattern, text(n, 'a');
    for (int i = 0; i < n; i++)
      pattern += "a?";
    pattern += text;
    start = cpu();
    for (int i = 0; i < 100; i++) {
      RE2 re(pattern, options);
      re2::StringPiece match;
      hits += re.Match(text, 0, text.size(), RE2::UNANCHORED, &match, 1);
    }
    end = cpu();
  } else {
    // Lines begin and end as regexp(7) has it.
    RE2 re(std::string("(?m)") + argv[3], options);
    if (!re.ok())
      return 1;
    std::string text = contents(argv[2]);
    std::vector<re2::StringPiece> all = lines(text);
    re2::StringPiece match[4];
    int wanted = task == "groups" ? 4 : 1;
    start = cpu();
    if (task == "buffer") {
      size_t place = 0;
      re2::StringPiece whole(text);
      while (place <= text.size()
             && re.Match(whole, place, text.size(), RE2::UNANCHORED, match, 1)) {
        hits++;
        place = match[0].end() - text.data() + (match[0].empty() ? 1 : 0);
      }
    } else {
      for (const re2::StringPiece &line : all)
        hits += re.Match(line, 0, line.size(), RE2::UNANCHORED, match, wanted);
    }
    end = cpu();
  }
  if (std::getenv("REGEXP_HITS") != nullptr)
    std::fprintf(stderr, "%ld\n", hits);
  std::printf("match %.6f\n", end - start);
}
