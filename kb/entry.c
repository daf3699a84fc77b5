/*
 * entry.c - what the sections of a document say; see entry.h.
 *
 * The document's tree is read as a whole, so that every section is read as the
 * document has it; the blocks below a top heading are that section's.
 *
 *   read every section into a draft
 *   give what label sections say to their owners
 *   decide kinds, then commands and error texts, which depend on them
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/entry.h"

#include <assert.h>
#include <stdlib.h>

#include "common/arena.h"
#include "common/mem.h"
#include "common/str.h"
#include "kb/entry_draft.h"
#include "kb/markdown.h"
#include "kb/meta.h"
#include "kb/rules.h"

#define CLAUSES_MAX 64		/* of one entry */

const char *
entry_kind_name(enum entry_kind k)
{
	switch (k) {
	case ENTRY_SECTION:
		return "section";
	case ENTRY_PROBLEM:
		return "problem";
	case ENTRY_RUNBOOK:
		return "runbook";
	case ENTRY_CHECKLIST:
		return "checklist";
	case ENTRY_TEMPLATE:
		return "template";
	case ENTRY_PROCEDURE:
		return "procedure";
	case ENTRY_RETROSPECTIVE:
		return "retrospective";
	}
	return "section";
}

const char *
entry_severity_name(enum entry_severity s)
{
	switch (s) {
	case SEVERITY_NONE:
		return "";
	case SEVERITY_INFO:
		return "info";
	case SEVERITY_LOW:
		return "low";
	case SEVERITY_WARNING:
		return "warning";
	case SEVERITY_HIGH:
		return "high";
	case SEVERITY_CRITICAL:
		return "critical";
	}
	return "";
}

const char *
entry_field_name(enum field_name f)
{
	switch (f) {
	case FIELD_SYMPTOM:
		return "symptom";
	case FIELD_IMPACT:
		return "impact";
	case FIELD_CAUSE:
		return "cause";
	case FIELD_DIAGNOSIS:
		return "diagnosis";
	case FIELD_FIX:
		return "fix";
	case FIELD_PREVENTION:
		return "prevention";
	case FIELD_VERIFY:
		return "verify";
	case FIELD_NOTE:
		return "note";
	}
	return "note";
}

const char *
entry_risk_name(enum command_risk r)
{
	switch (r) {
	case RISK_READ_ONLY:
		return "read-only";
	case RISK_CHANGES:
		return "changes";
	case RISK_DESTRUCTIVE:
		return "destructive";
	}
	return "changes";
}

void
draft_add_field(struct draft *d, struct arena *a, enum field_name name,
    struct slice text)
{
	struct entry *e = d->e;

	e->fields = arena_grow(a, e->fields, e->nfields, &d->cap_fields,
	    sizeof(*e->fields));
	e->fields[e->nfields].name = name;
	e->fields[e->nfields++].text = text;
}

void
draft_add_command(struct draft *d, struct arena *a,
    const struct entry_command *c)
{
	struct entry *e = d->e;

	e->commands = arena_grow(a, e->commands, e->ncommands,
	    &d->cap_commands, sizeof(*e->commands));
	e->commands[e->ncommands++] = *c;
}

void
draft_add_signature(struct draft *d, struct arena *a, struct slice text)
{
	struct entry *e = d->e;

	e->signatures = arena_grow(a, e->signatures, e->nsignatures,
	    &d->cap_signatures, sizeof(*e->signatures));
	e->signatures[e->nsignatures++] = text;
}

void
draft_add_rule(struct draft *d, struct arena *a, struct slice value)
{
	struct entry *e = d->e;

	e->rules = arena_grow(a, e->rules, e->nrules, &d->cap_rules,
	    sizeof(*e->rules));
	e->rules[e->nrules++] = value;
}

void
draft_add_clause(struct draft *d, struct arena *a, enum clause_place place,
    struct slice text)
{
	struct entry *e = d->e;

	if (e->nclauses >= CLAUSES_MAX)
		return;
	e->clauses = arena_grow(a, e->clauses, e->nclauses, &d->cap_clauses,
	    sizeof(*e->clauses));
	e->clauses[e->nclauses++] = (struct entry_clause){ place, text };
}

void
draft_add_item(struct draft *d, struct arena *a,
    const struct entry_item *item)
{
	d->items = arena_grow(a, d->items, d->nitems, &d->cap_items,
	    sizeof(*d->items));
	d->items[d->nitems++] = *item;
}

void
draft_add_piece(struct draft *d, struct arena *a, const struct piece *p)
{
	d->pieces = arena_grow(a, d->pieces, d->npieces, &d->cap_pieces,
	    sizeof(*d->pieces));
	d->pieces[d->npieces++] = *p;
}

bool
draft_has_field(const struct draft *d, enum field_name name)
{
	size_t i;

	for (i = 0; i < d->e->nfields; i++)
		if (d->e->fields[i].name == name)
			return true;
	return false;
}

/* A heading that is only a label: "## Mitigation", "### 3. 解决方案：". */
static int
heading_label(const struct section *s)
{
	struct slice title = s->title;
	enum label label;

	if (s->level == 0)
		return NO_LABEL;
	if (slice_ends(title, SLICE(":")))
		title.len--;
	else if (slice_ends(title, SLICE("：")))
		title.len -= strlen("：");
	if (rules_label(title, &label) && LABEL_IS_FIELD(label))
		return (int)label;
	return NO_LABEL;
}

/*
 * The nearest entry above that is no label: up the headings, since what lies
 * between may belong to another label; else the nearest one before.
 */
static int
find_owner(const struct document *doc, const struct draft *drafts, size_t i,
    int before)
{
	int p = doc->sections[i].parent;

	while (p >= 0 && drafts[p].base_label != NO_LABEL)
		p = doc->sections[p].parent;
	return p >= 0 ? p : before;
}

/*
 * Owners, for every section. Without an entry above, a label is a heading
 * like any other.
 */
static void
find_labels(const struct document *doc, struct draft *drafts)
{
	int before = -1;	/* the last entry that is no label */
	size_t i;

	for (i = 0; i < doc->n; i++) {
		drafts[i].base_label = heading_label(&doc->sections[i]);
		drafts[i].e->owner = -1;
		if (drafts[i].base_label != NO_LABEL)
			drafts[i].e->owner = find_owner(doc, drafts, i,
			    before);
		if (drafts[i].e->owner < 0)
			drafts[i].base_label = NO_LABEL;
		if (drafts[i].base_label == NO_LABEL &&
		    doc->sections[i].level != 0)
			before = (int)i;
	}
}

static void
read_sections(const struct document *doc, const struct md *m,
    struct draft *drafts, struct arena *a)
{
	const struct md_node *n;
	struct walker w;
	bool started = doc->sections[0].level == 0;
	size_t i = 0;

	walker_init(&w, m, a);
	walker_begin(&w, &drafts[0]);
	for (n = md_first(md_root(m)); n != NULL; n = md_next(n)) {
		if (md_type(n) != MD_HEADING) {
			walker_block(&w, n);
			continue;
		}
		if (started) {
			walker_end(&w);
			walker_begin(&w, &drafts[++i]);
		}
		started = true;
		assert(i < doc->n && doc->sections[i].level != 0);
	}
	walker_end(&w);
	walker_free(&w);
}

/* Headings right below a label name what it says: "### Data retention". */
static void
add_subheadings(const struct document *doc, const struct draft *drafts,
    size_t label, struct draft *to, struct arena *a)
{
	size_t i;

	for (i = label + 1; i < doc->n &&
	    doc->sections[i].level > doc->sections[label].level; i++)
		if (doc->sections[i].parent == (int)label &&
		    drafts[i].base_label == NO_LABEL &&
		    doc->sections[i].title.len != 0)
			draft_add_field(to, a,
			    (enum field_name)drafts[label].base_label,
			    doc->sections[i].title);
}

/* What a label section says belongs to its owner, too. */
static void
give_to_owner(struct draft *from, struct draft *to, struct arena *a)
{
	size_t i;

	for (i = 0; i < from->e->nfields; i++)
		draft_add_field(to, a, from->e->fields[i].name,
		    from->e->fields[i].text);
	for (i = 0; i < from->npieces; i++)
		draft_add_piece(to, a, &from->pieces[i]);
	for (i = 0; i < from->nitems; i++)
		draft_add_item(to, a, &from->items[i]);
	to->ntasks += from->ntasks;
	to->nordered += from->nordered;
	to->has_content = to->has_content || from->has_content;
}

/* Which list items are steps, checks or lessons depends on the kind. */
static void
select_items(struct draft *d)
{
	struct entry *e = d->e;
	bool bullets = e->kind == ENTRY_RETROSPECTIVE ||
	    e->kind == ENTRY_CHECKLIST;
	size_t i;

	e->items = d->items;
	for (i = 0; i < d->nitems; i++)
		if (bullets || d->items[i].is_task || d->items[i].is_ordered)
			e->items[e->nitems++] = d->items[i];
}

/* A heading without markup keeps what the cleaned one lost: "<host:port>". */
static struct slice
raw_title(const struct section *s)
{
	size_t i;

	for (i = 0; i < s->mark.len; i++)
		if (strchr("*`[]_\\\n&", s->mark.ptr[i]) != NULL)
			return s->heading;
	return s->mark;
}

static void
finish(const struct document *doc, struct draft *d, size_t i, bool has_title,
    struct arena *a)
{
	const struct section *s = &doc->sections[i];

	draft_set_kind(d, doc, i, has_title);
	draft_set_severity(d, s->mark, s->heading);
	draft_set_commands(d, raw_title(s), a);
	select_items(d);
	if (doc->meta.tags.len != 0)
		d->e->tags = d->e->tags.len == 0 ? doc->meta.tags :
		    arena_printf(a, "%.*s %.*s", SLICE_ARG(d->e->tags),
		    SLICE_ARG(doc->meta.tags));
}

/* One heading of level 1 stands above everything: the document's title. */
static bool
has_one_title(const struct document *doc)
{
	size_t i, n = 0;

	for (i = 0; i < doc->n; i++)
		n += doc->sections[i].level == 1;
	return n == 1;
}

bool
entry_extract_tree(const struct document *doc, const struct md *m,
    struct arena *a, struct entry **out, struct err *e)
{
	bool has_title = has_one_title(doc);
	struct draft *drafts;
	size_t i;

	(void)e;
	*out = arena_calloc(a, doc->n, sizeof(**out));
	if (doc->n == 0)
		return true;
	drafts = mem_calloc(doc->n, sizeof(*drafts));
	for (i = 0; i < doc->n; i++)
		drafts[i].e = &(*out)[i];
	find_labels(doc, drafts);
	read_sections(doc, m, drafts, a);
	for (i = 0; i < doc->n; i++) {
		if ((*out)[i].owner < 0)
			continue;
		give_to_owner(&drafts[i], &drafts[(*out)[i].owner], a);
		add_subheadings(doc, drafts, i, &drafts[(*out)[i].owner], a);
	}
	for (i = 0; i < doc->n; i++)
		finish(doc, &drafts[i], i, has_title, a);
	free(drafts);
	return true;
}

bool
entry_extract(const struct document *doc, struct arena *a, struct entry **out,
    struct err *e)
{
	struct md *m = md_parse(doc->text, document_prologue(doc->text));
	bool ok = entry_extract_tree(doc, m, a, out, e);

	md_free(m);
	return ok;
}
