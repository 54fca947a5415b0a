/* What a C program does with nine.h: prints, reads, dials itself; each fault is said. */
#include <nine.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int faults;

static void
same(const char *what, const char *got, const char *wanted)
{
  if (got != NULL && strcmp(got, wanted) == 0)
    return;
  printf("%s: '%s' is not '%s'\n", what, got == NULL ? "(null)" : got, wanted);
  faults++;
}

static void
is(const char *what, long got, long wanted)
{
  if (got == wanted)
    return;
  printf("%s: %ld is not %ld\n", what, got, wanted);
  faults++;
}

static void
formats(void)
{
  char buf[64], *text;
  unsigned char byte = 0x80;

  is("snprint", p9_snprint(buf, sizeof buf, "%d %s %ux|%-5d|%5.2f|%c%%", -7, "hé", -1, 3, 2.5, 'x'),
      30);
  same("snprint", buf, "-7 hé ffffffff|3    | 2.50|x%");
  p9_snprint(buf, sizeof buf, "%lld %ld %llux %C %hhd", 1LL << 40, -5L, ~0ULL, 0x65E5, byte);
  same("sizes", buf, "1099511627776 -5 ffffffffffffffff 日 -128");
  p9_snprint(buf, sizeof buf, "%*.*s|%s", 6, 2, "abc", (char *)NULL);
  same("stars and NULL", buf, "    ab|<nil>");
  is("cut", p9_snprint(buf, 4, "aéé"), 3);
  same("cut at a rune", buf, "aé");
  text = p9_smprint("%s %z %d", "unknown", 4);
  same("unknown verb", text, "unknown %z% 4");
  free(text);
}

static void
errors(void)
{
  char buf[P9_ERRMAX] = "mine", small[4];

  p9_werrstr("no %s in %d", "luck", 3);
  p9_rerrstr(small, sizeof small);
  same("rerrstr cuts", small, "no ");
  p9_errstr(buf, sizeof buf);
  same("errstr gives the old", buf, "no luck in 3");
  p9_rerrstr(buf, sizeof buf);
  same("errstr takes the new", buf, "mine");
  p9_snprint(buf, sizeof buf, "%r");
  same("%r", buf, "mine");
  if (p9_bopen("/nowhere/at/all", P9_OREAD) != NULL)
    is("bopen of nothing", 1, 0);
  p9_rerrstr(buf, sizeof buf);
  is("the reason is kept", strstr(buf, "No such file") != NULL, 1);
  is("a mode is checked", p9_bopen("/dev/null", 7) == NULL, 1);
  is("dial of nothing", p9_dial("nonsense", NULL), -1);
  p9_rerrstr(buf, sizeof buf);
  is("dial says why", strstr(buf, "malformed address") != NULL, 1);
}

static void
files(const char *path)
{
  p9_bio *b = p9_bopen(path, P9_OWRITE);
  const char *line;
  char *text, bytes[8];

  if (b == NULL)
    p9_sysfatal("cannot write %s: %r", path);
  is("bprint", p9_bprint(b, "%s %d\n", "line", 1), 7);
  is("bwrite", p9_bwrite(b, "second\nthird", 12), 12);
  is("bputc", p9_bputc(b, '!'), 0);
  is("boffset", (long)p9_boffset(b), 20);
  is("bterm", p9_bterm(b), 0);

  b = p9_bopen(path, P9_OREAD);
  if (b == NULL)
    p9_sysfatal("cannot read %s: %r", path);
  line = p9_brdline(b, '\n');
  is("brdline", line != NULL && memcmp(line, "line 1\n", 7) == 0, 1);
  is("blinelen", (long)p9_blinelen(b), 7);
  is("bgetc", p9_bgetc(b), 's');
  is("bungetc", p9_bungetc(b), 1);
  text = p9_brdstr(b, '\n', 1);
  same("brdstr", text, "second");
  free(text);
  is("bread", p9_bread(b, bytes, sizeof bytes), 6);
  is("bgetc at the end", p9_bgetc(b), P9_BEOF);
  is("bterm of a reader", p9_bterm(b), 0);
}

static void
network(const char *path)
{
  char dir[P9_NETPATHLEN], newdir[P9_NETPATHLEN], address[200];
  int listening, client, call, server;
  p9_bio *b;
  char *text;

  p9_snprint(address, sizeof address, "unix!%s", path);
  listening = p9_announce(address, dir);
  client = p9_dial(address, NULL);
  call = p9_listen(dir, newdir);
  server = p9_accept(call, newdir);
  if (listening == -1 || client == -1 || call == -1 || server == -1)
    p9_sysfatal("the network: %r");
  p9_fprint(client, "hello %d\n", 9);
  b = p9_bfdopen(server, P9_OREAD);
  text = p9_brdstr(b, '\n', 1);
  same("what was sent", text, "hello 9");
  free(text);
  p9_bterm(b);
  close(call);
  close(client);
  close(listening);
  p9_netmkaddr(address, sizeof address, "host", "tcp", "http");
  same("netmkaddr", address, "tcp!host!http");
}

int
main(int argc, char **argv)
{
  char path[300];

  p9_setargv0(argv[0]);
  if (argc == 2) {
    p9_werrstr("the reason");
    p9_sysfatal("%s: %r", argv[1]);
  }
  formats();
  errors();
  p9_snprint(path, sizeof path, "%s/file", argv[1]);
  files(path);
  p9_snprint(path, sizeof path, "%s/socket", argv[1]);
  network(path);
  fflush(stdout);
  p9_print("done, %d faults\n", faults);
  return faults != 0;
}
