/* SPDX-License-Identifier: GPL-2.0-only */
/* Filter expressions: read once, then matched against values. The grammar is in query.h. */
#include <ctype.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "query.h"

enum term_op { OP_EQ, OP_LT, OP_LE, OP_GT, OP_GE, OP_MATCH };

/* What a number's suffix makes of it. */
enum number_kind {
	NUMBER_NOT,
	NUMBER_PLAIN, /* none, or k M G */
	NUMBER_TIME,  /* ns us ms s: num is in ns */
	NUMBER_SHARE, /* %: num is in per cent */
};

struct term {
	char *column; /* NULL: any text column */
	char *text;
	double num;
	double bytes; /* the number as one of memory */
	regex_t regex;
	enum term_op op;
	enum number_kind kind;
	bool has_regex;
	bool negate;
};

struct filter {
	struct term *terms;
	u32 count, room;
};

struct parser {
	const char *at;
	const char *term; /* where the present term begins: what an error points at */
	char *err;
	size_t err_size;
};

static int fail(struct parser *p, const char *end, const char *why, const char *what)
{
	if (p->err_size)
		snprintf(p->err, p->err_size, "filter term '%.*s': %s%s%s",
			 (int)(end - p->term > 60 ? 60 : end - p->term), p->term, why, *what ? " " : "", what);
	return -EINVAL;
}

/* --- numbers ------------------------------------------------------------------------------------------------------ */

static const struct suffix {
	const char *name;
	double factor, of_bytes;
	enum number_kind kind;
} suffixes[] = {
	{"", 1, 1, NUMBER_PLAIN},         {"k", 1e3, 0x1p10, NUMBER_PLAIN}, {"K", 1e3, 0x1p10, NUMBER_PLAIN},
	{"M", 1e6, 0x1p20, NUMBER_PLAIN}, {"G", 1e9, 0x1p30, NUMBER_PLAIN}, {"ns", 1, 0, NUMBER_TIME},
	{"us", 1e3, 0, NUMBER_TIME},      {"ms", 1e6, 0, NUMBER_TIME},      {"s", 1e9, 0, NUMBER_TIME},
	{"%", 1, 0, NUMBER_SHARE},
};

/* Digits with one point at most, then a suffix. By hand, because strtod follows the locale and takes "inf" and hex. */
static enum number_kind parse_number(const char *text, double *num, double *bytes)
{
	double value = 0, place = 1;
	bool digits = false, point = false;

	for (; isdigit((unsigned char)*text) || (*text == '.' && !point); text++) {
		if (*text == '.') {
			point = true;
			continue;
		}
		digits = true;
		value = value * 10 + (*text - '0');
		if (point)
			place *= 10;
	}
	if (!digits)
		return NUMBER_NOT;
	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
		if (strcmp(text, suffixes[i].name))
			continue;
		*num = value / place * suffixes[i].factor;
		*bytes = value / place * suffixes[i].of_bytes;
		return suffixes[i].kind;
	}
	return NUMBER_NOT;
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

static bool text_unit(enum unit unit)
{
	return unit == UNIT_TEXT || unit == UNIT_STATE;
}

static bool bar_unit(enum unit unit)
{
	return unit == UNIT_BUDGET || unit == UNIT_PARTS;
}

/* Why the term cannot be asked of a column of that unit, NULL when it can. */
static const char *misfit(const struct term *term, enum unit unit)
{
	if (bar_unit(unit))
		return "is a bar: filter by one of its parts, as in wait>5%";
	if (text_unit(unit))
		return term->op == OP_EQ || term->op == OP_MATCH ? NULL : "is text: use = or ~";
	if (term->op == OP_MATCH)
		return "is a number: use < <= = >= or >";
	if (term->kind == NUMBER_NOT)
		return "takes a number, as in 10, 1.5k, 50us or 5%";
	if (term->kind == NUMBER_TIME && unit != UNIT_NS)
		return "is not a duration: no ns, us, ms or s";
	if (term->kind == NUMBER_SHARE && unit != UNIT_SHARE)
		return "is not a share: no %";
	return NULL;
}

/* The term must make sense in one view at least; what it says in the others is then left out. */
static int check_column(struct parser *p, const struct term *term, const char *end)
{
	const char *why = NULL;
	bool found = false;

	for (int view = 0; view < VIEWS; view++) {
		const struct view_columns *columns = view_columns(view);
		int i = column_find(columns, term->column);

		if (i < 0)
			continue;
		found = true;
		why = misfit(term, columns->columns[i].unit);
		if (!why)
			return 0;
	}
	return found ? fail(p, end, term->column, why) : fail(p, end, "there is no column", term->column);
}

/* Up to the next blank, double quotes taken away. */
static char *take_word(struct parser *p)
{
	char *word = malloc(strlen(p->at) + 1), *to = word;
	bool quoted = false;

	if (!word)
		return NULL;
	for (; *p->at && (quoted || !isspace((unsigned char)*p->at)); p->at++) {
		if (*p->at == '"')
			quoted = !quoted;
		else
			*to++ = *p->at;
	}
	*to = '\0';
	return word;
}

/* Between slashes; "\/" stands for a slash. The closing one may still be missing while the user types. */
static char *take_slashes(struct parser *p)
{
	char *word = malloc(strlen(p->at) + 1), *to = word;

	if (!word)
		return NULL;
	for (p->at++; *p->at && *p->at != '/'; p->at++) {
		if (p->at[0] == '\\' && p->at[1] == '/')
			p->at++;
		*to++ = *p->at;
	}
	if (*p->at)
		p->at++;
	*to = '\0';
	return word;
}

static int compile(struct parser *p, struct term *term)
{
	char why[128];
	int err = regcomp(&term->regex, term->text, REG_EXTENDED | REG_ICASE | REG_NOSUB);

	if (!err) {
		term->has_regex = true;
		return 0;
	}
	regerror(err, &term->regex, why, sizeof(why));
	return fail(p, p->at, "not a regular expression:", why);
}

/* Length of a column's name followed by an operator at s, 0 when there is none. */
static size_t column_length(const char *s)
{
	size_t n = 0;

	while (isalnum((unsigned char)s[n]) || s[n] == '_')
		n++;
	if (n && (strchr("<>=~", s[n]) ? s[n] != '\0' : s[n] == '!' && s[n + 1] == '='))
		return n;
	return 0;
}

static void take_operator(struct parser *p, struct term *term)
{
	bool equal;

	if (*p->at == '!') {
		term->negate = !term->negate;
		p->at++;
	}
	equal = p->at[0] != '=' && p->at[0] != '~' && p->at[1] == '=';
	switch (*p->at) {
	case '<':
		term->op = equal ? OP_LE : OP_LT;
		break;
	case '>':
		term->op = equal ? OP_GE : OP_GT;
		break;
	case '~':
		term->op = OP_MATCH;
		break;
	default:
		term->op = OP_EQ;
		break;
	}
	p->at += equal ? 2 : 1;
}

static int parse_column_term(struct parser *p, struct term *term, size_t length)
{
	int err;

	term->column = strndup(p->at, length);
	if (!term->column)
		return -ENOMEM;
	p->at += length;
	take_operator(p, term);
	term->text = term->op == OP_MATCH && *p->at == '/' ? take_slashes(p) : take_word(p);
	if (!term->text)
		return -ENOMEM;
	if (!*term->text)
		return fail(p, p->at, "a value is missing", "");
	term->kind = parse_number(term->text, &term->num, &term->bytes);
	err = check_column(p, term, p->at);
	if (err)
		return err;
	return term->op == OP_MATCH ? compile(p, term) : 0;
}

static int parse_term(struct parser *p, struct term *term)
{
	size_t length;

	p->term = p->at;
	while (*p->at == '!') {
		term->negate = !term->negate;
		p->at++;
	}
	if (!*p->at || isspace((unsigned char)*p->at))
		return fail(p, p->at, "a term is missing after '!'", "");
	length = column_length(p->at);
	if (length)
		return parse_column_term(p, term, length);
	if (*p->at == '/') {
		term->op = OP_MATCH;
		term->text = take_slashes(p);
		return term->text ? compile(p, term) : -ENOMEM;
	}
	term->text = take_word(p);
	return term->text ? 0 : -ENOMEM;
}

int filter_parse(const char *text, struct filter **out, char *err, size_t err_size)
{
	struct parser p = {.at = text, .term = text, .err = err, .err_size = err_size};
	struct filter *filter = NULL;
	int ret = 0;

	*out = NULL;
	if (err_size)
		*err = '\0';
	for (;;) {
		while (isspace((unsigned char)*p.at))
			p.at++;
		if (!*p.at)
			break;
		if (!filter)
			filter = calloc(1, sizeof(*filter));
		if (!filter || ARRAY_ROOM(filter->terms, filter->room, (u64)filter->count + 1)) {
			ret = -ENOMEM;
			break;
		}
		memset(&filter->terms[filter->count], 0, sizeof(*filter->terms));
		ret = parse_term(&p, &filter->terms[filter->count++]);
		if (ret)
			break;
	}
	if (ret) {
		filter_free(filter);
		return ret;
	}
	*out = filter;
	return 0;
}

void filter_free(struct filter *filter)
{
	if (!filter)
		return;
	for (u32 i = 0; i < filter->count; i++) {
		free(filter->terms[i].column);
		free(filter->terms[i].text);
		if (filter->terms[i].has_regex)
			regfree(&filter->terms[i].regex);
	}
	free(filter->terms);
	free(filter);
}

/* --- matching ----------------------------------------------------------------------------------------------------- */

/* ASCII case only, so that the result is the same in every locale. */
static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

static bool contains(const char *text, const char *part)
{
	size_t i;

	for (; *text; text++) {
		for (i = 0; part[i] && lower(text[i]) == lower(part[i]); i++)
			;
		if (!part[i])
			return true;
	}
	return !*part;
}

static bool text_holds(const struct term *term, const char *text)
{
	if (!text)
		return false;
	return term->op == OP_MATCH ? !regexec(&term->regex, text, 0, NULL, 0) : contains(text, term->text);
}

static const char *value_text(const struct column *col, const struct value *value)
{
	return col->unit == UNIT_STATE ? vcpu_state_name((u32)value->num) : value->text;
}

static bool number_holds(const struct term *term, enum unit unit, double num)
{
	double than = unit == UNIT_BYTES ? term->bytes : term->num;

	if (unit == UNIT_SHARE)
		num *= 100;
	switch (term->op) {
	case OP_LT:
		return num < than;
	case OP_LE:
		return num <= than;
	case OP_GT:
		return num > than;
	case OP_GE:
		return num >= than;
	default:
		return num == than;
	}
}

static bool any_text_holds(const struct term *term, const struct snapshot *snap, const struct view_columns *view,
			   union row_ref row)
{
	struct value value;

	for (u32 i = 0; i < view->count; i++) {
		const struct column *col = &view->columns[i];

		if (!text_unit(col->unit))
			continue;
		column_value(col, snap, row, &value);
		if (value.known && text_holds(term, value_text(col, &value)))
			return true;
	}
	return false;
}

static bool term_holds(const struct term *term, const struct snapshot *snap, const struct view_columns *view,
		       union row_ref row)
{
	const struct column *col;
	struct value value;
	bool holds;
	int i;

	if (!term->column)
		return any_text_holds(term, snap, view, row) != term->negate;
	i = column_find(view, term->column);
	if (i < 0 || misfit(term, view->columns[i].unit))
		return true;
	col = &view->columns[i];
	column_value(col, snap, row, &value);
	if (!value.known)
		holds = false;
	else if (text_unit(col->unit))
		holds = text_holds(term, value_text(col, &value));
	else
		holds = number_holds(term, col->unit, value.num);
	return holds != term->negate;
}

bool filter_match(const struct filter *filter, const struct snapshot *snap, const struct view_columns *view,
		  union row_ref row)
{
	if (!filter)
		return true;
	for (u32 i = 0; i < filter->count; i++) {
		if (!term_holds(&filter->terms[i], snap, view, row))
			return false;
	}
	return true;
}
