/* SPDX-License-Identifier: GPL-2.0-only */
/* The truth VMM's command line: a list of steps, done in order by each vCPU. */
#define _GNU_SOURCE
#include "vmm.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How an option's value reads. */
enum form {
	FORM_COUNT,  /* N */
	FORM_TIME,   /* TIME */
	FORM_TIME_N, /* TIME:N, or TIME once */
	FORM_N_ARG,  /* N, or N:ARG */
};

static const struct {
	const char *name; /* of the option, and in the truth's JSON with _ for - */
	enum form form;
	uint64_t arg; /* unless given */
	const char *help;
} ops[OPS] = {
	[OP_PIO] = {"pio", FORM_N_ARG, PORT_DATA, "N[:PORT] writes to a port (0xe00)"},
	[OP_PIO_IN] = {"pio-in", FORM_N_ARG, PORT_DATA, "N[:PORT] reads from a port (0xe00)"},
	[OP_MMIO_WRITE] = {"mmio-write", FORM_N_ARG, ARG_ANY,
			   "N[:ADDRESS] writes to memory that is not there (some 16)"},
	[OP_MMIO_READ] = {"mmio-read", FORM_N_ARG, ARG_ANY, "N[:ADDRESS] reads from it"},
	[OP_CPUID] = {"cpuid", FORM_N_ARG, ARG_ANY, "N[:LEAF] times CPUID (0 and 1 in turn)"},
	[OP_MSR_READ] = {"msr-read", FORM_N_ARG, MSR_MCG_STATUS,
			 "N[:INDEX] times RDMSR (MCG_STATUS: always intercepted)"},
	[OP_MSR_WRITE] = {"msr-write", FORM_N_ARG, MSR_MCG_STATUS, "N[:INDEX] times WRMSR of 0"},
	[OP_HLT] = {"hlt", FORM_N_ARG, 1000000, "N[:NS] halts, each ended by the APIC timer after NS (1000000)"},
	[OP_HYPERCALL] = {"hypercall", FORM_N_ARG, 1009, "N[:NR] hypercalls of number NR (1009: unknown to KVM)"},
	[OP_KICK] = {"kick", FORM_N_ARG, 0, "N[:APICID] times the hypercall KICK_CPU (to vCPU 0)"},
	[OP_PV_IPI] = {"pv-ipi", FORM_COUNT, 0, "N times the hypercall SEND_IPI to itself"},
	[OP_YIELD] = {"sched-yield", FORM_N_ARG, 0, "N[:APICID] times the hypercall SCHED_YIELD (to vCPU 0)"},
	[OP_HYPERV] = {"hv-hypercall", FORM_N_ARG, 8, "N[:CODE] hypercalls of Hyper-V's (8: a spin wait)"},
	[OP_XEN] = {"xen-hypercall", FORM_N_ARG, 17,
		    "N[:NR] hypercalls of Xen's (17: its version; 29: yields); all of this VM's are then such"},
	[OP_CLOCK] = {"clock-pairing", FORM_COUNT, 0, "N times the hypercall CLOCK_PAIRING"},
	[OP_FAULT] = {"fault-pages", FORM_COUNT, 0, "N first writes to pages of memory"},
	[OP_SLOW] = {"slow-handler", FORM_TIME_N, 0, "TIME[:N] N exits that keep the VMM busy for TIME each"},
	[OP_STUCK] = {"stuck-user", FORM_TIME_N, 0, "TIME[:N] N exits in which the VMM sleeps for TIME"},
	[OP_SPIN] = {"spin", FORM_TIME, 0, "TIME busy in the guest, without exits of its own"},
	[OP_IDLE] = {"idle", FORM_TIME, 0, "TIME halted; 0: until told to stop"},
	[OP_MSI] = {"msi", FORM_COUNT, 0, "N halts, each ended by an MSI from another thread"},
	[OP_SLOTS] = {"slots", FORM_COUNT, 0, "N memslots added and removed by the VMM"},
	[OP_ERROR] = {"ioctl-error", FORM_COUNT, 0, "N ioctls of the VMM that fail"},
	[OP_IRQFD] = {"irqfd", FORM_COUNT, 0, "N halts, each ended by an eventfd that another thread writes"},
	[OP_EDGE] = {"ioapic-edge", FORM_N_ARG, 19, "N[:PIN] likewise by a line of the IOAPIC (16 to 23; 19)"},
	[OP_LEVEL] = {"ioapic-level", FORM_N_ARG, 20,
		      "N[:PIN] likewise, the line being up until the guest has taken it (20)"},
	[OP_TWICE] = {"ioapic-twice", FORM_N_ARG, 21, "N[:PIN] as ioapic-edge, each raised a second time in vain (21)"},
	[OP_PIC] = {"pic", FORM_N_ARG, 5, "N[:PIN] likewise by a line of the PIC (3 to 7; 5)"},
	[OP_IPI] = {"ipi", FORM_COUNT, 0, "N IPIs from each vCPU 2n to 2n + 1, which answers"},
	[OP_PERIODIC] = {"timer-periodic", FORM_N_ARG, 5000000,
			 "N[:NS] halts ended by the periodic APIC timer (5000000)"},
	[OP_DEADLINE] = {"timer-deadline", FORM_N_ARG, 1000000,
			 "N[:NS] halts, each ended by the TSC deadline timer (1000000)"},
	[OP_FAULT_READ] = {"fault-read", FORM_COUNT, 0, "N first reads of pages of memory"},
	[OP_FAULT_EXEC] = {"fault-exec", FORM_COUNT, 0, "N first calls into pages of memory"},
	[OP_FAULT_HUGE] = {"fault-huge", FORM_COUNT, 0, "N first writes to pages of 2 MiB (hugetlbfs, or transparent)"},
	[OP_DIRTY_LOG] = {"dirty-log", FORM_N_ARG, 5,
			  "N[:CYCLES] pages, logged by KVM_GET_DIRTY_LOG; cycle c writes every (c+1)th"},
	[OP_DIRTY_RING] = {"dirty-ring", FORM_N_ARG, 5, "N[:CYCLES] likewise by the vCPUs' dirty rings"},
	[OP_NESTED] = {"nested", FORM_COUNT, 0,
		       "N times VMRUN of a guest inside the guest, which does CPUID and VMMCALL (AMD)"},
	[OP_VAIN] = {"fault-vain", FORM_COUNT, 0, "N faults in a row on one page that KVM gets only after them"},
	[OP_WAIT] = {"wait", FORM_COUNT, 0, NULL}, /* no option */
};

const char *op_name(unsigned int op)
{
	return ops[op].name;
}

static void usage(FILE *f)
{
	fprintf(f, "usage: vmm [-name [guest=]NAME] [--vcpus N] [--pin CPU,..] [--repeat N | --loop] [--output FILE]\n"
		   "           [--hold STEM] [--lives N] [--ioctl-kinds N] [--one-thread] [--ask] [--on VCPU|all]\n"
		   "           STEPS...\n"
		   "Steps, done in this order by each vCPU (or by the one of the last --on):\n");
	for (unsigned int i = 0; i < OPS; i++)
		if (ops[i].help)
			fprintf(f, "  --%-14s %s\n", ops[i].name, ops[i].help);
	fprintf(f,
		"TIME has a unit: ns, us, ms or s. --hold: STEM.ready appears when the VM is set up and no vCPU has\n"
		"run; the steps begin when STEM.go exists; STEM.done appears when they are done and the truth is\n"
		"written; the VM goes when STEM.end exists. --lives: so many such VMs, each gone before the next;\n"
		"--hold and the truth are for the last. --ioctl-kinds: at first N requests that KVM has not, each\n"
		"another, on the VM; not in the truth's ioctls. --one-thread: one thread runs all vCPUs, in turn. "
		"--ask: only\n"
		"tells by its exit status whether this host's KVM has what the steps need.\n");
}

__attribute__((format(printf, 1, 2), noreturn)) static void die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fprintf(stderr, "vmm: ");
	vfprintf(stderr, format, args);
	fprintf(stderr, " (vmm --help)\n");
	va_end(args);
	exit(2);
}

static uint64_t number(const char *option, const char *text, char **end)
{
	uint64_t n;

	errno = 0;
	n = strtoull(text, end, 0);
	if (errno || *end == text || *text == '-')
		die("--%s: '%s' is not a number", option, text);
	return n;
}

static uint64_t duration(const char *option, const char *text, char **end)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = {{"ns", 1}, {"us", 1000}, {"ms", 1000000}, {"s", 1000000000}};
	uint64_t n = number(option, text, end);

	if (!n)
		return 0;
	for (unsigned int i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		size_t len = strlen(units[i].name);

		if (!strncmp(*end, units[i].name, len)) {
			*end += len;
			return n * units[i].ns;
		}
	}
	die("--%s: '%s' has no unit", option, text);
}

static void add_step(struct options *opt, unsigned int op, const char *value, int vcpu)
{
	const char *name = ops[op].name;
	struct step *s = &opt->step[opt->steps].step;
	char *end;

	if (opt->steps == STEPS)
		die("more than %d steps", STEPS);
	s->op = op;
	s->count = 1;
	s->arg = ops[op].arg;
	opt->step[opt->steps].vcpu = vcpu;
	if (ops[op].form == FORM_TIME || ops[op].form == FORM_TIME_N) {
		s->arg = opt->step[opt->steps].ns = duration(name, value, &end);
		if (*end == ':' && ops[op].form == FORM_TIME_N)
			s->count = (unsigned int)number(name, end + 1, &end);
	} else {
		s->count = (unsigned int)number(name, value, &end);
		if (*end == ':' && ops[op].form == FORM_N_ARG)
			s->arg = number(name, end + 1, &end);
	}
	if (*end)
		die("--%s: '%s' not understood", name, value);
	if ((op == OP_FAULT || op == OP_FAULT_READ || op == OP_FAULT_EXEC) && s->count > opt->fresh_pages)
		opt->fresh_pages = s->count;
	if (op == OP_VAIN && !opt->fresh_pages)
		opt->fresh_pages = 1;
	if (op == OP_FAULT_HUGE && s->count > HUGE_MOST)
		die("--%s: at most %d pages", name, HUGE_MOST);
	if (op == OP_FAULT_HUGE && s->count > opt->huge_pages)
		opt->huge_pages = s->count;
	if (op == OP_DIRTY_LOG || op == OP_DIRTY_RING) {
		if (opt->dirty_pages && opt->dirty_ring != (op == OP_DIRTY_RING))
			die("--%s: a VM has either a dirty log or dirty rings", name);
		if (!s->count || s->count > 2048 || s->arg > s->count)
			die("--%s: 1 to 2048 pages, and no more cycles than pages", name);
		opt->dirty_ring = op == OP_DIRTY_RING;
		if (s->count > opt->dirty_pages)
			opt->dirty_pages = s->count;
	}
	opt->steps++;
}

/* QEMU's form: [guest=]NAME[,...] */
static const char *guest_name(const char *value)
{
	char *name = strdup(strncmp(value, "guest=", 6) ? value : value + 6);

	if (!name)
		die("out of memory");
	name[strcspn(name, ",")] = '\0';
	return name;
}

static void pins(struct options *opt, const char *value)
{
	char *end;

	opt->pins = 0;
	do {
		if (opt->pins == GUEST_VCPUS)
			die("--pin: more than %d CPUs", GUEST_VCPUS);
		opt->pin[opt->pins++] = (int)number("pin", value, &end);
		value = end + 1;
	} while (*end == ',');
	if (*end)
		die("--pin: '%s' not understood", value);
}

static bool general(struct options *opt, const char *name, const char *value, int *vcpu)
{
	char *end = NULL;

	if (!strcmp(name, "name")) {
		opt->name = guest_name(value);
	} else if (!strcmp(name, "vcpus")) {
		opt->vcpus = (unsigned int)number(name, value, &end);
		if (*end || opt->vcpus < 1 || opt->vcpus > GUEST_VCPUS)
			die("--vcpus: 1 to %d", GUEST_VCPUS);
	} else if (!strcmp(name, "repeat")) {
		opt->repeat = (unsigned int)number(name, value, &end);
		if (*end || !opt->repeat)
			die("--repeat: '%s' is not a number above 0", value);
	} else if (!strcmp(name, "lives")) {
		opt->lives = (unsigned int)number(name, value, &end);
		if (*end || !opt->lives)
			die("--lives: '%s' is not a number above 0", value);
	} else if (!strcmp(name, "ioctl-kinds")) {
		opt->ioctl_kinds = (unsigned int)number(name, value, &end);
		if (*end || opt->ioctl_kinds > KINDS_MAX)
			die("--ioctl-kinds: 0 to %d", KINDS_MAX);
	} else if (!strcmp(name, "on")) {
		*vcpu = strcmp(value, "all") ? (int)number(name, value, &end) : -1;
	} else if (!strcmp(name, "pin")) {
		pins(opt, value);
	} else if (!strcmp(name, "output")) {
		opt->output = value;
	} else if (!strcmp(name, "hold")) {
		opt->hold = value;
	} else {
		return false;
	}
	return true;
}

void options_parse(struct options *opt, int argc, char **argv)
{
	int vcpu = -1;

	opt->name = "truth";
	opt->vcpus = 1;
	opt->repeat = 1;
	opt->lives = 1;
	for (int i = 1; i < argc; i++) {
		const char *name = argv[i] + strspn(argv[i], "-");
		unsigned int op;

		if (name == argv[i] || !*name)
			die("'%s' not understood", argv[i]);
		if (!strcmp(name, "help")) {
			usage(stdout);
			exit(0);
		}
		if (!strcmp(name, "loop")) {
			opt->repeat = 0;
			continue;
		}
		if (!strcmp(name, "ask")) {
			opt->ask = true;
			continue;
		}
		if (!strcmp(name, "one-thread")) {
			opt->one_thread = true;
			continue;
		}
		if (i + 1 == argc)
			die("%s: no such option, or its value is missing", argv[i]);
		if (general(opt, name, argv[i + 1], &vcpu)) {
			i++;
			continue;
		}
		for (op = 0; op < OPS && (!ops[op].help || strcmp(name, ops[op].name)); op++)
			;
		if (op == OPS)
			die("%s: no such option", argv[i]);
		add_step(opt, op, argv[++i], vcpu);
	}
	if (!opt->steps)
		die("nothing to do");
	for (int i = 0; i < (int)opt->steps; i++) {
		unsigned int op = opt->step[i].step.op;

		if (opt->one_thread && opt->vcpus > 1 &&
		    (op == OP_IPI || op == OP_DIRTY_LOG || op == OP_DIRTY_RING || op == OP_EDGE || op == OP_LEVEL ||
		     op == OP_TWICE))
			die("--one-thread: the vCPUs of --%s wait for each other", ops[op].name);
	}
}
