/*
 * pathological.c - what documents made to be expensive cost.
 *
 * usage: pathological [NAME...]
 *
 * Parses documents of 256 KB that are nothing but one nasty pattern, each in
 * a process of its own, and prints the processor time and the peak memory
 * (beyond what the process had before) of document_parse() and entry_extract()
 * together.
 * Exits 1 when one takes more than 200 ms or 32 MB. Numbers of a build with
 * sanitizers mean nothing.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/arena.h"
#include "common/buf.h"
#include "kb/document.h"
#include "kb/entry.h"

#define SIZE (256 * 1024)
#define MAX_MS 200.0
#define MAX_KB (32 * 1024)

struct nasty {
	const char *name;
	const char *head;	/* once, in front */
	const char *body;	/* again and again */
	const char *tail;	/* from the middle on instead; NULL: none */
};

static const struct nasty nasties[] = {
	{ "brackets", "", "[", NULL },
	{ "brackets closed", "", "[", "]" },
	{ "bracket pairs", "", "[]", NULL },
	{ "100,000 nested links", "", "[a](", NULL },
	{ "images", "", "![", NULL },
	{ "image targets", "", "![l](<", NULL },
	{ "link targets", "", "[a](b \"", NULL },
	{ "link parentheses", "[a](", "(", NULL },
	{ "closing brackets", "", "](x) ", NULL },
	{ "references", "", "[a][", NULL },
	{ "stars", "", "*", NULL },
	{ "emphasis open", "", "*a ", NULL },
	{ "emphasis mixed", "", "*a_ ", NULL },
	{ "emphasis strong", "", "**a *b ", NULL },
	{ "emphasis in words", "", "a**b_c", NULL },
	{ "emphasis and brackets", "", "[*a ", NULL },
	{ "strikethrough", "", "a~", NULL },
	{ "underscores", "", "_a__b", NULL },
	{ "backticks", "", "`", NULL },
	{ "backtick runs", "", "`a``b```c````d", NULL },
	{ "code spans", "", "`a`", NULL },
	{ "less-than", "", "<", NULL },
	{ "tags", "x", "<a b=\"", NULL },
	{ "tag attributes", "x<a ", "b ", NULL },
	{ "closing tags", "x", "</a ", NULL },
	{ "comments", "x", "<!-- a ", NULL },
	{ "processing instructions", "x", "<?", NULL },
	{ "declarations", "x", "<!A ", NULL },
	{ "CDATA", "x", "<![CDATA[", NULL },
	{ "autolinks", "x", "<http:a", NULL },
	{ "entities", "", "&amp", NULL },
	{ "ampersands", "", "&", NULL },
	{ "backslashes", "", "\\*", NULL },
	{ "quotes", "", "\"'", NULL },
	{ "exclamation marks", "", "!", NULL },
	{ "block quotes nested", "", ">", NULL },
	{ "block quotes spaced", "", "> ", NULL },
	{ "deep quotes, then lines", "", "> ", "b\n" },
	{ "deep quotes, then quotes", "", "> ", ">\n" },
	{ "lists nested", "", "- ", NULL },
	{ "lists nested, text", "", "+ ", "a" },
	{ "deep lists, then blanks", "", "- ", "\n" },
	{ "deep lists, then lines", "", "+ ", " \n" },
	{ "ordered nested", "", "1. ", NULL },
	{ "mixed nested", "", "> - 1. ", "a\n" },
	{ "list items", "", "- a\n", NULL },
	{ "empty items", "", "-\n", NULL },
	{ "other lists", "", "-\n+\n", NULL },
	{ "empty ordered items", "", "1.\n", NULL },
	{ "tasks", "", "- [ ] a\n", NULL },
	{ "loose items", "", "* a\n\n", NULL },
	{ "paragraphs", "", "a\n\n", NULL },
	{ "short lines", "", "a\n", NULL },
	{ "blank lines", "", "\n", NULL },
	{ "hard breaks", "", "a\\\n", NULL },
	{ "spaced breaks", "", "a  \n", NULL },
	{ "headings", "", "#\n", NULL },
	{ "headings with text", "", "# a\n", NULL },
	{ "setext headings", "", "a\n=\n", NULL },
	{ "setext dashes", "", "a\n-\n", NULL },
	{ "heading with brackets", "# ", "[<{#", NULL },
	{ "rules", "", "***\n", NULL },
	{ "long rule", "", "- ", "-" },
	{ "fences", "", "```\n```\n", NULL },
	{ "unclosed fence", "```\n", "a [b](c) *d*\n", NULL },
	{ "long shell block", "```sh\n", "docker ps | grep x\n", NULL },
	{ "shell quotes", "```sh\n", "echo \"", NULL },
	{ "shell brackets", "```sh\n", "$(", NULL },
	{ "shell comments", "```sh\n", "# a\n", NULL },
	{ "shell heredocs", "```sh\n", "cat <<A\n", NULL },
	{ "errors", "```\n", "Error: a failed\n", NULL },
	{ "code span commands", "", "`ls a`\n", NULL },
	{ "indented code", "", "    a\n\n", NULL },
	{ "html blocks", "", "<div>\n\n", NULL },
	{ "html block", "", "<div>\n", NULL },
	{ "tables wide", "|", "a|", NULL },
	{ "table rows", "|a|b|\n|-|-|\n", "|c|d|\n", NULL },
	{ "table of pipes", "a|b\n-|-\n", "|\n", NULL },
	{ "delimiter rows", "", "|-|-\n", NULL },
	{ "header and delimiter", "", "a\n-|\n", NULL },
	{ "tables again and again", "", "a|b\n-|-\n\n", NULL },
	{ "one endless delimiter", "a\n", "|-", NULL },
	{ "pipes", "", "|", NULL },
	{ "ten lists a line", "", "- - - - - - - - - - a\n", NULL },
	{ "ten quotes a line", "", "> > > > > > > > > > a\n\n", NULL },
	{ "definitions", "", "[a]: /u\n", NULL },
	{ "definitions, titles", "", "[a]: b \"c\n", NULL },
	{ "definition endless", "[a]: <", "b", NULL },
	{ "labels", "", "fix: a\n", NULL },
	{ "alias lines", "# a\n", "alias: ab\n", NULL },
	{ "label sections", "# a\n", "## fix\n", NULL },
	{ "label titles", "# a\n", "# fix\n", NULL },
	{ "tabs", "", "-\t", NULL },
	{ "NUL-like controls", "", "\x01[\x02*", NULL },
	{ NULL, NULL, NULL, NULL },
};

static void
fill(struct buf *b, const char *what, size_t until)
{
	size_t len = strlen(what);

	while (b->len + len <= until)
		buf_put(b, what, len);
}

/* Patterns whose parts differ, which a table cannot say. */
static bool
fill_special(struct buf *b, const char *name)
{
	size_t i, k;

	if (strcmp(name, "wide table") == 0) {
		for (i = 0; i < SIZE / 4; i++)
			buf_puts(b, "a|");
		buf_putc(b, '\n');
		fill(b, "-|", SIZE);
	} else if (strcmp(name, "wide header, many rows") == 0) {
		for (i = 0; i < 900; i++)
			buf_puts(b, "a|");
		buf_putc(b, '\n');
		for (i = 0; i < 900; i++)
			buf_puts(b, "-|");
		buf_putc(b, '\n');
		fill(b, "|x|\n", SIZE);
	} else if (strcmp(name, "pipes above a delimiter") == 0) {
		fill(b, "|", SIZE / 2);
		buf_puts(b, "\n-|-\n");
		fill(b, "x|", SIZE);
	} else if (strcmp(name, "pipes below a delimiter") == 0) {
		buf_puts(b, "a|b\n-|-\n");
		fill(b, "x|", SIZE);
	} else if (strcmp(name, "large allowed table") == 0) {
		for (i = 0; i < 900; i++)
			buf_puts(b, "a|");
		buf_putc(b, '\n');
		for (i = 0; i < 900; i++)
			buf_puts(b, "-|");
		buf_putc(b, '\n');
		for (i = 0; i < 45; i++)
			buf_puts(b, "|x|\n");
	} else if (strcmp(name, "200 delimiter rows") == 0) {
		for (i = 0; i < 200; i++) {
			for (k = 0; k < 120; k++)
				buf_puts(b, "a|");
			buf_putc(b, '\n');
			for (k = 0; k < 120; k++)
				buf_puts(b, "-|");
			buf_puts(b, "\n\n");
		}
	} else if (strcmp(name, "one long definition") == 0) {
		buf_puts(b, "[a]: ");
		fill(b, "b", SIZE / 2);
		buf_puts(b, "\n\n");
		fill(b, "[a]", SIZE);
	} else if (strcmp(name, "one long title") == 0) {
		buf_puts(b, "[a]: b \"x");
		fill(b, "\n[x", SIZE / 2);
		buf_puts(b, "\"\n\n");
		fill(b, "[a]", SIZE);
	} else if (strcmp(name, "lists by indentation") == 0) {
		for (i = 0; i < 300; i++)
			buf_printf(b, "%*s- a\n", (int)(2 * i), "");
		fill(b, "\n", SIZE);
	} else if (strcmp(name, "rising backticks") == 0) {
		for (i = 1; b->len + i < SIZE; i++) {
			for (k = 0; k < i; k++)
				buf_putc(b, '`');
			buf_putc(b, 'a');
		}
	} else if (strcmp(name, "many definitions") == 0) {
		for (i = 0; b->len < SIZE / 2; i++)
			buf_printf(b, "[a%zu]: /u\n", i);
		fill(b, "[a1] ", SIZE);
	} else {
		return false;
	}
	return true;
}

static const char *const specials[] = { "wide table",
	"wide header, many rows", "pipes above a delimiter",
	"pipes below a delimiter", "large allowed table", "200 delimiter rows",
	"one long definition", "one long title", "lists by indentation",
	"rising backticks", "many definitions", NULL };

static void
make(struct buf *b, const struct nasty *n)
{
	buf_puts(b, n->head);
	fill(b, n->body, n->tail != NULL ? SIZE / 2 : SIZE);
	if (n->tail != NULL)
		fill(b, n->tail, SIZE);
}

/* A "VmHWM:" or "VmRSS:" line of /proc/self/status, in KB. */
static long
memory_kb(const char *key)
{
	FILE *f = fopen("/proc/self/status", "r");
	char line[256];
	long kb = 0;

	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, key, strlen(key)) == 0)
			kb = strtol(line + strlen(key), NULL, 10);
	if (f != NULL)
		fclose(f);
	return kb;
}

static double
cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void
reset_peak(void)
{
	FILE *f = fopen("/proc/self/clear_refs", "w");

	if (f != NULL) {
		fputs("5", f);
		fclose(f);
	}
}

/* In the child: parse, print a row; 0 when it stays below the limits. */
static int
measure(const char *name, struct slice text)
{
	struct arena a = ARENA_INIT;
	struct document d;
	struct entry *entries;
	struct err e = ERR_INIT;
	double start, ms;
	long base, kb;
	bool ok;

	reset_peak();
	base = memory_kb("VmRSS:");
	start = cpu_ms();
	ok = document_parse(text, &a, &d, &e) &&
	    entry_extract(&d, &a, &entries, &e);
	ms = cpu_ms() - start;
	kb = memory_kb("VmHWM:") - base;
	printf("%-28s %7zu %8.1f %8ld %6zu  %s\n", name, text.len, ms, kb,
	    ok ? d.n : 0, ok ? "" : e.msg);
	fflush(stdout);
	return ms > MAX_MS || kb > MAX_KB;
}

/* A process of its own, so that one case does not pay for another. */
static int
run(const char *name, const struct nasty *n)
{
	int status = 0;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		struct buf b = BUF_INIT;

		if (n != NULL)
			make(&b, n);
		else
			fill_special(&b, name);
		_exit(measure(name, buf_slice(&b)));
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return 1;
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		printf("    ^ over %.0f ms or %d KB\n", MAX_MS, MAX_KB);
		return 1;
	}
	return 0;
}

static bool
is_wanted(const char *name, int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++)
		if (strcmp(argv[i], name) == 0)
			return true;
	return argc < 2;
}

int
main(int argc, char **argv)
{
	int failed = 0;
	size_t i;

	printf("%-28s %7s %8s %8s %6s\n", "document", "bytes", "ms", "KB",
	    "parts");
	for (i = 0; nasties[i].name != NULL; i++)
		if (is_wanted(nasties[i].name, argc, argv))
			failed += run(nasties[i].name, &nasties[i]);
	for (i = 0; specials[i] != NULL; i++)
		if (is_wanted(specials[i], argc, argv))
			failed += run(specials[i], NULL);
	return failed != 0;
}
