/*
 * steps.h - a shell block as steps that can be run one by one.
 *
 * A comment explains the commands that follow it, up to the next comment.
 * Line continuations, heredocs, pipes, loops, if, case, functions and quoted
 * text stay whole. What cannot be split safely stays whole altogether.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_STEPS_H
#define KBD_STEPS_H

#include "common/slice.h"

struct arena;

struct step {
	struct slice text;	/* "" when the comment explains no command */
	struct slice note;	/* its comment, without "#"; "" if none */
};

struct step_list {
	struct step *steps;	/* in order */
	size_t n;
	struct slice *output;	/* lines that are what a command printed */
	size_t noutput;
	bool is_script;		/* one step, to be run as a file */
};

enum steps_mode {
	STEPS_SHELL,	/* every statement is a command unless it looks like
			   output; with prompts, only what follows them */
	STEPS_GUESS,	/* only what starts with a known program or a prompt */
	STEPS_SESSION	/* only what follows a prompt */
};

/*
 * Split the text of a code block (lines ended by LF). The arena owns the
 * list; its slices are views of the text or live in the arena. Linear in the
 * length of the text.
 */
void steps_split(struct slice code, enum steps_mode mode, struct arena *a,
    struct step_list *out);

/* The command after "$ " or "user@host:~$ "; false: there is no prompt. */
bool steps_prompt(struct slice line, struct slice *command);

#endif
