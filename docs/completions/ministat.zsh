#compdef ministat
# Completions of ministat; made by ministat itself, do not edit.
_arguments -s -S \
  '-A[no plot; numbers and tests only]' \
  '-q[the same as -A]' \
  '-C[take the numbers from column n (default 1)]:n:' \
  '-c[confidence of the tests in percent, above 0 and below 100 (default 95)]:level:' \
  '-d[characters that separate columns (default blank and tab)]:delims:' \
  '-n[numbers only; no plot, no tests]' \
  '-s[a line for each set'\''s mean and deviation in the plot]' \
  '-w[columns of the plot (default: the terminal'\''s, or 74)]:width:' \
  '--compat=[decide as Debian'\''s or FreeBSD'\''s program where they differ]:choice:(debian freebsd)' \
  '--max-height=[rows of the plot at most; a mark then stands for several values]:rows:' \
  '--generate-completion-script=[print what makes the shell complete our options]:choice:(bash zsh fish)' \
  '--help[print this help]' \
  '--version[print the version]' \
  '*:file:_files'
