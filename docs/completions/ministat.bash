# Completions of ministat; made by ministat itself, do not edit.
_ministat() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
  [[ $prev == = ]] && prev=${COMP_WORDS[COMP_CWORD - 2]}
  case $prev in
    --compat) COMPREPLY=($(compgen -W 'debian freebsd' -- "${cur#=}")); return ;;
    --generate-completion-script) COMPREPLY=($(compgen -W 'bash zsh fish' -- "${cur#=}")); return ;;
  esac
  if [[ $cur == -* ]]; then
    COMPREPLY=($(compgen -W '-A -q -C -c -d -n -s -w --compat= --max-height= --generate-completion-script= --help --version' -- "$cur"))
    [[ ${COMPREPLY-} == *= ]] && compopt -o nospace
  else
    COMPREPLY=($(compgen -f -- "$cur"))
  fi
}
complete -o filenames -F _ministat ministat
