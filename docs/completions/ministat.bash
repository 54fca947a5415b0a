# Completions of ministat; made by ministat itself, do not edit.
_ministat() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
  [[ $prev == = ]] && prev=${COMP_WORDS[COMP_CWORD - 2]}
  local words=
  ((COMP_CWORD > 1)) && case ${COMP_WORDS[1]} in
    compare) words='-m --metric -c --confidence --margin --base --correction --pairing --row --col --filter -C --column -d --delimiters --format --ascii --no-plot --help' ;;
    summary) words='-m --metric -c --confidence --row --col --filter -C --column -d --delimiters --format --ascii --no-plot --help' ;;
    run) words='--pairs --until --max-time --cpu --warmup --prepare --setup --teardown --directory --shake --duet --seed --time-limit --shell --results --ignore-failure -o --output -m --metric -c --confidence --margin --base --correction --pairing --format --ascii --no-plot --help' ;;
    gate) words='--max -m --metric -c --confidence --margin --base --correction --pairing --row --col --filter -C --column -d --delimiters --help' ;;
    convert) words='-o --output -m --metric --filter -C --column -d --delimiters --to --split --help' ;;
  esac
  if [[ -n $words ]]; then
    case $prev in
      --correction) COMPREPLY=($(compgen -W 'holm bh none' -- "${cur#=}")); return ;;
      --pairing) COMPREPLY=($(compgen -W 'auto paired independent' -- "${cur#=}")); return ;;
      --format) COMPREPLY=($(compgen -W 'text markdown csv json html' -- "${cur#=}")); return ;;
      --to) COMPREPLY=($(compgen -W 'jsonl csv columns' -- "${cur#=}")); return ;;
    esac
    if [[ $cur == -* ]]; then
      COMPREPLY=($(compgen -W "$words" -- "$cur"))
    else
      COMPREPLY=($(compgen -f -- "$cur"))
    fi
    return
  fi
  case $prev in
    --compat) COMPREPLY=($(compgen -W 'debian freebsd' -- "${cur#=}")); return ;;
    --generate-completion-script) COMPREPLY=($(compgen -W 'bash zsh fish' -- "${cur#=}")); return ;;
  esac
  if [[ $cur == -* ]]; then
    COMPREPLY=($(compgen -W '-A -q -C -c -d -n -s -w --compat= --max-height= --generate-completion-script= --help --version' -- "$cur"))
    [[ ${COMPREPLY-} == *= ]] && compopt -o nospace
  else
    COMPREPLY=($(compgen -f -- "$cur"))
    ((COMP_CWORD == 1)) &&
      COMPREPLY+=($(compgen -W 'compare summary run gate convert' -- "$cur"))
  fi
}
complete -o filenames -F _ministat ministat
