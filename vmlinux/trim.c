// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes the header of kernel types that the BPF programs need: only the listed types, with only the listed fields.
 *
 *   trim ARCH LIST VERSION=VMLINUX,MODULE.ko,... [VERSION=...] > ARCH.h
 *
 * The list (types.list) is in sections, one a kernel version, and has parts for one architecture only. Types of the
 * first section keep their names, those of later ones get the flavour ___vVERSION, which CO-RE ignores when it looks for
 * the kernel's type.
 */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <bpf/btf.h>

#define MODULES 8

struct kernel {
	char version[16];
	struct btf *btf[MODULES]; /* the first is vmlinux, the base of the others */
	int count;
};

static char emitted[256][64];
static int emitted_count;

static void __attribute__((noreturn, format(printf, 1, 2))) die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fprintf(stderr, "trim: ");
	vfprintf(stderr, fmt, ap);
	fprintf(stderr, "\n");
	va_end(ap);
	exit(1);
}

static bool was_emitted(const char *name)
{
	for (int i = 0; i < emitted_count; i++)
		if (!strcmp(emitted[i], name))
			return true;
	return false;
}

/* The struct or union by that name with members, in whichever of the kernel's BTFs has it. */
static const struct btf_type *find_type(const struct kernel *k, const char *name, bool is_union, const struct btf **in)
{
	for (int i = 0; i < k->count; i++) {
		u_int32_t count = btf__type_cnt(k->btf[i]);

		for (u_int32_t id = i ? btf__type_cnt(k->btf[0]) : 1; id < count; id++) {
			const struct btf_type *t = btf__type_by_id(k->btf[i], id);

			if (!btf_is_composite(t) || btf_is_union(t) != is_union || !btf_vlen(t))
				continue;
			if (!strcmp(btf__name_by_offset(k->btf[i], t->name_off), name)) {
				*in = k->btf[i];
				return t;
			}
		}
		/* A typedef of an anonymous struct: atomic_t and its like. */
		for (u_int32_t id = i ? btf__type_cnt(k->btf[0]) : 1; id < count; id++) {
			const struct btf_type *t = btf__type_by_id(k->btf[i], id);

			if (!btf_is_typedef(t) || strcmp(btf__name_by_offset(k->btf[i], t->name_off), name))
				continue;
			t = btf__type_by_id(k->btf[i], t->type);
			if (btf_is_composite(t)) {
				*in = k->btf[i];
				return t;
			}
		}
	}
	return NULL;
}

/* A field, also one of an anonymous member, however deep: CO-RE looks into those too. */
static const struct btf_member *find_field(const struct btf *btf, const struct btf_type *t, const char *name)
{
	const struct btf_member *m = btf_members(t);

	for (int i = 0; i < btf_vlen(t); i++, m++) {
		const char *mname = btf__name_by_offset(btf, m->name_off);

		if (!strcmp(mname, name))
			return m;
		if (!*mname) {
			const struct btf_type *inner = btf__type_by_id(btf, m->type);
			const struct btf_member *found;

			while (btf_is_mod(inner))
				inner = btf__type_by_id(btf, inner->type);
			found = btf_is_composite(inner) ? find_field(btf, inner, name) : NULL;
			if (found)
				return found;
		}
	}
	return NULL;
}

/* Prints "TYPE NAME;" for a field. */
static void print_field(const struct btf *btf, u_int32_t id, const char *owner, const char *field)
{
	const struct btf_type *t = btf__type_by_id(btf, id);
	char suffix[32] = "", stars[8] = "";
	const char *alias = NULL;

	for (;;) {
		if (btf_is_typedef(t)) {
			alias = btf__name_by_offset(btf, t->name_off);
			t = btf__type_by_id(btf, t->type);
		} else if (btf_is_mod(t)) {
			t = btf__type_by_id(btf, t->type);
		} else if (btf_is_array(t)) {
			snprintf(suffix + strlen(suffix), sizeof(suffix) - strlen(suffix), "[%u]",
				 btf_array(t)->nelems);
			t = btf__type_by_id(btf, btf_array(t)->type);
		} else if (btf_is_ptr(t)) {
			strncat(stars, "*", sizeof(stars) - strlen(stars) - 1);
			alias = NULL;
			if (!t->type) {
				printf("\tvoid *%s%s;\n", field, suffix);
				return;
			}
			t = btf__type_by_id(btf, t->type);
		} else {
			break;
		}
	}

	if (btf_is_composite(t) || btf_is_fwd(t)) {
		const char *name = btf__name_by_offset(btf, t->name_off);

		if (!*name && alias)
			name = alias;
		if (!*name)
			die("%s.%s: an anonymous type", owner, field);
		if (!*stars && !was_emitted(name))
			die("%s.%s embeds %s, which the list has to name before", owner, field, name);
		printf("\t%s %s %s%s%s;\n", btf_is_union(t) ? "union" : "struct", name, stars, field, suffix);
	} else if (btf_is_int(t)) {
		bool sign = btf_int_encoding(t) & BTF_INT_SIGNED;

		if (t->size == 1 && !strcmp(btf__name_by_offset(btf, t->name_off), "char"))
			printf("\tchar %s%s%s;\n", stars, field, suffix);
		else if (btf_int_encoding(t) & BTF_INT_BOOL)
			printf("\t_Bool %s%s%s;\n", stars, field, suffix);
		else
			printf("\t__%c%u %s%s%s;\n", sign ? 's' : 'u', t->size * 8, stars, field, suffix);
	} else if (btf_is_any_enum(t)) {
		printf("\t__u32 %s%s%s;\n", stars, field, suffix);
	} else {
		die("%s.%s: kind %d", owner, field, btf_kind(t));
	}
}

/* One line of the list: "struct NAME: FIELD FIELD ..." */
static void print_type(const struct kernel *k, char *line, const char *flavour)
{
	bool is_union = !strncmp(line, "union ", 6);
	char *colon = strchr(line, ':'), *name, *field, *save = NULL;
	const struct btf_type *t;
	const struct btf *btf;

	if (!colon || (!is_union && strncmp(line, "struct ", 7)))
		die("not a type: %s", line);
	*colon = '\0';
	name = strchr(line, ' ') + 1;
	t = find_type(k, name, is_union, &btf);
	if (!t)
		die("kernel %s has no %s", k->version, line);
	printf("\n%s %s%s {\n", is_union ? "union" : "struct", name, flavour);
	for (field = strtok_r(colon + 1, " \t\n", &save); field; field = strtok_r(NULL, " \t\n", &save)) {
		const struct btf_member *m = find_field(btf, t, field);

		if (!m)
			die("kernel %s: %s has no field %s", k->version, line, field);
		print_field(btf, m->type, name, field);
	}
	printf("};\n");
	if (!*flavour && emitted_count < (int)(sizeof(emitted) / sizeof(emitted[0])))
		snprintf(emitted[emitted_count++], sizeof(emitted[0]), "%s", name);
}

static void load_kernel(struct kernel *k, char *arg)
{
	char *eq = strchr(arg, '='), *path, *save = NULL;

	if (!eq)
		die("not VERSION=FILE,...: %s", arg);
	*eq = '\0';
	snprintf(k->version, sizeof(k->version), "%s", arg);
	for (path = strtok_r(eq + 1, ",", &save); path && k->count < MODULES; path = strtok_r(NULL, ",", &save)) {
		struct btf *btf = k->count ? btf__parse_split(path, k->btf[0]) : btf__parse(path, NULL);

		if (!btf)
			die("%s: %s", path, strerror(errno));
		k->btf[k->count++] = btf;
	}
}

int main(int argc, char **argv)
{
	static struct kernel kernels[4];
	const struct kernel *k = NULL;
	char line[1024], flavour[24] = "", guard[16] = "";
	int n = 0, sections = 0;
	bool skip = false;
	FILE *list;

	if (argc < 4)
		die("usage: trim ARCH LIST VERSION=VMLINUX,MODULE.ko,... [VERSION=...]");
	for (size_t i = 0; i < sizeof(guard) - 1 && argv[1][i]; i++)
		guard[i] = toupper((unsigned char)argv[1][i]);
	for (int i = 3; i < argc && n < 4; i++)
		load_kernel(&kernels[n++], argv[i]);
	list = fopen(argv[2], "r");
	if (!list)
		die("%s: %s", argv[2], strerror(errno));

	printf("/* SPDX-License-Identifier: GPL-2.0-only */\n");
	printf("/* Generated by vmlinux/regen from types.list and the BTF of Debian kernels: do not edit. */\n");
	printf("#ifndef KVMTOP_VMLINUX_%s_H\n#define KVMTOP_VMLINUX_%s_H\n\n#include <linux/types.h>\n\n", guard,
	       guard);
	printf("#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)\n");
	while (fgets(line, sizeof(line), list)) {
		char *end = line + strcspn(line, "#\n");

		while (end > line && (end[-1] == ' ' || end[-1] == '\t'))
			end--;
		*end = '\0';
		if (!*line)
			continue;
		if (!strncmp(line, "arch ", 5)) {
			skip = strcmp(line + 5, "all") && strcmp(line + 5, argv[1]);
			continue;
		}
		if (skip)
			continue;
		if (!strncmp(line, "kernel ", 7)) {
			k = NULL;
			for (int i = 0; i < n; i++)
				if (!strcmp(kernels[i].version, line + 7))
					k = &kernels[i];
			if (!k)
				die("the list asks for kernel %s, which was not given", line + 7);
			if (sections++) {
				char *dst = flavour + snprintf(flavour, sizeof(flavour), "___v");

				for (const char *c = k->version; *c; c++)
					if (*c != '.')
						*dst++ = *c;
				*dst = '\0';
			}
			continue;
		}
		if (!k)
			die("a type before the first kernel line: %s", line);
		print_type(k, line, flavour);
	}
	printf("\n#pragma clang attribute pop\n\n#endif\n");
	fclose(list);
	return 0;
}
