#compdef ministat
# Completions of ministat; made by ministat itself, do not edit.
((CURRENT > 2)) && case $words[2] in
  compare) shift words; ((CURRENT--)); _arguments -s -S \
    '*--metric=[look at this metric, such as wall, cpu or maxrss; may be repeated]:name:' \
    '--confidence=[confidence of the intervals in percent (default 95)]:level:' \
    '--margin=[a change up to this does not matter (default 1%)]:percent:' \
    '--base=[the arm that others are compared with (default\: the first)]:arm:' \
    '--correction=[how many comparisons at once are allowed for (default holm)]:choice:(holm bh none)' \
    '--pairing=[whether values of one block belong together (default auto)]:choice:(auto paired independent)' \
    '--row=[what makes a row, such as .name or /size (default name)]:keys:' \
    '--col=[what makes a column, such as arm or goos (default arm)]:keys:' \
    '--filter=[look only at what meets condition, such as '\''name\:Sort* -goos\:windows'\'']:condition:' \
    '--column=[take the numbers of plain files from column n (default 1)]:n:' \
    '--delimiters=[characters that separate columns (default blank and tab)]:delims:' \
    '--format=[how the report is written (default text)]:choice:(text markdown csv json html)' \
    '--ascii[draw with ASCII characters only]' \
    '--no-plot[draw nothing]' \
    '--help[print this help]' \
    '*:file:_files'; return ;;
  summary) shift words; ((CURRENT--)); _arguments -s -S \
    '*--metric=[look at this metric, such as wall, cpu or maxrss; may be repeated]:name:' \
    '--confidence=[confidence of the intervals in percent (default 95)]:level:' \
    '--row=[what makes a row, such as .name or /size (default name)]:keys:' \
    '--col=[what makes a column, such as arm or goos (default arm)]:keys:' \
    '--filter=[look only at what meets condition, such as '\''name\:Sort* -goos\:windows'\'']:condition:' \
    '--column=[take the numbers of plain files from column n (default 1)]:n:' \
    '--delimiters=[characters that separate columns (default blank and tab)]:delims:' \
    '--format=[how the report is written (default text)]:choice:(text markdown csv json html)' \
    '--ascii[draw with ASCII characters only]' \
    '--no-plot[draw nothing]' \
    '--help[print this help]' \
    '*:file:_files'; return ;;
  run) shift words; ((CURRENT--)); _arguments -s -S \
    '--pairs=[run each command n times]:n:' \
    '--until=[run until the interval of each ratio is +/- percent (default 1%)]:percent:' \
    '--max-time=[but no longer than time, such as 90s, 5m or 1h (default 60s)]:time:' \
    '--cpu=[run on processor n only; a duet on n and m]:n\[,m\]:' \
    '--warmup=[run each n times before, not counted]:n:' \
    '--prepare=[run command before each run, not measured]:command:' \
    '*--setup=[run command once before everything, for one arm or for each]:\[arm=\]command:' \
    '*--teardown=[run command once after everything, whatever happened]:\[arm=\]command:' \
    '*--directory=[run an arm in a directory]:arm=directory:' \
    '--shake[pad the environment at random, so that the layout of the stack varies]' \
    '--duet[run both arms at the same time, each on a processor of its own]' \
    '--seed=[draw the order from number (default\: from the clock); the record has it]:number:' \
    '--time-limit=[a run that takes longer is killed with all it started, and has failed]:time:' \
    '--shell[have sh run the commands, for pipes and variables]' \
    '--results[read results from the commands'\'' output, in any format known]' \
    '--ignore-failure[take runs that exit with another status than 0]' \
    '--output=[write the record of all runs to file]:file:_files' \
    '*--metric=[look at this metric, such as wall, cpu or maxrss; may be repeated]:name:' \
    '--confidence=[confidence of the intervals in percent (default 95)]:level:' \
    '--margin=[a change up to this does not matter (default 1%)]:percent:' \
    '--base=[the arm that others are compared with (default\: the first)]:arm:' \
    '--correction=[how many comparisons at once are allowed for (default holm)]:choice:(holm bh none)' \
    '--pairing=[whether values of one block belong together (default auto)]:choice:(auto paired independent)' \
    '--format=[how the report is written (default text)]:choice:(text markdown csv json html)' \
    '--ascii[draw with ASCII characters only]' \
    '--no-plot[draw nothing]' \
    '--help[print this help]' \
    '*:file:_files'; return ;;
  gate) shift words; ((CURRENT--)); _arguments -s -S \
    '--max=[how much worse is allowed (default 2%)]:percent:' \
    '*--metric=[look at this metric, such as wall, cpu or maxrss; may be repeated]:name:' \
    '--confidence=[confidence of the intervals in percent (default 95)]:level:' \
    '--margin=[a change up to this does not matter (default 1%)]:percent:' \
    '--base=[the arm that others are compared with (default\: the first)]:arm:' \
    '--correction=[how many comparisons at once are allowed for (default holm)]:choice:(holm bh none)' \
    '--pairing=[whether values of one block belong together (default auto)]:choice:(auto paired independent)' \
    '--row=[what makes a row, such as .name or /size (default name)]:keys:' \
    '--col=[what makes a column, such as arm or goos (default arm)]:keys:' \
    '--filter=[look only at what meets condition, such as '\''name\:Sort* -goos\:windows'\'']:condition:' \
    '--column=[take the numbers of plain files from column n (default 1)]:n:' \
    '--delimiters=[characters that separate columns (default blank and tab)]:delims:' \
    '--help[print this help]' \
    '*:file:_files'; return ;;
  convert) shift words; ((CURRENT--)); _arguments -s -S \
    '--output=[write the record of all runs to file]:file:_files' \
    '*--metric=[look at this metric, such as wall, cpu or maxrss; may be repeated]:name:' \
    '--filter=[look only at what meets condition, such as '\''name\:Sort* -goos\:windows'\'']:condition:' \
    '--column=[take the numbers of plain files from column n (default 1)]:n:' \
    '--delimiters=[characters that separate columns (default blank and tab)]:delims:' \
    '--to=[what to write (default jsonl)]:choice:(jsonl csv columns)' \
    '--split=[write plain columns, a file for each arm, benchmark or metric]:arm,benchmark,metric:' \
    '--help[print this help]' \
    '*:file:_files'; return ;;
esac
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
  '1: :_alternative "commands:command:(compare summary run gate convert)" "files:file:_files"' \
  '*:file:_files'
