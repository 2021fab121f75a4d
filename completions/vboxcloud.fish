# SPDX-License-Identifier: Apache-2.0
# fish completion: the command itself knows what can follow.

function __vboxcloud_complete
    set -l given (commandline -opc) (commandline -ct)
    for line in ($given[1] __complete $given[2..] 2>/dev/null)
        if test "$line" = ":file"
            __fish_complete_path (commandline -ct)
        else if test "$line" != ":nospace" # which it knows by the = at the end
            echo $line
        end
    end
end
complete -c vboxcloud -f -a '(__vboxcloud_complete)'
