function __config_should_offer_completions_for_flags_or_options -a expected_commands
    set -l non_repeating_flags_or_options $argv[2..]
    set -l non_repeating_flags_or_options_absent 0
    set -l positional_index 0
    set -l commands
    __config_parse_tokens
    test "$commands" = "$expected_commands"; and return $non_repeating_flags_or_options_absent
end

function __config_should_offer_completions_for_positional -a expected_commands positional_index_comparison expected_positional_index
    set -l non_repeating_flags_or_options
    set -l non_repeating_flags_or_options_absent 0
    set -l positional_index 0
    set -l commands
    __config_parse_tokens
    test "$commands" = "$expected_commands" -a \( "$positional_index" "$positional_index_comparison" "$expected_positional_index" \)
end

function __config_parse_tokens -S
    set -l unparsed_tokens (__config_tokens -pc)
    switch $unparsed_tokens[1]
    case 'config'
        __config_parse_subcommand 1 'o=' 'a=' 'p=' 'toolchain=' 'I=+' 'd=' 's=' 'g' 'make=' 'ninja' 'W=' 'x=' 'version' 'h/help'
        switch $unparsed_tokens[1]
        case 'help'
            __config_parse_subcommand -r 1 'version'
        end
    end
end

function __config_tokens
    if test (string split -m 1 -f 1 -- . "$FISH_VERSION") -gt 3
        commandline --tokens-raw $argv
    else
        commandline -o $argv
    end
end

function __config_parse_subcommand -S -a positional_count
    argparse -s r -- $argv
    set -l option_specs $argv[2..]
    set -l is_repeating_positional $_flag_r
    set -el _flag_r
    set -a commands $unparsed_tokens[1]
    set positional_index 0
    while true
        set -e unparsed_tokens[1]
        argparse -sn "$commands" $option_specs -- $unparsed_tokens 2> /dev/null
        set unparsed_tokens $argv
        set positional_index (math $positional_index + 1)
        for non_repeating_flag_or_option in $non_repeating_flags_or_options
            if set -ql "_flag_$(string replace -a - _ -- $non_repeating_flag_or_option)"
                set non_repeating_flags_or_options_absent 1
                break
            end
        end
        test (count $unparsed_tokens) -eq 0 -o \( -z "$is_repeating_positional" -a "$positional_index" -gt "$positional_count" \) && break
    end
end

function __config_complete_directories
    set -l token (commandline -t)
    string match -- '*/' $token
    set -l subdirs $token*/
    printf %s\n $subdirs
end

function __config_custom_completion
    set -x SAP_SHELL fish
    set -x SAP_SHELL_VERSION $FISH_VERSION
    set -l tokens (__config_tokens -p)
    if test -z "$(__config_tokens -t)"
        set -l index (count (__config_tokens -pc))
        set tokens $tokens[..$index] \'\' $tokens[(math $index + 1)..]
    end
    command $tokens[1] $argv $tokens
end

complete -c 'config' -f
complete -c 'config' -n '__config_should_offer_completions_for_flags_or_options "config" o' -s 'o' -d 'The operating system to build for, by its uname -s.' -rfka ''
complete -c 'config' -n '__config_should_offer_completions_for_flags_or_options "config" a' -s 'a' -d 'The architecture to build for, such as amd64.' -rfka ''
complete -c 'config' -n '__config_should_offer_completions_for_flags_or_options "config" p' -s 'p' -d 'The platform to build for, with its toolchain: -o and -a together.' -rfka ''
complete -c 'config' -n '__config_should_offer_completions_for_flags_or_options "config" toolchain' -l 'toolchain' -d 'Build with the toolchain NAME, such as clang, instead of the configuration\'s.' -rfka ''
complete -c 'config' -n '__config_should_offer_completions_for_flags_or_options "config"' -s 'I' -d 'Look for included files in DIR, too.' -rfa '(__config_complete_directories)'
complete -c 'config' -n '__config_should_offer_completions_for_flags_or_options "config" d' -s 'd' -d 'The build directory itself.' -rfa '(__config_complete_directories)'
complete -c 'config' -n '__config_should_offer_completions_for_flags_or_options "config" s' -s 's' -d 'The root of the sources.' -rfa '(__config_complete_directories)'
complete -c 'config' -n '__config_should_offer_completions_for_flags_or_options "config" g' -s 'g' -d 'Make a debug build.'
complete -c 'config' -n '__config_should_offer_completions_for_flags_or_options "config" make' -l 'make' -d 'Write makefiles for gnu (the default) or bsd make.' -rfka 'gnu bsd'
complete -c 'config' -n '__config_should_offer_completions_for_flags_or_options "config" ninja' -l 'ninja' -d 'Write build.ninja, instead of makefiles unless --make is given.'
complete -c 'config' -n '__config_should_offer_completions_for_flags_or_options "config" W' -s 'W' -d 'Take warnings for errors.' -rfka 'error'
complete -c 'config' -n '__config_should_offer_completions_for_flags_or_options "config" x' -s 'x' -d 'Print the configuration that PROGRAM was built with.' -rF
complete -c 'config' -n '__config_should_offer_completions_for_positional "config" -eq 1' -F
complete -c 'config' -n '__config_should_offer_completions_for_flags_or_options "config" version' -l 'version' -d 'Show the version.'
complete -c 'config' -n '__config_should_offer_completions_for_flags_or_options "config" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'config' -n '__config_should_offer_completions_for_positional "config" -eq 2' -fa 'help' -d 'Show subcommand help information.'
complete -c 'config' -n '__config_should_offer_completions_for_flags_or_options "config help" version' -l 'version' -d 'Show the version.'
