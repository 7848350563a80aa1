/* SPDX-License-Identifier: GPL-2.0-only */
#include "actions.h"

#include <strings.h>

#include "../model/query.h"

#define GROUP_MOVE "Move"
#define GROUP_GO   "Go"
#define GROUP_SORT "Sort and filter"
#define GROUP_SHOW "Show"
#define GROUP_TIME "Time"
#define GROUP_LINE "While typing"
#define GROUP_BOX  "In help and lists to pick from"
#define GROUP_QUIT "Program"

#define GROUP_SET "In the settings and the list of columns"

#define SCROLL (CTX_MAIN | CTX_OVER)

/* clang-format off */
const struct action action_table[] = {
	{ACT_UP, "up", {K_UP, 'k'}, SCROLL, GROUP_MOVE, NULL, NULL, 0, "one row up"},
	{ACT_DOWN, "down", {K_DOWN, 'j'}, SCROLL, GROUP_MOVE, NULL, NULL, 0, "one row down"},
	{ACT_PAGE_UP, "page-up", {K_PAGE_UP, K_CTRL('B'), K_CTRL('U')}, SCROLL, GROUP_MOVE, NULL, NULL, 0, "one page up"},
	{ACT_PAGE_DOWN, "page-down", {K_PAGE_DOWN, K_CTRL('F'), K_CTRL('D')}, SCROLL, GROUP_MOVE, "more", NULL, 2, "one page down"},
	{ACT_TOP, "top", {K_HOME, 'g'}, SCROLL, GROUP_MOVE, NULL, NULL, 0,
	 "to the first row; the cursor stays at the top, whatever gets there"},
	{ACT_BOTTOM, "bottom", {K_END, 'G'}, SCROLL, GROUP_MOVE, NULL, NULL, 0, "to the last row"},

	{ACT_ENTER, "enter", {K_ENTER, K_RIGHT}, CTX_LIST, GROUP_GO, "open", NULL, 1,
	 "into the row: VM > its vCPUs > exit reasons > latencies of one reason"},
	{ACT_BACK, "back", {K_BACKSPACE, K_LEFT, K_ESC}, CTX_MAIN, GROUP_GO, "up", NULL, 4, "up one level"},
	{ACT_EXITS, "exits", {'e'}, CTX_VM | CTX_VCPU, GROUP_GO, "exits", NULL, 5,
	 "exit reasons of the selected VM or vCPU"},
	{ACT_NEXT_VIEW, "next-view", {K_TAB}, CTX_MAIN, GROUP_GO, NULL, NULL, 0, "the next view: VMs, vCPUs, exit reasons, interrupts and so on"},
	{ACT_PREV_VIEW, "previous-view", {K_BACK_TAB}, CTX_MAIN, GROUP_GO, NULL, NULL, 0, "the view before"},
	{ACT_VIEW_VM, "view-vm", {'1'}, CTX_MAIN, GROUP_GO, "VMs", NULL, 20, "VMs"},
	{ACT_VIEW_VCPU, "view-vcpu", {'2'}, CTX_MAIN, GROUP_GO, "vCPUs", NULL, 20,
	 "vCPUs of the host or of the VM you are in"},
	{ACT_VIEW_EXIT, "view-exit", {'3'}, CTX_MAIN, GROUP_GO, "exits", NULL, 20,
	 "exit reasons of the host, VM or vCPU you are in"},
	{ACT_VIEW_IRQ, "view-irq", {'4'}, CTX_MAIN, GROUP_GO, NULL, NULL, 20,
	 "interrupts of the host, VM or vCPU you are in, by source; again: their delivery, by vCPU and vector"},
	{ACT_VIEW_FAULT, "view-fault", {'5'}, CTX_MAIN, GROUP_GO, NULL, NULL, 20,
	 "page faults by kind; again: by region of the guest's memory; again: those without progress"},
	{ACT_VIEW_DIRTY, "view-dirty", {'6'}, CTX_MAIN, GROUP_GO, NULL, NULL, 20,
	 "dirty pages by memslot, and whether a migration ends; again: by vCPU"},
	{ACT_VIEW_HALT, "view-halt", {'7'}, CTX_MAIN, GROUP_GO, NULL, NULL, 20,
	 "halts, halt-polling and waits for a pCPU; again: stretches on and off the pCPU"},
	{ACT_VIEW_HYPERCALL, "view-hypercall", {'8'}, CTX_MAIN, GROUP_GO, NULL, NULL, 20,
	 "hypercalls of the host, VM or vCPU you are in"},
	{ACT_VIEW_IOCTL, "view-ioctl", {'9'}, CTX_MAIN, GROUP_GO, NULL, NULL, 20,
	 "the VMM's requests to KVM; again: the memory map of each VM"},
	{ACT_VIEW_CAUSE, "view-cause", {'0'}, CTX_MAIN, GROUP_GO, NULL, NULL, 20,
	 "second-level causes of exits: MSRs, ports, device addresses, CPUID leaves, the host's interrupts"},
	{ACT_VIEW_TIMER, "view-timer", {'t'}, CTX_MAIN, GROUP_GO, NULL, NULL, 20,
	 "APIC timers of the host's vCPUs or of those you are in"},
	{ACT_VIEW_LOG, "view-log", {'l'}, CTX_MAIN, GROUP_GO, NULL, NULL, 20,
	 "every interrupt, fault, call as it happens, of the host, VM or vCPU you are in; filter it with /"},
	{ACT_VIEW_FINDING, "view-finding", {'!'}, CTX_MAIN, GROUP_GO, "findings", NULL, 21,
	 "what is wrong, in sentences; Enter goes from each to its proof"},

	{ACT_SORT_PICK, "sort", {'s', K_F1 + 5}, CTX_LIST, GROUP_SORT, "sort", NULL, 6, "pick the column to sort by"},
	{ACT_SORT_LEFT, "sort-left", {'<', ','}, CTX_LIST, GROUP_SORT, NULL, NULL, 0, "sort by the column to the left"},
	{ACT_SORT_RIGHT, "sort-right", {'>', '.'}, CTX_LIST, GROUP_SORT, NULL, NULL, 0,
	 "sort by the column to the right"},
	{ACT_REVERSE, "reverse", {'r'}, CTX_LIST | CTX_PICKER, GROUP_SORT, "reverse", NULL, 30, "turn the order round"},
	{ACT_SORT_MAX, "sort-max", {'M'}, CTX_LIST, GROUP_SORT, "max", NULL, 8,
	 "sort by the longest exit: the outliers"},
	{ACT_SORT_P99, "sort-p99", {'P'}, CTX_LIST, GROUP_SORT, NULL, NULL, 0, "sort by p99 latency"},
	{ACT_SORT_TIME, "sort-time", {'T'}, CTX_LIST, GROUP_SORT, NULL, NULL, 0, "sort by time: where it goes"},
	{ACT_SORT_RATE, "sort-rate", {'R'}, CTX_LIST, GROUP_SORT, NULL, NULL, 0, "sort by rate: what happens most"},
	{ACT_SORT_NAME, "sort-name", {'A'}, CTX_LIST, GROUP_SORT, NULL, NULL, 0, "sort by name or number"},
	{ACT_FILTER, "filter", {'/', 'f', K_F1 + 3}, CTX_LIST, GROUP_SORT, "filter", NULL, 3,
	 "keep only rows that match, as you type: web or /re/ or exits>1k or p99>50us or !reason=hlt"},

	{ACT_SEARCH, "search", {K_F1 + 2, '*'}, CTX_LIST | CTX_HELP, GROUP_SORT, "search", NULL, 43,
	 "go to rows that have a text in them, as you type, and all rows stay; in this help, to a word of it"},
	{ACT_SEARCH_NEXT, "search-next", {'n'}, CTX_LIST | CTX_HELP, GROUP_SORT, NULL, NULL, 0, "the next row that has it"},
	{ACT_SEARCH_PREV, "search-previous", {'N'}, CTX_LIST | CTX_HELP, GROUP_SORT, NULL, NULL, 0, "the row before that has it"},
	{ACT_FOLLOW, "follow", {'w'}, CTX_LIST, GROUP_SORT, NULL, NULL, 0,
	 "watch the row: it is marked, and the cursor stays on it wherever it goes, until the cursor is moved"},

	{ACT_USER_EXITS, "user-exits", {'u'}, CTX_EXIT, GROUP_SHOW, "user exits", "VM exits", 7,
	 "VM exits (out of the guest) or exits to user space (KVM_RUN returned to the VMM)"},
	{ACT_IDLE, "idle", {'i'}, CTX_EXIT, GROUP_SHOW, "mix idle", "set idle apart", 9,
	 "set idle reasons (HLT and the like) apart at the end, or mix them with the rest"},
	{ACT_CUMULATIVE, "cumulative", {'c'}, CTX_MAIN, GROUP_SHOW, "total", "interval", 10,
	 "the last interval, or all since kvmtop first saw each vCPU"},
	{ACT_SPLIT, "split", {'v', '|'}, CTX_VM | CTX_VCPU | CTX_EXIT, GROUP_SHOW, "split", "one list", 14,
	 "below the list what the selected row is made of: a VM's vCPUs and exits, a vCPU's exits, a reason's latencies"},
	{ACT_UNFOLD, "unfold", {'x', K_F1 + 4}, CTX_VM, GROUP_SHOW, "unfold", "fold", 9,
	 "the VM's vCPUs below it, in the list; again: without them"},
	{ACT_UNFOLD_ALL, "unfold-all", {'X'}, CTX_VM, GROUP_SHOW, NULL, NULL, 0, "the vCPUs of all VMs below them, or of none"},
	{ACT_DELAY, "delay", {'d'}, CTX_MAIN, GROUP_SHOW, "delay", NULL, 12, "change the time between two samples"},
	{ACT_BANDWIDTH, "bandwidth", {'B'}, CTX_MAIN, GROUP_SHOW, NULL, NULL, 0,
	 "the bandwidth that dirty pages are compared with, in MB/s: does a migration end"},
	{ACT_SAVE_SCREEN, "save-screen", {'o'}, CTX_MAIN | CTX_HELP | CTX_PICKER, GROUP_SHOW, NULL, NULL, 0,
	 "save what is on the screen as text and as a picture: kvmtop-DATE.txt and .svg"},

	{ACT_THEME, "theme", {'C'}, CTX_MAIN, GROUP_SHOW, NULL, NULL, 0, "the next theme"},
	{ACT_PALETTE, "palette", {':'}, CTX_MAIN, GROUP_SHOW, "commands", NULL, 39,
	 "type what to do by its name: any of these actions, view, sort, filter or set"},
	{ACT_MOUSE, "mouse", {'m'}, CTX_MAIN, GROUP_SHOW, NULL, NULL, 0,
	 "mouse on or off: a click selects, a second one opens, on a title sorts, below it is a key; the wheel scrolls"},
	{ACT_SETTINGS, "settings", {K_F1 + 1, 'S'}, CTX_MAIN, GROUP_SHOW, "settings", NULL, 40,
	 "settings, keys and thresholds, to look at and to change"},
	{ACT_COLUMNS, "columns", {'F'}, CTX_LIST, GROUP_SHOW, "columns", NULL, 41,
	 "which columns this view shows, and in what order"},
	{ACT_SAVE_SETTINGS, "save-settings", {'W'}, CTX_MAIN | CTX_SETTINGS | CTX_COLUMNS, GROUP_SHOW, "save", NULL, 42,
	 "write the settings to the rc file; nothing else ever does"},

	{ACT_FREEZE, "freeze", {' '}, CTX_MAIN, GROUP_TIME, "freeze", "live", 2,
	 "hold the screen still; everything else works on what is held, and a second press goes back to live"},
	{ACT_STEP_BACK, "step-back", {'['}, CTX_MAIN, GROUP_TIME, "before", NULL, 2,
	 "back to the sample before this one; samples are kept, so what is over can still be looked at"},
	{ACT_STEP_ON, "step-on", {']'}, CTX_MAIN, GROUP_TIME, "after", NULL, 2, "on to the sample after this one"},
	{ACT_MINUTE_BACK, "minute-back", {'{'}, CTX_MAIN, GROUP_TIME, NULL, NULL, 0, "a minute back"},
	{ACT_MINUTE_ON, "minute-on", {'}'}, CTX_MAIN, GROUP_TIME, NULL, NULL, 0, "a minute on"},
	{ACT_OLDEST, "oldest", {'('}, CTX_MAIN, GROUP_TIME, NULL, NULL, 0, "to the oldest sample that is kept"},
	{ACT_NEWEST, "newest", {')'}, CTX_MAIN, GROUP_TIME, NULL, NULL, 0, "to the newest sample"},
	{ACT_GO_TIME, "go-to-time", {'@'}, CTX_MAIN, GROUP_TIME, "go to", NULL, 11,
	 "go to a time: 14:03:22, or from here: -2m, +30s"},
	{ACT_MARK, "mark", {'a'}, CTX_MAIN, GROUP_TIME, "mark A", NULL, 13,
	 "mark this moment as A, to compare others with; once more takes the mark away"},
	{ACT_COMPARE, "compare", {'='}, CTX_MAIN, GROUP_TIME, "compare", NULL, 3,
	 "all from A to this moment as one interval; then how each figure changed since A's interval; then neither"},
	{ACT_TO_MARK, "go-to-mark", {'\''}, CTX_MAIN, GROUP_TIME, NULL, NULL, 0, "go to the moment A"},
	{ACT_SAVE_PAST, "flight-recorder", {'D'}, CTX_MAIN, GROUP_TIME, "save the past", NULL, 25,
	 "write all samples that are kept to a file, for kvmtop -r: the incident is over, and recorded all the same"},
	{ACT_FASTER, "faster", {'+'}, CTX_MAIN, GROUP_TIME, "faster", NULL, 12, "play a recording twice as fast"},
	{ACT_SLOWER, "slower", {'-'}, CTX_MAIN, GROUP_TIME, NULL, NULL, 0, "play a recording half as fast"},

	{ACT_LINE_ACCEPT, "line-accept", {K_ENTER}, CTX_PROMPT, GROUP_LINE, "keep", NULL, 1, "keep it"},
	{ACT_LINE_CANCEL, "line-cancel", {K_ESC, K_CTRL('C'), K_CTRL('G')}, CTX_PROMPT, GROUP_LINE, "as before", NULL, 2,
	 "back to what it was before"},
	{ACT_LINE_ERASE, "line-erase", {K_BACKSPACE, K_CTRL('H')}, CTX_PROMPT, GROUP_LINE, NULL, NULL, 0,
	 "erase the character before the cursor"},
	{ACT_LINE_DELETE, "line-delete", {K_DELETE, K_CTRL('D')}, CTX_PROMPT, GROUP_LINE, NULL, NULL, 0,
	 "erase the character under the cursor"},
	{ACT_LINE_WORD, "line-word", {K_CTRL('W')}, CTX_PROMPT, GROUP_LINE, NULL, NULL, 0,
	 "erase the word before the cursor"},
	{ACT_LINE_CLEAR, "line-clear", {K_CTRL('U')}, CTX_PROMPT, GROUP_LINE, "clear", NULL, 3, "erase it all"},
	{ACT_LINE_LEFT, "line-left", {K_LEFT, K_CTRL('B')}, CTX_PROMPT, GROUP_LINE, NULL, NULL, 0, "cursor left"},
	{ACT_LINE_RIGHT, "line-right", {K_RIGHT, K_CTRL('F')}, CTX_PROMPT, GROUP_LINE, NULL, NULL, 0, "cursor right"},
	{ACT_LINE_HOME, "line-home", {K_HOME, K_CTRL('A')}, CTX_PROMPT, GROUP_LINE, NULL, NULL, 0, "to the start"},
	{ACT_LINE_END, "line-end", {K_END, K_CTRL('E')}, CTX_PROMPT, GROUP_LINE, NULL, NULL, 0, "to the end"},

	{ACT_LINE_COMPLETE, "line-complete", {K_TAB}, CTX_PROMPT, GROUP_LINE, NULL, NULL, 0,
	 "in commands: complete what is typed"},
	{ACT_LINE_PREV, "line-previous", {K_UP, K_CTRL('P')}, CTX_PROMPT, GROUP_LINE, NULL, NULL, 0,
	 "in commands: the line above in the list"},
	{ACT_LINE_NEXT, "line-next", {K_DOWN, K_CTRL('N')}, CTX_PROMPT, GROUP_LINE, NULL, NULL, 0,
	 "in commands: the line below in the list"},

	{ACT_SECTION, "section", {K_TAB}, CTX_HELP, GROUP_BOX, "next section", NULL, 1, "the next section of the help"},
	{ACT_PICK, "pick", {K_ENTER, K_RIGHT}, CTX_PICKER, GROUP_BOX, "sort by it", NULL, 1,
	 "sort by the column under the cursor"},
	{ACT_CLOSE, "close", {K_ESC, 'q', K_BACKSPACE}, CTX_OVER, GROUP_BOX, "close", NULL, 2, "close it"},

	{ACT_CHANGE, "change", {K_ENTER, ' '}, CTX_SETTINGS, GROUP_SET, "change", NULL, 1,
	 "the next value, or type one; for a key, press the new one"},
	{ACT_NEXT_VALUE, "next-value", {K_RIGHT, '+'}, CTX_SETTINGS, GROUP_SET, NULL, NULL, 0, "the next value"},
	{ACT_PREV_VALUE, "previous-value", {K_LEFT, '-'}, CTX_SETTINGS, GROUP_SET, NULL, NULL, 0, "the value before"},
	{ACT_RESET, "reset", {K_DELETE, 'r'}, CTX_SETTINGS, GROUP_SET, "default", NULL, 3, "as kvmtop has it by itself"},
	{ACT_COLUMN_TOGGLE, "column-toggle", {K_ENTER, ' '}, CTX_COLUMNS, GROUP_SET, "show or hide", NULL, 1,
	 "show the column or hide it"},
	{ACT_COLUMN_EARLIER, "column-earlier", {K_LEFT, '<', '-'}, CTX_COLUMNS, GROUP_SET, "earlier", NULL, 3,
	 "move the column one place to the left"},
	{ACT_COLUMN_LATER, "column-later", {K_RIGHT, '>', '+'}, CTX_COLUMNS, GROUP_SET, "later", NULL, 3,
	 "move the column one place to the right"},
	{ACT_COLUMN_RESET, "column-reset", {K_DELETE, 'r'}, CTX_COLUMNS, GROUP_SET, "default", NULL, 4,
	 "all columns, in their usual order"},

	{ACT_HELP, "help", {'?', 'h', K_F1}, CTX_MAIN | CTX_HELP, GROUP_QUIT, "help", "close", 0,
	 "this help, and back"},
	{ACT_REDRAW, "redraw", {K_CTRL('L')}, CTX_ALL, GROUP_QUIT, NULL, NULL, 0, "draw the whole screen again"},
	{ACT_SUSPEND, "suspend", {K_CTRL('Z')}, CTX_ALL, GROUP_QUIT, NULL, NULL, 0,
	 "back to the shell; fg brings kvmtop back"},
	{ACT_UP_OR_QUIT, "up-or-quit", {'q'}, CTX_MAIN, GROUP_QUIT, "quit", NULL, 6,
	 "up one level, and at the top quit"},
	{ACT_QUIT, "quit", {'Q', K_F1 + 9, K_CTRL('C')}, CTX_MAIN | CTX_OVER, GROUP_QUIT, NULL, NULL, 0,
	 "quit from anywhere"},
};
/* clang-format on */

const size_t action_count = ARRAY_SIZE(action_table);

const struct action *action_find(u32 key, enum context context)
{
	for (size_t i = 0; i < action_count; i++) {
		const struct action *act = &action_table[i];

		if (!(act->contexts & context))
			continue;
		for (int k = 0; k < ACTION_KEYS && act->keys[k]; k++)
			if (act->keys[k] == key)
				return act;
	}
	return NULL;
}

/* clang-format off */
static const enum action_id view_actions[VIEWS] = {
	[VIEW_VM] = ACT_VIEW_VM,
	[VIEW_VCPU] = ACT_VIEW_VCPU,
	[VIEW_EXIT] = ACT_VIEW_EXIT,
	[VIEW_IRQ] = ACT_VIEW_IRQ,
	[VIEW_VECTOR] = ACT_VIEW_IRQ,
	[VIEW_HALT] = ACT_VIEW_HALT,
	[VIEW_STRETCH] = ACT_VIEW_HALT,
	[VIEW_FAULT] = ACT_VIEW_FAULT,
	[VIEW_REGION] = ACT_VIEW_FAULT,
	[VIEW_STUCK] = ACT_VIEW_FAULT,
	[VIEW_DIRTY] = ACT_VIEW_DIRTY,
	[VIEW_DIRTY_VCPU] = ACT_VIEW_DIRTY,
	[VIEW_PAGE] = ACT_VIEW_DIRTY,
	[VIEW_HYPERCALL] = ACT_VIEW_HYPERCALL,
	[VIEW_TIMER] = ACT_VIEW_TIMER,
	[VIEW_IOCTL] = ACT_VIEW_IOCTL,
	[VIEW_MEMSLOT] = ACT_VIEW_IOCTL,
	[VIEW_CAUSE] = ACT_VIEW_CAUSE,
	[VIEW_LOG] = ACT_VIEW_LOG,
	[VIEW_FINDING] = ACT_VIEW_FINDING,
};
/* clang-format on */

int action_view(enum action_id id)
{
	for (int view = 0; view < VIEW_DETAIL; view++)
		if (view_actions[view] == id && id != ACT_NONE)
			return view;
	return -1;
}

enum action_id view_action(int view)
{
	return view >= 0 && view < VIEWS ? view_actions[view] : ACT_NONE;
}

const struct action *action_by_id(enum action_id id)
{
	for (size_t i = 0; i < action_count; i++)
		if (action_table[i].id == id)
			return &action_table[i];
	return NULL;
}

const struct action *action_by_name(const char *name)
{
	for (size_t i = 0; i < action_count; i++)
		if (!strcasecmp(action_table[i].name, name))
			return &action_table[i];
	return NULL;
}
