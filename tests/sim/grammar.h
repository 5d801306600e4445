/* Grammar: the table of element orders that grammar.c reads. */
#ifndef SIM_GRAMMAR_H
#define SIM_GRAMMAR_H

/*
 * One row a type, named as in the schema without its "Type". Its content is words:
 *   t:Name=Type        a child of the types namespace (m: the messages namespace); behind the name
 *                      ? may be absent, * any number, + at least one
 *   ( a | b )          one of several, with ? * + behind the bracket
 *   @Name=Type         an attribute; @Name!=Type must be there
 *   &Name              everything another row has
 *   %kind              text: string boolean int dateTime date time duration
 *   %int<=N            a number from 1 to N
 *   =A B C             text: one of these words; A:* is a prefix
 *   ~Name              text: several words of that type
 *   ...                anything at all
 * ^10, ^13 or ^16 behind a name or a word: since Exchange 2010, 2013, 2016.
 */
struct grammar_row {
	const char *name, *content;
};
extern const struct grammar_row grammar_rows[]; /* ends with name NULL */

#endif
