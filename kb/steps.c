/*
 * steps.c - a shell block as steps; see steps.h.
 *
 * The block is read line by line. Outside a statement a line is blank, a
 * comment, output of an earlier command, or the start of a statement, which
 * shell_scan.c follows to its end. When the end never comes, or something
 * closes that was not open, the whole block is one step.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/steps.h"

#include "common/arena.h"
#include "common/buf.h"
#include "common/str.h"
#include "kb/rules.h"
#include "kb/shell_scan.h"

/* How the lines of one block are told apart. */
struct splitter {
	struct arena *a;
	struct step_list *out;
	size_t cap_steps, cap_output;
	enum steps_mode mode;
	bool root_prompt;	/* "# " is a prompt, not a comment */
	struct buf note;	/* comments that nothing followed yet */
	struct slice explained;	/* note of the commands that follow */
	bool has_note;		/* note is pending */
	bool gap;		/* a blank line since the last comment */
};

static struct slice
first_word(struct slice line)
{
	size_t n = 0;

	line = str_trim(line);
	while (n < line.len && !ascii_is_space(line.ptr[n]))
		n++;
	return slice_sub(line, 0, n);
}

/* "user@host:~$ ", "[root@db1 ~]# ": ends behind the sign, or 0. */
static size_t
long_prompt(struct slice line)
{
	size_t i;
	bool at = false;

	for (i = 0; i + 1 < line.len && i < 80; i++) {
		char c = line.ptr[i];

		at = at || c == '@';
		if ((c == '$' || c == '#') && at && line.ptr[i + 1] == ' ')
			return i + 2;
		if (!ascii_is_alnum(c) && strchr("@:~/._-[] ", c) == NULL)
			return 0;
		if (c == ' ' && (!at || line.ptr[0] != '['))
			return 0;
	}
	return 0;
}

bool
steps_prompt(struct slice line, struct slice *command)
{
	size_t n = 0;

	line = str_trim(line);
	if (slice_starts(line, SLICE("$ ")))
		n = 2;
	else
		n = long_prompt(line);
	*command = str_trim(slice_sub(line, n, line.len));
	return n != 0 && command->len != 0;
}

static bool
is_prompt(const struct splitter *sp, struct slice line, struct slice *command)
{
	if (steps_prompt(line, command))
		return true;
	line = str_trim(line);
	if (!sp->root_prompt || !slice_starts(line, SLICE("# ")))
		return false;
	*command = str_trim(slice_sub(line, 2, line.len));
	return rules_program(first_word(*command)) != NULL;
}

/* "#", but not "#!". */
static bool
is_comment(struct slice line)
{
	line = str_trim(line);
	return line.len != 0 && line.ptr[0] == '#' &&
	    !(line.len > 1 && line.ptr[1] == '!');
}

static struct slice
comment_text(struct slice line)
{
	line = str_trim(line);
	while (line.len != 0 && line.ptr[0] == '#')
		line = slice_sub(line, 1, line.len);
	while (line.len != 0 && line.ptr[line.len - 1] == '#')
		line.len--;
	return str_trim(line);
}

/* "1. ", "2) ", "3、": the comment is a step of its own. */
static bool
is_numbered(struct slice text)
{
	size_t n = 0;

	while (n < text.len && ascii_is_digit(text.ptr[n]))
		n++;
	text = slice_sub(text, n, text.len);
	return n != 0 && n < 3 && (slice_starts(text, SLICE(".")) ||
	    slice_starts(text, SLICE(")")) || slice_starts(text, SLICE("、")));
}

static void
add_step(struct splitter *sp, struct slice text, struct slice note)
{
	struct step_list *out = sp->out;

	out->steps = arena_grow(sp->a, out->steps, out->n, &sp->cap_steps,
	    sizeof(*out->steps));
	out->steps[out->n].text = text;
	out->steps[out->n++].note = note;
}

static void
add_output(struct splitter *sp, struct slice line)
{
	struct step_list *out = sp->out;

	out->output = arena_grow(sp->a, out->output, out->noutput,
	    &sp->cap_output, sizeof(*out->output));
	out->output[out->noutput++] = str_trim(line);
}

/* A pending comment that no command followed is a step without any. */
static void
end_note(struct splitter *sp)
{
	if (sp->has_note && sp->note.len != 0)
		add_step(sp, SLICE(""), arena_dup(sp->a,
		    buf_slice(&sp->note)));
	sp->has_note = false;
	buf_reset(&sp->note);
}

static void
take_comment(struct splitter *sp, struct slice line)
{
	struct slice text = comment_text(line);

	if (sp->has_note && (sp->gap || is_numbered(text)))
		end_note(sp);
	sp->has_note = true;
	sp->gap = false;
	if (text.len == 0)
		return;
	if (sp->note.len != 0)
		buf_putc(&sp->note, ' ');
	buf_put_slice(&sp->note, text);
}

static void
take_command(struct splitter *sp, struct slice text)
{
	if (sp->has_note)
		sp->explained = arena_dup(sp->a, buf_slice(&sp->note));
	sp->has_note = false;
	buf_reset(&sp->note);
	add_step(sp, text, sp->explained);
}

/* Runs of two or more blanks, as a table that a command printed has. */
static size_t
count_columns(struct slice line)
{
	size_t i, n = 1;

	for (i = 2; i < line.len; i++)
		n += line.ptr[i] != ' ' && line.ptr[i - 1] == ' ' &&
		    line.ptr[i - 2] == ' ';
	return n;
}

static bool
is_log_level(struct slice w)
{
	static const char *const levels[] = { "ERROR", "WARN", "WARNING",
		"INFO", "DEBUG", "FATAL", "ERR", "NOTICE", "CRITICAL" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(levels); i++)
		if (slice_starts(w, slice_of(levels[i])))
			return true;
	return false;
}

/* What nobody types: a log line, "key = value", prose, a table. */
static bool
looks_like_output(struct slice line)
{
	struct slice s = str_trim(line), w = first_word(s), second;
	unsigned char c = (unsigned char)w.ptr[0];

	if (rules_program(w) != NULL)
		return false;
	second = first_word(slice_sub(s, w.len, s.len));
	if (slice_is(second, "=") || slice_is(second, ":"))
		return true;
	if (c >= 0x80 || (!ascii_is_alpha((char)c) &&
	    strchr("_./~$\"'{(<[\\!:@#}", c) == NULL))
		return true;
	if (w.ptr[w.len - 1] == ':' && w.len > 1)
		return true;
	if (memchr(w.ptr + 1, '[', w.len - 1) != NULL &&
	    memchr(w.ptr, '=', w.len) == NULL &&
	    memchr(w.ptr, '$', w.len) == NULL)
		return true;
	return is_log_level(w) || slice_starts(w, SLICE("...")) ||
	    count_columns(s) > 3;
}

/* Whether a statement may start here; *line loses its prompt. */
static bool
starts_command(const struct splitter *sp, struct slice *line)
{
	struct slice command;

	if (is_prompt(sp, *line, &command)) {
		*line = command;
		return true;
	}
	switch (sp->mode) {
	case STEPS_SESSION:
		return false;
	case STEPS_GUESS:
		return rules_program(first_word(*line)) != NULL;
	case STEPS_SHELL:
		return !looks_like_output(*line);
	}
	return false;
}

/*
 * Read one statement that starts in `line`; *rest is behind that line. *text
 * becomes all of it; false when it has no end.
 */
static bool
read_statement(struct slice line, struct slice *rest, struct slice *text)
{
	struct shell_scan scan = SHELL_SCAN_INIT;
	const char *end = line.ptr + line.len;

	shell_scan_line(&scan, line);
	while (!scan.is_broken && !shell_scan_is_complete(&scan) &&
	    str_line(rest, &line, NULL)) {
		shell_scan_line(&scan, line);
		end = line.ptr + line.len;
	}
	text->len = (size_t)(end - text->ptr);
	while (text->len != 0 && ascii_is_space(text->ptr[text->len - 1]))
		text->len--;
	return !scan.is_broken && shell_scan_is_complete(&scan);
}

/* Take the block apart; false when that is not safe. */
static bool
split_lines(struct splitter *sp, struct slice code)
{
	struct slice rest = code, line, text;

	while (str_line(&rest, &line, NULL)) {
		if (str_trim(line).len == 0) {
			sp->gap = true;
			continue;
		}
		text = line;
		if (!starts_command(sp, &text)) {
			if (is_comment(line))
				take_comment(sp, line);
			else
				add_output(sp, line);
			continue;
		}
		if (is_comment(text)) {
			take_comment(sp, text);
			continue;
		}
		text = str_trim(text);
		if (!read_statement(text, &rest, &text))
			return false;
		take_command(sp, text);
	}
	end_note(sp);
	return true;
}

/* Remove the blanks that all lines start with. */
static struct slice
dedent(struct slice code, struct arena *a)
{
	struct slice rest = code, line;
	size_t common = code.len, n;
	char *out, *p;

	while (str_line(&rest, &line, NULL)) {
		for (n = 0; n < line.len && line.ptr[n] == ' '; n++)
			continue;
		if (n < line.len && n < common)
			common = n;
	}
	p = out = arena_alloc(a, code.len + 1);
	for (rest = code; str_line(&rest, &line, NULL);) {
		line = slice_sub(line, common, line.len);
		if (line.len != 0)
			memcpy(p, line.ptr, line.len);
		p += line.len;
		*p++ = '\n';
	}
	while (p > out && ascii_is_space(p[-1]))
		p--;
	return slice_make(out, (size_t)(p - out));
}

/* Where "#!" starts, if it is the first line that is no plain comment. */
static size_t
find_interpreter(struct slice code)
{
	struct slice rest = code, line;

	while (str_line(&rest, &line, NULL)) {
		if (slice_starts(str_trim(line), SLICE("#!")))
			return (size_t)(line.ptr - code.ptr);
		if (str_trim(line).len != 0 && !is_comment(line))
			break;
	}
	return code.len;
}

/* The comments in front of a script, as its note. */
static void
take_script(struct splitter *sp, struct slice code, size_t start)
{
	struct slice rest = slice_sub(code, 0, start), line;

	while (str_line(&rest, &line, NULL)) {
		struct slice text = comment_text(line);

		if (text.len != 0 && sp->note.len != 0)
			buf_putc(&sp->note, ' ');
		buf_put_slice(&sp->note, text);
	}
	add_step(sp, slice_sub(code, start, code.len),
	    arena_dup(sp->a, buf_slice(&sp->note)));
	sp->out->is_script = true;
}

static bool
is_loop(struct slice text)
{
	struct slice w = first_word(text);

	return slice_is(w, "while") || slice_is(w, "for") ||
	    slice_is(w, "until");
}

static bool
has_prompt(const struct splitter *sp, struct slice code)
{
	struct slice line, command;

	while (str_line(&code, &line, NULL))
		if (is_prompt(sp, line, &command))
			return true;
	return false;
}

static bool
has_command(const struct step_list *l)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		if (l->steps[i].text.len != 0)
			return true;
	return false;
}

/* Split in one way; what cannot be split stays whole. */
static void
split_block(struct splitter *sp, struct slice code)
{
	struct slice first = code, line = SLICE("");

	*sp->out = (struct step_list){ .n = 0 };
	sp->cap_steps = sp->cap_output = 0;
	sp->explained = SLICE("");
	sp->has_note = sp->gap = false;
	buf_reset(&sp->note);
	if (split_lines(sp, code)) {
		sp->out->is_script = sp->out->n == 1 &&
		    is_loop(sp->out->steps[0].text);
		return;
	}
	*sp->out = (struct step_list){ .n = 0 };
	sp->cap_steps = sp->cap_output = 0;
	while (str_line(&first, &line, NULL))
		if (str_trim(line).len != 0 && !is_comment(line))
			break;
	if (sp->mode == STEPS_SHELL || starts_command(sp, &line))
		add_step(sp, code, SLICE(""));
}

void
steps_split(struct slice code, enum steps_mode mode, struct arena *a,
    struct step_list *out)
{
	struct splitter sp = { .a = a, .out = out, .mode = mode };
	size_t script;

	*out = (struct step_list){ .n = 0 };
	code = dedent(code, a);
	if (code.len == 0)
		return;
	buf_init(&sp.note, 0);
	script = find_interpreter(code);
	if (script < code.len && mode != STEPS_SESSION) {
		take_script(&sp, code, script);
		buf_free(&sp.note);
		return;
	}
	if (mode == STEPS_SHELL && has_prompt(&sp, code))
		sp.mode = STEPS_SESSION;
	split_block(&sp, code);
	sp.root_prompt = true;
	if (!has_command(out) && has_prompt(&sp, code)) {
		sp.mode = STEPS_SESSION;
		split_block(&sp, code);
	}
	buf_free(&sp.note);
}
