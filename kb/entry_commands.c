/*
 * entry_commands.c - the code of a section as commands and error texts.
 *
 * A fence in a shell's language is split into steps, another program's is
 * one command, a file's is kept whole where files are offered. Without a
 * language only lines that start with a known program count; in a problem
 * the rest are error texts, elsewhere those that look like one.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/entry_draft.h"

#include "common/arena.h"
#include "common/str.h"
#include "kb/error_text.h"
#include "kb/risk.h"
#include "kb/rules.h"
#include "kb/steps.h"

#define SIGNATURES_MAX 64	/* of one entry */
#define SPAN_MAX 500		/* a longer code span is no command */
#define FEW_LINES 3
#define REPEATS_MAX 200		/* commands looked at for a repetition */

static struct slice
first_word(struct slice s)
{
	size_t n = 0;

	s = str_trim(s);
	while (n < s.len && !ascii_is_space(s.ptr[n]))
		n++;
	return slice_sub(s, 0, n);
}

/* Without the sign that starts a comment in any language of files. */
static bool
uncomment(struct slice line, struct slice *out)
{
	static const char *const signs[] = { "#", "//", "<!--", ";", "--",
		"/*", "%" };
	size_t i;

	line = str_trim(line);
	for (i = 0; i < ARRAY_LEN(signs); i++) {
		if (!slice_starts(line, slice_of(signs[i])))
			continue;
		*out = str_trim(slice_sub(line, strlen(signs[i]), line.len));
		return true;
	}
	return false;
}

/* "docker-compose.prod.yml", "/etc/fstab", "Dockerfile". */
static bool
is_file_name(struct slice w)
{
	const char *dot = NULL;
	size_t i;

	if (w.len < 3 || w.len > 120)
		return false;
	for (i = 0; i < w.len; i++) {
		if (!ascii_is_alnum(w.ptr[i]) &&
		    strchr("._-/~@+", w.ptr[i]) == NULL)
			return false;
		if (w.ptr[i] == '.')
			dot = w.ptr + i;
	}
	if (slice_is(w, "Dockerfile") || slice_is(w, "Makefile") ||
	    slice_is(w, "Jenkinsfile") || slice_is(w, "Vagrantfile"))
		return true;
	if (w.ptr[0] == '/' || w.ptr[0] == '~')
		return w.ptr[w.len - 1] != '/';
	return dot != NULL && dot + 1 < w.ptr + w.len &&
	    ascii_is_alpha(dot[1]) && w.ptr + w.len - dot <= 12;
}

/* The file that the first comment line names. */
static struct slice
template_file(struct slice text)
{
	static const char *const words[] = { "file:", "文件:", "文件：",
		"filename:", "path:" };
	struct slice line, w;
	size_t i;

	while (str_line(&text, &line, NULL) && str_trim(line).len == 0)
		continue;
	if (!uncomment(line, &line))
		return SLICE("");
	for (i = 0; i < ARRAY_LEN(words); i++)
		if (slice_starts(line, slice_of(words[i])))
			line = slice_sub(line, strlen(words[i]), line.len);
	w = first_word(line);
	while (w.len != 0 && strchr(":,", w.ptr[w.len - 1]) != NULL)
		w.len--;
	return is_file_name(w) ? w : SLICE("");
}

static struct slice
trim_end(struct slice s)
{
	while (s.len != 0 && ascii_is_space(s.ptr[s.len - 1]))
		s.len--;
	return s;
}

static bool
is_sql(struct slice lang)
{
	return rules_has_word(SLICE("sql mysql pgsql postgresql postgres "
	    "plsql"), lang);
}

/* A file under the name of a shell: "[mysqld]", "{", "apiVersion: v1". */
static bool
is_file_text(struct slice text)
{
	static const char *const starts[] = { "apiVersion:", "services:",
		"version:", "FROM ", "<?xml", "kind:" };
	struct slice line = SLICE("");
	size_t i;

	while (str_line(&text, &line, NULL)) {
		line = str_trim(line);
		if (line.len != 0 && line.ptr[0] != '#')
			break;
	}
	if (slice_is(line, "{") || slice_is(line, "---"))
		return true;
	for (i = 0; i < ARRAY_LEN(starts); i++)
		if (slice_starts(line, slice_of(starts[i])))
			return true;
	if (line.len < 3 || line.ptr[0] != '[' ||
	    line.ptr[line.len - 1] != ']')
		return false;
	for (i = 1; i + 1 < line.len; i++)
		if (!ascii_is_alnum(line.ptr[i]) &&
		    strchr("_.- ", line.ptr[i]) == NULL)
			return false;
	return line.ptr[1] != ' ';	/* "[ -f x ]" is a test */
}

static void
add_whole(struct draft *d, const struct piece *p, struct arena *a)
{
	struct entry_command c = { .lang = p->lang, .note = p->note };

	c.text = trim_end(p->text);
	if (str_trim(c.text).len == 0)
		return;
	c.file = template_file(c.text);
	if (is_sql(p->lang))
		c.risk = risk_of_sql(c.text);
	else if (rules_language(p->lang) == LANG_SHELL &&
	    !is_file_text(c.text))
		c.risk = risk_of_shell(c.text);
	else
		c.risk = RISK_CHANGES;
	draft_add_command(d, a, &c);
}

/* "1. 立即检查" without its number. */
static bool
numbered_step(struct slice note, struct slice *text)
{
	size_t n = 0;

	while (n < note.len && ascii_is_digit(note.ptr[n]))
		n++;
	*text = slice_sub(note, n, note.len);
	if (n == 0 || n > 2)
		return false;
	if (slice_starts(*text, SLICE("、")))
		*text = slice_sub(*text, strlen("、"), text->len);
	else if (slice_starts(*text, SLICE(".")) ||
	    slice_starts(*text, SLICE(")")))
		*text = slice_sub(*text, 1, text->len);
	else
		return false;
	*text = str_trim(*text);
	return text->len != 0;
}

/* Numbered comments are the steps of the entry, also without a command. */
static void
add_numbered_steps(struct draft *d, const struct step_list *l,
    struct arena *a)
{
	struct entry_item item = { .is_ordered = true };
	struct slice last = SLICE("");
	size_t i;

	for (i = 0; i < l->n; i++) {
		if (l->steps[i].note.ptr == last.ptr ||
		    !numbered_step(l->steps[i].note, &item.text))
			continue;
		last = l->steps[i].note;
		draft_add_item(d, a, &item);
	}
}

static void
add_steps(struct draft *d, const struct piece *p, const struct step_list *l,
    struct arena *a)
{
	struct entry_command c = { .lang = p->lang };
	size_t i;

	for (i = 0; i < l->n; i++) {
		if (l->steps[i].text.len == 0)
			continue;
		c.text = l->steps[i].text;
		c.note = l->steps[i].note.len != 0 ? l->steps[i].note :
		    p->note;
		c.risk = risk_of_shell(c.text);
		draft_add_command(d, a, &c);
	}
	add_numbered_steps(d, l, a);
}

static void
add_signature(struct draft *d, struct slice text, struct arena *a)
{
	size_t i;

	if (d->e->nsignatures >= SIGNATURES_MAX)
		return;
	for (i = 0; i < d->e->nsignatures; i++)
		if (slice_eq(d->e->signatures[i], text))
			return;
	draft_add_signature(d, a, arena_dup(a, text));
}

static bool
has_few_lines(struct slice text)
{
	struct slice line;
	size_t n = 0;

	while (n <= FEW_LINES && str_line(&text, &line, NULL))
		n++;
	return n <= FEW_LINES;
}

/*
 * Whether a piece stands where a problem is shown, not where it is solved.
 * In a problem without labels only a short block is taken for its message.
 */
static bool
shows_problem(const struct draft *d, const struct piece *p)
{
	if (p->label == (int)FIELD_SYMPTOM)
		return true;
	return d->e->kind == ENTRY_PROBLEM && has_few_lines(p->text) &&
	    (p->label == NO_LABEL || p->label == (int)FIELD_IMPACT ||
	    p->label == (int)FIELD_CAUSE);
}

static void
add_errors(struct draft *d, struct slice text, enum error_context where,
    struct arena *a)
{
	struct slice line;

	while (error_text_next(&text, where, &line))
		if (rules_program(first_word(line)) == NULL)
			add_signature(d, line, a);
}

static void
take_shell(struct draft *d, const struct piece *p, enum steps_mode mode,
    struct arena *a)
{
	struct step_list l;
	struct slice line;
	size_t i;

	steps_split(p->text, mode, a, &l);
	add_steps(d, p, &l, a);
	for (i = 0; i < l.noutput; i++)
		if (error_text_one(l.output[i], ERROR_ANYWHERE, &line))
			add_signature(d, line, a);
}

/* A block without a language, or of plain text. */
static void
take_plain(struct draft *d, const struct piece *p, struct arena *a)
{
	struct step_list l;

	if (d->e->kind == ENTRY_TEMPLATE) {
		add_whole(d, p, a);
		return;
	}
	steps_split(p->text, STEPS_GUESS, a, &l);
	add_steps(d, p, &l, a);
	add_errors(d, p->text, shows_problem(d, p) ? ERROR_IN_SYMPTOM :
	    ERROR_ANYWHERE, a);
}

/* The table that a statement printed: "+----+", "Query OK". */
static bool
is_sql_result(struct slice text)
{
	text = str_trim(text);
	return text.len != 0 && (text.ptr[0] == '+' || text.ptr[0] == '|' ||
	    slice_starts(text, SLICE("Query OK")) ||
	    slice_starts(text, SLICE("Empty set")) ||
	    slice_starts(text, SLICE("ERROR ")));
}

/* Files are offered by templates and by what fixes or prevents. */
static bool
offers_files(const struct draft *d, const struct piece *p)
{
	return d->e->kind == ENTRY_TEMPLATE || p->label == (int)FIELD_FIX ||
	    p->label == (int)FIELD_PREVENTION ||
	    template_file(p->text).len != 0;
}

static void
take_file(struct draft *d, const struct piece *p, struct arena *a)
{
	if (offers_files(d, p))
		add_whole(d, p, a);
}

static void
take_block(struct draft *d, const struct piece *p, struct arena *a)
{
	switch (rules_language(p->lang)) {
	case LANG_SHELL:
		if (d->e->kind == ENTRY_TEMPLATE)
			add_whole(d, p, a);
		else if (is_file_text(p->text))
			take_file(d, p, a);
		else
			take_shell(d, p, STEPS_SHELL, a);
		break;
	case LANG_SESSION:
		take_shell(d, p, STEPS_SESSION, a);
		break;
	case LANG_PROGRAM:
		if (is_sql(p->lang) && is_sql_result(p->text))
			take_plain(d, p, a);
		else
			add_whole(d, p, a);
		break;
	case LANG_CONFIG:
		take_file(d, p, a);
		break;
	case LANG_TEXT:
	case LANG_UNKNOWN:
		take_plain(d, p, a);
		break;
	}
}

/* Whether one of the last commands is the same. */
static bool
has_command(const struct draft *d, struct slice text)
{
	size_t n = d->e->ncommands, i;

	for (i = n > REPEATS_MAX ? n - REPEATS_MAX : 0; i < n; i++)
		if (slice_eq(d->e->commands[i].text, text))
			return true;
	return false;
}

/* A code span is a command behind "$ ", or when it starts with a program. */
static bool
span_command(struct slice span, struct slice *command)
{
	const struct program *p;
	struct slice w;

	*command = str_trim(span);
	if (command->len > SPAN_MAX)
		return false;
	if (steps_prompt(*command, command))
		return true;
	w = first_word(*command);
	p = rules_program(w);
	if (p == NULL || w.ptr[w.len - 1] == '/')
		return false;
	if (w.len == command->len)	/* "/usr/bin/top" is a file */
		return p->is_bare && w.len == p->name.len;
	return true;
}

static void
take_span(struct draft *d, const struct piece *p, struct arena *a)
{
	struct entry_command c = { .note = p->note };
	struct slice line;

	if (span_command(p->text, &c.text)) {
		if (!has_command(d, c.text)) {
			c.risk = risk_of_shell(c.text);
			draft_add_command(d, a, &c);
		}
	} else if (shows_problem(d, p) &&
	    error_text_one(p->text, ERROR_ANYWHERE, &line)) {
		add_signature(d, line, a);
	} else if (p->label == (int)FIELD_SYMPTOM &&
	    error_text_clause(p->note, p->text, a, &line)) {
		draft_add_clause(d, a, CLAUSE_SYMPTOM, line);
	} else if (error_text_mention(p->text, &line)) {
		draft_add_clause(d, a, CLAUSE_MENTION, line);
	}
}

/* Bullets that quote an error. */
static void
add_item_errors(struct draft *d, struct arena *a)
{
	struct slice found[4];
	size_t i, k, n;

	for (i = 0; i < d->nitems; i++) {
		n = error_text_in_item(d->items[i].text, found,
		    ARRAY_LEN(found));
		for (k = 0; k < n; k++)
			add_signature(d, found[k], a);
	}
}

/* "触发 Information schema is changed 错误的原因" */
static void
add_heading_clauses(struct draft *d, struct slice heading, struct arena *a)
{
	struct slice rest = heading, run;

	while (error_text_next_run(heading, &rest, &run))
		draft_add_clause(d, a, CLAUSE_HEADING, run);
}

/* A symptom in plain words that is an error line: "报错: x is y". */
static void
add_symptom_texts(struct draft *d, struct arena *a)
{
	struct slice line;
	size_t i;

	for (i = 0; i < d->e->nfields; i++)
		if (d->e->fields[i].name == FIELD_SYMPTOM &&
		    error_text_mention(d->e->fields[i].text, &line))
			draft_add_clause(d, a, CLAUSE_SYMPTOM, line);
}

void
draft_set_commands(struct draft *d, struct slice heading, struct arena *a)
{
	struct slice line;
	size_t i;

	if (error_text_in_heading(heading, &line))
		add_signature(d, line, a);
	else
		add_heading_clauses(d, heading, a);
	add_symptom_texts(d, a);
	add_item_errors(d, a);
	for (i = 0; i < d->npieces; i++) {
		if (d->pieces[i].is_span)
			take_span(d, &d->pieces[i], a);
		else
			take_block(d, &d->pieces[i], a);
	}
}
