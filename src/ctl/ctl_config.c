/* Ctl config: the settings as the programs see them, and where each comes from.
 *
 * Rules: what is shown is what config.c worked out from default, file and environment, never the
 * text of the file: so ops see what counts, also when a variable was forgotten somewhere.
 */
#include "ctl.h"

#include <string.h>

/* One setting, with what it means. */
static int show_one(struct ctl *c, const char *name, struct err *e)
{
	const char *names[CONFIG_ROWS], *near;
	struct config_view v;
	size_t i;

	for (i = 0; i < CONFIG_ROWS; i++) {
		config_show(&c->cf, i, &c->arena, &v);
		names[i] = v.name;
		if (strcmp(v.name, name) != 0)
			continue;
		CTL_RECORD(c, { "name", C_TEXT(v.name) }, { "value", C_TEXT(v.value) },
			{ "origin", C_TEXT(v.origin) }, { "help", C_TEXT(v.help) });
		return 0;
	}
	near = ctl_nearest(name, names, CONFIG_ROWS, sizeof(*names));
	if (near)
		return ctl_fail(e, ERR_INPUT, "There is no setting \"%.40s\". Did you mean \"%s\"?",
			name, near);
	return ctl_fail(e, ERR_INPUT,
		"There is no setting \"%.40s\". \"latchkey config\" shows them all.", name);
}

int ctl_config(struct ctl *c, struct err *e)
{
	static const char *const columns[] = { "name", "value", "origin", NULL };
	struct ctl_table *t = ctl_out_new(c, columns);
	struct config_view v;
	size_t i;

	/* Wrong settings have ended the command before it got here. */
	if (ctl_flag(c, "check")) {
		CTL_RECORD(c, { "settings", C_TEXT("right") },
			{ "file", C_TEXT(c->file ? c->file : CONFIG_FILE) });
		return 0;
	}
	if (c->argc > 0)
		return show_one(c, c->argv[0], e);
	for (i = 0; i < CONFIG_ROWS; i++) {
		config_show(&c->cf, i, &c->arena, &v);
		CTL_ROW(c, t, C_TEXT(v.name), C_TEXT(v.value), C_TEXT(v.origin));
	}
	ctl_out_table(c, t, "");
	return 0;
}
