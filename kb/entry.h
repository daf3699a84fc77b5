/*
 * entry.h - what a section says: kind, severity, fields, commands, items.
 *
 * Everything here is derived from the Markdown and can be derived again. The
 * rules (labels, kinds, known programs, risks) are data in content/.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_ENTRY_H
#define KBD_ENTRY_H

#include "common/err.h"
#include "common/slice.h"
#include "kb/document.h"

struct md;

enum entry_kind {
	ENTRY_SECTION,
	ENTRY_PROBLEM,
	ENTRY_RUNBOOK,
	ENTRY_CHECKLIST,
	ENTRY_TEMPLATE,
	ENTRY_PROCEDURE,
	ENTRY_RETROSPECTIVE
};

enum entry_severity {
	SEVERITY_NONE,
	SEVERITY_INFO,
	SEVERITY_LOW,
	SEVERITY_WARNING,
	SEVERITY_HIGH,
	SEVERITY_CRITICAL
};

enum field_name {
	FIELD_SYMPTOM,
	FIELD_IMPACT,
	FIELD_CAUSE,
	FIELD_DIAGNOSIS,
	FIELD_FIX,
	FIELD_PREVENTION,
	FIELD_VERIFY,
	FIELD_NOTE
};

enum command_risk { RISK_READ_ONLY, RISK_CHANGES, RISK_DESTRUCTIVE };

/* One statement of a field: a paragraph or a list item, as plain text. */
struct entry_field {
	enum field_name name;
	struct slice text;	/* Markdown marks removed, code kept as `x` */
};

struct entry_command {
	struct slice lang;	/* the fence's first word; "" if none */
	struct slice text;	/* ready to copy */
	struct slice note;	/* the comment or step that explains it; "" */
	struct slice file;	/* the file that a template is for; "" */
	enum command_risk risk;
};

/* An item of a list that is a step, a check or a lesson. */
struct entry_item {
	struct slice text;
	bool is_task;		/* "- [ ]" */
	bool is_done;		/* "- [x]" */
	bool is_ordered;	/* "1." */
};

/* Words that are no error text by themselves, and where they stand. */
enum clause_place {
	CLAUSE_HEADING,		/* "触发 Information schema is changed 错误" */
	CLAUSE_SYMPTOM,		/* "`file_type` 为空" */
	CLAUSE_MENTION		/* a code span that looks like an error */
};

struct entry_clause {
	enum clause_place place;
	struct slice text;
};

struct entry {
	enum entry_kind kind;
	enum entry_severity severity;
	int owner;	/* this section is only a label ("## Mitigation"): the
			   index of the entry whose field it is; else -1 */
	struct entry_field *fields;	/* in document order */
	size_t nfields;
	struct entry_command *commands;	/* in document order */
	size_t ncommands;
	struct entry_item *items;
	size_t nitems;
	struct slice *signatures;	/* error texts, as extracted */
	size_t nsignatures;
	struct slice *rules;	/* of "signature:" / 特征, as written */
	size_t nrules;
	struct entry_clause *clauses;	/* what else may be in a log */
	size_t nclauses;
	struct slice aliases;	/* of "alias:" / 别名, separated by '|' */
	struct slice related;	/* of "related:" / 相关, separated by '|' */
	struct slice tags;	/* of "tags:" / 标签 and the front matter */
	struct slice assignee;	/* of "owner:" / 负责人 */
	struct slice review_by;	/* "2026-01-31", or "" */
	struct slice text;	/* all words of the section, plain, without
				   the heading; for the search index */
};

/*
 * Derive every entry of a document. (*out)[i] belongs to d->sections[i]; what
 * a label section says is in the fields, commands, items and signatures of
 * its owner as well. The arena owns the result. Bounded by the document's
 * length; fails only with ERR_LIMIT.
 */
bool entry_extract(const struct document *d, struct arena *a,
    struct entry **out, struct err *e) MUST_CHECK;

/* The same from the document's tree, so that it is not parsed again. */
bool entry_extract_tree(const struct document *d, const struct md *tree,
    struct arena *a, struct entry **out, struct err *e) MUST_CHECK;

/* The names used in SQL and JSON: "problem", "critical" ("" for none), ... */
const char *entry_kind_name(enum entry_kind k);
const char *entry_severity_name(enum entry_severity s);
const char *entry_field_name(enum field_name f);
const char *entry_risk_name(enum command_risk r);

#endif
