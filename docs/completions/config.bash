# Completions of config; printed by `config completions`, do not edit.

# Completes $1, a word of kind $2; $3 is the configuration on the line.
_config_value() {
  local IFS=$'\n'
  case $2 in
  none) ;;
  file) compopt -o filenames; COMPREPLY+=($(compgen -f -- "$1")) ;;
  directory) compopt -o filenames; COMPREPLY+=($(compgen -d -- "$1")) ;;
  'words '*) COMPREPLY+=($(IFS=$' \n'; compgen -W "${2#words }" -- "$1")) ;;
  *)
    COMPREPLY+=($(compgen -W "$("${COMP_WORDS[0]}" completions --words "$2" ${3:+"$3"} \
      2>/dev/null)" -- "$1"))
    [[ $2 == options ]] && compopt -o nospace
    if [[ $2 == configurations ]]; then
      compopt -o filenames
      ((${#COMPREPLY[@]})) || COMPREPLY+=($(compgen -f -- "$1"))
    fi
    ;;
  esac
}

_config() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
  local command= options= first= rest= kind= conf= count=0 index word
  [[ $cur == = ]] && return
  COMPREPLY=()
  ((COMP_CWORD > 1)) && case ${COMP_WORDS[1]} in
    bench|build|compare|completions|defaults|diff|explain|fmt|graph|import|init|lint|lsp|matrix|probe|query|test) command=${COMP_WORDS[1]} ;;
  esac
  case $command in
    '') options='-o -a -p --toolchain -I -d -s -g --make --ninja -W --diagnostics -x --version -h --help' first=configurations rest=configurations ;;
    'bench') options='-p --toolchain --with --sanitize --not -I -s -j -k --pairs --until --max-time --warmup --seed --cpu --shake --format --metric --margin --no-plot -o --build --only -h --help' first=configurations rest=configurations ;;
    'build') options='-j -h --help' first=directory rest=none ;;
    'compare') options='--format --metric --margin --no-plot -h --help' first=file rest=file ;;
    'completions') options='-h --help' first='words bash zsh fish' rest='words bash zsh fish' ;;
    'defaults') options='-h --help' first=directory rest=directory ;;
    'diff') options='-p --toolchain --with --sanitize --not -I -s -j -k --json -h --help' first=file rest=file ;;
    'explain') options='-p --toolchain -I -s --with --json --rebuild -h --help' first=configurations rest=configurations ;;
    'fmt') options='--check --diff --diagnostics -h --help' first=file rest=file ;;
    'graph') options='-p --toolchain -I -s --with --of --svg --sources --no-sources -o -h --help' first=configurations rest=configurations ;;
    'import') options='--name -s --build -D --fixed --config --force -h --help' first='words cmake compdb files' rest=file ;;
    'init') options='--name --force -h --help' first=directory rest=directory ;;
    'lint') options='-p --toolchain -I -s --with -W --diagnostics --json -h --help' first=configurations rest=configurations ;;
    'lsp') options='--stdio --textmate -h --help' first=none rest=none ;;
    'matrix') options='-p --toolchain --with --sanitize --not -I -s -j -k --diagnostics --generate -h --help' first=configurations rest=none ;;
    'probe') options='-p --toolchain -I -s --with --why -h --help' first=configurations rest=probes ;;
    'query') options='-p --toolchain -I -s --with --json -h --help' first=configurations rest=none ;;
    'test') options='-p --toolchain --with --sanitize --not -I -s -j -k --tap --junit --only -h --help' first=configurations rest=configurations ;;
  esac
  case "$command $prev" in
    ' -o') kind=none ;;
    ' -a') kind=none ;;
    ' -p') kind=platforms ;;
    ' --toolchain') kind=toolchains ;;
    ' -I') kind=directory ;;
    ' -d') kind=directory ;;
    ' -s') kind=directory ;;
    ' --make') kind='words gnu bsd' ;;
    ' -W') kind='words error' ;;
    ' --diagnostics') kind='words text json sarif' ;;
    ' -x') kind=file ;;
    'bench -p') kind=platforms ;;
    'bench --toolchain') kind=toolchains ;;
    'bench --with') kind=options ;;
    'bench --sanitize') kind='words address thread undefined' ;;
    'bench --not') kind=none ;;
    'bench -I') kind=directory ;;
    'bench -s') kind=directory ;;
    'bench -j') kind=none ;;
    'bench --pairs') kind=none ;;
    'bench --until') kind=none ;;
    'bench --max-time') kind=none ;;
    'bench --warmup') kind=none ;;
    'bench --seed') kind=none ;;
    'bench --cpu') kind=none ;;
    'bench --format') kind='words text markdown csv json html' ;;
    'bench --metric') kind=none ;;
    'bench --margin') kind=none ;;
    'bench -o') kind=file ;;
    'bench --build') kind='words ninja make' ;;
    'bench --only') kind=tests ;;
    'build -j') kind=none ;;
    'compare --format') kind='words text markdown csv json html' ;;
    'compare --metric') kind=none ;;
    'compare --margin') kind=none ;;
    'diff -p') kind=platforms ;;
    'diff --toolchain') kind=toolchains ;;
    'diff --with') kind=options ;;
    'diff --sanitize') kind='words address thread undefined' ;;
    'diff --not') kind=none ;;
    'diff -I') kind=directory ;;
    'diff -s') kind=directory ;;
    'diff -j') kind=none ;;
    'explain -p') kind=platforms ;;
    'explain --toolchain') kind=toolchains ;;
    'explain -I') kind=directory ;;
    'explain -s') kind=directory ;;
    'explain --with') kind=none ;;
    'explain --rebuild') kind=directory ;;
    'fmt --diagnostics') kind='words text json sarif' ;;
    'graph -p') kind=platforms ;;
    'graph --toolchain') kind=toolchains ;;
    'graph -I') kind=directory ;;
    'graph -s') kind=directory ;;
    'graph --with') kind=none ;;
    'graph --of') kind=none ;;
    'graph -o') kind=file ;;
    'import --name') kind=none ;;
    'import -s') kind=directory ;;
    'import --build') kind=directory ;;
    'import -D') kind=none ;;
    'import --config') kind=file ;;
    'init --name') kind=none ;;
    'lint -p') kind=platforms ;;
    'lint --toolchain') kind=toolchains ;;
    'lint -I') kind=directory ;;
    'lint -s') kind=directory ;;
    'lint --with') kind=none ;;
    'lint -W') kind=none ;;
    'lint --diagnostics') kind='words text json sarif' ;;
    'matrix -p') kind=platforms ;;
    'matrix --toolchain') kind=toolchains ;;
    'matrix --with') kind=options ;;
    'matrix --sanitize') kind='words address thread undefined' ;;
    'matrix --not') kind=none ;;
    'matrix -I') kind=directory ;;
    'matrix -s') kind=directory ;;
    'matrix -j') kind=none ;;
    'matrix --diagnostics') kind='words text json sarif' ;;
    'probe -p') kind=platforms ;;
    'probe --toolchain') kind=toolchains ;;
    'probe -I') kind=directory ;;
    'probe -s') kind=directory ;;
    'probe --with') kind=none ;;
    'query -p') kind=platforms ;;
    'query --toolchain') kind=toolchains ;;
    'query -I') kind=directory ;;
    'query -s') kind=directory ;;
    'query --with') kind=none ;;
    'test -p') kind=platforms ;;
    'test --toolchain') kind=toolchains ;;
    'test --with') kind=options ;;
    'test --sanitize') kind='words address thread undefined' ;;
    'test --not') kind=none ;;
    'test -I') kind=directory ;;
    'test -s') kind=directory ;;
    'test -j') kind=none ;;
    'test --tap') kind=file ;;
    'test --junit') kind=file ;;
    'test --only') kind=tests ;;
  esac
  for ((index = ${#command} ? 2 : 1; index < COMP_CWORD; index++)); do
    word=${COMP_WORDS[index]}
    [[ $word == */* && -f $word && -z $conf ]] && conf=$word
    [[ $word != -* && $word != = ]] && ((count++))
  done
  if [[ -n $kind ]]; then
    _config_value "$cur" "$kind" "$conf"
  elif [[ $cur == -* ]]; then
    COMPREPLY=($(compgen -W "$options" -- "$cur"))
  else
    if [[ -n $conf && -n $rest ]]; then first=$rest; fi
    _config_value "$cur" "$first" "$conf"
    ((COMP_CWORD == 1)) &&
      COMPREPLY+=($(compgen -W 'bench build compare completions defaults diff explain fmt graph import init lint lsp matrix probe query test' -- "$cur"))
  fi
  return 0
}
complete -F _config config
