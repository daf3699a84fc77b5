/*
 * entry_kind.c - what kind of entry a section is, and how severe.
 *
 * In this order: a kind label; a symptom makes a problem; tasks make a
 * checklist; words of the heading; words of the headings above, the nearest
 * first; ordered steps make a procedure. What has no content of its own only
 * holds others together, and what the words promise must be there: a template
 * without a file, a checklist without a list is none.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/entry_draft.h"

#include "kb/rules.h"

static bool
has_block(const struct draft *d)
{
	size_t i;

	for (i = 0; i < d->npieces; i++)
		if (!d->pieces[i].is_span)
			return true;
	return false;
}

static bool
fits(const struct draft *d, enum entry_kind kind)
{
	switch (kind) {
	case ENTRY_TEMPLATE:
		return has_block(d);
	case ENTRY_CHECKLIST:
		return d->nitems != 0;
	case ENTRY_PROCEDURE:
		return d->nordered != 0 || has_block(d);
	case ENTRY_RUNBOOK:
		return d->nitems != 0 || d->npieces != 0 ||
		    d->e->nfields != 0;
	case ENTRY_PROBLEM:
	case ENTRY_RETROSPECTIVE:
	case ENTRY_SECTION:
		return true;
	}
	return false;
}

/* The title of a document stands above everything and says little. */
static bool
kind_from_above(const struct draft *d, const struct document *doc, int above,
    bool has_title, enum entry_kind *out)
{
	for (; above >= 0; above = doc->sections[above].parent) {
		if (has_title && doc->sections[above].level == 1)
			break;
		if (rules_kind_above(doc->sections[above].heading, out) &&
		    fits(d, *out))
			return true;
	}
	return false;
}

void
draft_set_kind(struct draft *d, const struct document *doc, size_t i,
    bool has_title)
{
	enum entry_kind kind = ENTRY_SECTION;
	const struct section *s = &doc->sections[i];

	if (d->has_kind)
		kind = d->kind;
	else if (!d->has_content || d->base_label != NO_LABEL)
		kind = ENTRY_SECTION;
	else if (draft_has_field(d, FIELD_SYMPTOM))
		kind = ENTRY_PROBLEM;
	else if (d->ntasks * 2 > d->nitems)
		kind = ENTRY_CHECKLIST;
	else if (rules_kind_heading(s->heading, &kind) && fits(d, kind))
		;
	else if (kind_from_above(d, doc, s->parent, has_title, &kind))
		;
	else
		kind = d->nordered >= 2 ? ENTRY_PROCEDURE : ENTRY_SECTION;
	d->e->kind = kind;
}

void
draft_set_severity(struct draft *d, struct slice mark, struct slice heading)
{
	if (d->e->severity != SEVERITY_NONE)
		return;		/* a label said it */
	d->e->severity = rules_severity_heading(mark);
	if (d->e->severity == SEVERITY_NONE)
		d->e->severity = rules_severity_heading(heading);
}
