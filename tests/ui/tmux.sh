#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# End to end on a real terminal: tmux hosts kvmtop on a synthetic host, presses keys, resizes, ends it in every way
# there is, and looks at the screen and at the terminal that is left behind.
#
# usage: tmux.sh [PROGRAM [ARGUMENT...]]   (default: build/kvmtop --source synthetic:6x4x8 -d 0.5)
# TMUX_PART=in_use or ends: only how it is used, or only how it ends.
# Prints "ok" or "not ok" for each case, and exits with 1 when any is not ok.

set -u

program=${1:-build/kvmtop}
if [ $# -gt 1 ]; then
	program=$*
else
	program="$program --source synthetic:6x4x8 -d 0.5"
fi
if ! command -v tmux >/dev/null; then
	echo "not ok - tmux is not installed"
	exit 1
fi

dir=$(mktemp -d) || exit 1
socket=$dir/0
sessions=0
failed=0
program="$program --record-dir $dir"
export LC_ALL=C.UTF-8 XDG_CONFIG_HOME=$dir/config
unset NO_COLOR TMUX

tm() {
	tmux -S "$socket" -f /dev/null "$@"
}

# shellcheck disable=SC2317 # called by the trap
cleanup() {
	tm kill-server 2>/dev/null
	rm -rf "$dir"
}
trap cleanup EXIT

screen() {
	tm capture-pane -p -t k 2>/dev/null
}

# wait_for PATTERN: until a line of the screen matches, at most 10 seconds
wait_for() {
	local i
	for ((i = 0; i < 100; i++)); do
		screen | grep -qE -- "$1" && return 0
		sleep 0.1
	done
	return 1
}

wait_gone() {
	local i
	for ((i = 0; i < 100; i++)); do
		screen | grep -qE -- "$1" || return 0
		sleep 0.1
	done
	return 1
}

keys() {
	tm send-keys -t k "$@" 2>/dev/null
}

ok() { # ok STATUS NAME
	if [ "$1" -eq 0 ]; then
		echo "ok - $2"
	else
		echo "not ok - $2"
		screen | sed '/^$/d; s/^/#   /'
		failed=1
	fi
}

# A shell at a known place, and the state of its terminal.
start_shell() {
	tm kill-server 2>/dev/null
	# a new server each time: the old one may still be on its way out
	sessions=$((sessions + 1))
	socket=$dir/$sessions
	tm new-session -d -s k -x 80 -y 24 "PS1='ready> ' exec bash --norc --noprofile"
	tm set-option -g default-terminal tmux-256color
	wait_for '^ready>' || ok 1 "a shell in tmux"
	keys "export PS1='ready> ' TERM=tmux-256color; stty -a >$dir/before; clear" Enter
	wait_for '^ready>'
}

start() {
	start_shell
	keys "$program; echo status=\$?" Enter
	if ! wait_for 'kvmtop .*LIVE'; then
		ok 1 "starts"
		exit 1
	fi
}

# The process that runs in the pane, below its shell.
pid_of() {
	pgrep -P "$(tm display-message -p -t k '#{pane_pid}')" | tail -1
}

# The main screen is back, echo and the line discipline are as before, and the cursor shows.
restored() {
	wait_for '^ready>$' || return 1
	screen | grep -q 'LIVE' && return 1
	[ "$(tm display-message -p -t k '#{alternate_on} #{cursor_flag}')" = "0 1" ] || return 1
	keys "stty -a >$dir/after; echo typed-\$((40 + 2))" Enter
	wait_for '^typed-42' || return 1
	cmp -s "$dir/before" "$dir/after"
}

in_use() {
	# --- panes and keys ---------------------------------------------------------------------------------------------------

	start
	wait_for 'where to begin'; ok $? "the first start says where to begin"
	keys 1; wait_gone 'where to begin'; ok $? "and any key ends that"
	wait_for 'TIME BUDGET'; ok $? "the first screen lists VMs with their time budget"
	keys 2; wait_for 'STATE'; ok $? "2 lists vCPUs"
	keys 3; wait_for 'REASON'; ok $? "3 lists exit reasons"
	keys Enter; wait_for 'where its time goes'; ok $? "Enter opens a reason"
	keys Escape; wait_for 'REASON'; ok $? "Esc goes up"
	keys 1; wait_for 'TOP REASON'
	keys Down; keys Enter; wait_for 'host › '; ok $? "Enter drills into a VM, and the breadcrumb says so"
	keys BSpace; wait_gone 'host › '; ok $? "Backspace goes up"
	keys /; wait_for 'filter: '; keys -l web; wait_for 'filter: web'
	keys Enter; wait_for '1 of '; ok $? "a filter narrows the list"
	keys f C-u Enter; wait_gone '1 of '; ok $? "an empty filter shows all again"
	keys Space; wait_for 'FROZEN'; ok $? "Space freezes"
	keys Space; wait_for 'LIVE'; ok $? "Space again is live"
	keys s; wait_for 'sort by'; keys Escape; wait_gone 'sort by'; ok $? "the sort box opens and closes"
	keys '?'; wait_for 'Sort and filter|Move'; ok $? "? shows the help"
	keys G; wait_for 'ended\.'; ok $? "End of the help"
	keys '?'; wait_for 'TIME BUDGET'; ok $? "? closes it"

	keys ':'; wait_for 'Tab completes'; keys -l 'view vcpu'; keys Enter; wait_for 'STATE'; ok $? "a command goes to a view"
	keys ':'; wait_for 'Tab completes'; keys -l 'nonsense'; keys Enter; wait_for 'no command "nonsense"'; ok $? "an unknown command says so"
	keys Escape; wait_gone 'nonsense'; keys 1; wait_for 'TOP REASON'

	# --- time -------------------------------------------------------------------------------------------------------------

	keys '['; wait_for 'FROZEN'; ok $? "[ steps back, and holds the screen"
	keys '('; keys '['; wait_for 'the oldest sample'; ok $? "( goes to the oldest sample"
	keys ']'; keys ']'; keys a; wait_for 'A is [0-9:]+;'; ok $? "a marks a moment"
	keys '@'; wait_for 'go to'; keys -l '+2s'; keys Enter; keys '='; wait_for 'TO HERE: 2.00s'; ok $? "= shows all since then"
	keys '='; wait_for 'CHANGE SINCE A'; ok $? "= again shows what changed"
	keys '='; wait_gone 'CHANGE SINCE A'
	keys 3; wait_for 'REASON'; keys Enter; wait_for 'where its time goes'; keys '['; keys Escape; keys 1; wait_for 'FROZEN'
	ok $? "all of it works in the past"
	keys Space; wait_for 'LIVE'; ok $? "Space is live again"
	keys D; wait_for 'saved as .*/kvmtop-synthetic'; ok $? "D saves what is kept"
	recording=$dir/saved.rec
	mv "$dir"/kvmtop-synthetic-*.rec "$recording"; ok $? "it is where --record-dir says"

	# --- mouse ------------------------------------------------------------------------------------------------------------

	mouse_flag() { # mouse_flag 0|1: whether the program asks the terminal for the mouse, at most 5 seconds
		local i
		for ((i = 0; i < 50; i++)); do
			[ "$(tm display-message -p -t k '#{mouse_any_flag}')" = "$1" ] && return 0
			sleep 0.1
		done
		return 1
	}

	click() { # click X Y, cells from 0, in the way the terminal tells
		local kind=M
		if [ "$(tm display-message -p -t k '#{mouse_sgr_flag}')" = 1 ]; then
			keys -l "$(printf '\033[<0;%d;%dM' $(($1 + 1)) $(($2 + 1)))"
		else
			keys -l "$(printf '\033[%s %b%b' $kind "\\0$(printf %o $(($1 + 33)))" "\\0$(printf %o $(($2 + 33)))")"
		fi
	}

	mouse_flag 0; ok $? "the mouse is the terminal's"
	keys m; mouse_flag 1; ok $? "m takes the mouse"
	# the last: a finding above the list may name it, too
	row=$(($(screen | grep -n 'web01' | tail -1 | cut -d: -f1) - 1))
	click 3 $row; sleep 0.3; click 3 $row
	wait_for 'host › web01'; ok $? "a second click on a row opens it"
	keys BSpace; wait_gone 'host › '
	keys C-z; wait_for 'Stopped'; mouse_flag 0; ok $? "^Z gives the mouse back"
	keys 'fg; echo status=$?' Enter; wait_for 'kvmtop .*LIVE'; mouse_flag 1; ok $? "fg takes it again"
	keys m; mouse_flag 0; ok $? "m lets it go"

	# --- settings ---------------------------------------------------------------------------------------------------------

	keys S; wait_for 'not yet in'; ok $? "S shows the settings"
	keys Down; keys Right; wait_for '\*units +us'; ok $? "a setting is changed in place"
	keys W; wait_for 'saved to'; ok $? "W saves"
	grep -qx 'set units us' "$dir/config/kvmtop/kvmtoprc"; ok $? "the file has it"
	keys Escape; wait_for 'TIME BUDGET'

	# --- size -------------------------------------------------------------------------------------------------------------

	for size in 40x10 200x50 20x4 80x24; do
		w=${size%x*} h=${size#*x}
		tm resize-window -t k -x "$w" -y "$h"
		sleep 0.3
		if [ "$w" -ge 40 ]; then
			wait_for 'kvmtop' && [ "$(screen | tail -1 | grep -c '\? help')" = 1 ]
		else
			wait_for 'web01|db-primary|build'
		fi
		ok $? "lives at $size"
	done

	# --- every way out ----------------------------------------------------------------------------------------------------

	keys q; wait_for 'status=0'; ok $? "q at the top quits with 0"
	restored; ok $? "the terminal is restored after q"

	# --- a recording ------------------------------------------------------------------------------------------------------

	start_shell
	keys "${program%% *} -r $recording; echo status=\$?" Enter
	wait_for 'REPLAY 0:0[1-9]/'; ok $? "-r plays a recording"
	wait_for 'REPLAY 0:0[3-9]/'; ok $? "by its own clock"
	keys Space; wait_for 'PAUSED'; ok $? "Space holds it"
	shown=$(screen | grep -o 'PAUSED [0-9:/]*'); sleep 1.5
	[ "$(screen | grep -o 'PAUSED [0-9:/]*')" = "$shown" ]; ok $? "held, it stands still"
	keys '('; wait_for 'PAUSED 0:00/'; keys ']'; wait_for 'PAUSED 0:01/'; ok $? "steps and jumps"
	keys + + + +; wait_for 'speed: 16'; keys Space; wait_for 'REPLAY, END'; ok $? "+ plays it faster, to its end"
	keys q; wait_for 'status=0'; restored; ok $? "and q ends it"

	echo 'set delay 0' >>"$dir/config/kvmtop/kvmtoprc"
	start
	wait_for 'kvmtoprc:[0-9]+: delay is 0.1 to 3600 seconds'; ok $? "a wrong line of the file is named, and kvmtop starts"
	keys S; wait_for '\*units +us'; ok $? "what is right in it holds"
	keys Escape m; mouse_flag 1
	kill -SEGV "$(pid_of)"
	wait_for 'status=139'; mouse_flag 0; ok $? "SIGSEGV gives the mouse back"
	rm -r "$dir/config"
}

ends() {
	start
	keys C-c; wait_for 'status=0'; ok $? "^C quits with 0"
	restored; ok $? "the terminal is restored after ^C"

	start
	keys C-z; wait_for 'Stopped'; ok $? "^Z stops it"
	keys fg Enter; wait_for 'kvmtop .*LIVE'; ok $? "fg brings it back"
	keys Q; wait_for 'status=0'
	restored; ok $? "the terminal is restored after ^Z, fg and Q"

	# --- colours ----------------------------------------------------------------------------------------------------------

	# A terminal that takes colours by value gets values: none of the 256 is meant by a small number there.
	if command -v tic >/dev/null; then
		cat >"$dir/direct.src" <<-'TERMINFO'
	kvmtop-direct|colours by value,
	  use=xterm-256color, RGB, colors#0x1000000, pairs#0x10000, CO#8, initc@, oc@,
	  setab=\E[%?%p1%{8}%<%t4%p1%d%e48;2;%p1%{65536}%/%d;%p1%{256}%/%{255}%&%d;%p1%{255}%&%d%;m,
	  setaf=\E[%?%p1%{8}%<%t3%p1%d%e38;2;%p1%{65536}%/%d;%p1%{256}%/%{255}%&%d;%p1%{255}%&%d%;m,
	TERMINFO
		tic -x -o "$dir/terminfo" "$dir/direct.src"
		start_shell
		keys "TERM=kvmtop-direct TERMINFO_DIRS=$dir/terminfo:/lib/terminfo:/usr/share/terminfo $program" Enter
		wait_for 'kvmtop .*LIVE'
		tm capture-pane -pe -t k | grep -q '38;2;95;215;255m *kvmtop'; ok $? "colours by value where the terminal takes them"
		keys C C; wait_for 'theme: light'
		tm capture-pane -pe -t k | grep -q '38;2;0;95;175m *kvmtop'; ok $? "C takes another theme at once"
		keys Q
	else
		echo "skip - colours by value where the terminal takes them: no tic to describe such a terminal with"
	fi

	for signal in TERM HUP INT; do
		start
		kill -"$signal" "$(pid_of)"
		wait_for 'status=0'; ok $? "SIG$signal ends it with 0"
		restored; ok $? "the terminal is restored after SIG$signal"
	done

	for signal in SEGV:139 ABRT:134 QUIT:131; do
		start
		kill -"${signal%:*}" "$(pid_of)"
		wait_for "status=${signal#*:}"; ok $? "SIG${signal%:*} is fatal, and the status says so"
		restored; ok $? "the terminal is restored after SIG${signal%:*}"
	done
}

# Each by itself for who has no time to wait for both.
case ${TMUX_PART:-} in
'') in_use; ends ;;
in_use | ends) "$TMUX_PART" ;;
*) echo "not ok - no part $TMUX_PART"; failed=1 ;;
esac
exit $failed
