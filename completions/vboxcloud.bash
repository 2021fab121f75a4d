# SPDX-License-Identifier: Apache-2.0
# bash completion: the command itself knows what can follow.

_vboxcloud() {
	local words=("${COMP_WORDS[@]:1:COMP_CWORD}") word line given=()
	# bash splits --output=json into three words.
	for word in "${words[@]}"; do
		[[ $word == "=" ]] || given+=("$word")
	done
	[[ ${words[-1]} == "=" ]] && given+=("")
	COMPREPLY=()
	while IFS= read -r line; do
		if [[ $line == ":file" ]]; then
			compopt -o default
			return
		fi
		if [[ $line == ":nospace" ]]; then
			compopt -o nospace
			continue
		fi
		printf -v word %q "${line%%$'\t'*}"
		word=${word//\\,/,} # which needs no quotes
		COMPREPLY+=("$word")
	done < <("${COMP_WORDS[0]}" __complete "${given[@]}" 2>/dev/null)
}
complete -F _vboxcloud vboxcloud
