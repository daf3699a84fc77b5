/*
 * answer_card.h - answers as people read them in a terminal: those of kbctl,
 * and those that curl gets.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_ANSWER_CARD_H
#define KBD_ANSWER_CARD_H

#include <stdbool.h>

struct json;
struct screen;

/*
 * Print answers of kb.search/1, best first: the first ones whole with what
 * belongs to them, the others a line each. explain: also why each was found;
 * "explain" of the answer is shown when it is there.
 */
void answer_card_put_all(struct screen *s, const struct json *list,
    bool explain);

#endif
