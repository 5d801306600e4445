/*
 * Device code: the codes, and the page where the person types one.
 *
 * The person signs in as everywhere, and then always confirms the app: it runs somewhere else.
 */
#include "sim/token_part.h"

#include <stdlib.h>
#include <string.h>

enum { DEVICE_LIFE = 900, DEVICE_BYTES = 264, INTERVAL = 5, USER_CODE = 9 };

/* Letters that are not mistaken for digits when somebody reads them from a screen. */
static void user_code(struct ask *k, char out[USER_CODE + 1])
{
	static const char letters[] = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
	unsigned char bytes[USER_CODE];

	world_bytes(k->s->world, bytes, sizeof(bytes));
	for (int i = 0; i < USER_CODE; i++)
		out[i] = letters[bytes[i] % (sizeof(letters) - 1)];
	out[USER_CODE] = '\0';
}

/* Two tickets: the program polls with the long code, the person types the short one. */
static struct ticket *device_new(struct ask *k, struct app *app, char code[USER_CODE + 1])
{
	struct tickets *all = k->t->tickets;
	struct ticket *device = ticket_new(all, TICKET_DEVICE, NULL, DEVICE_BYTES, DEVICE_LIFE);
	struct ticket *typed;

	user_code(k, code);
	typed = ticket_new(all, TICKET_USER_CODE, code, 0, DEVICE_LIFE);
	typed->link = copy(device->key);
	device->app = app;
	device->tenant = k->tenant;
	device->v1 = k->v1;
	device->scope = ask_value(k, k->v1 ? "resource" : "scope");
	return device;
}

static void device_answer(struct ask *k, const struct ticket *device, const char *code)
{
	char *url = face_url(k->face, "/common/oauth2/deviceauth");
	char *say = format("To sign in, use a web browser to open the page %s and enter the code "
			   "%s to authenticate.",
		url, code);

	ask_json(k, 200,
		json_pack("{s:s, s:s, s:s, s:i, s:i, s:s}", "user_code", code, "device_code",
			device->key, k->v1 ? "verification_url" : "verification_uri", url,
			"expires_in", DEVICE_LIFE, "interval", INTERVAL, "message", say));
	free(url);
	free(say);
}

/* A public client says only who it is; a confidential one proves itself when it polls. */
void token_devicecode(struct ask *k)
{
	char *id = ask_value(k, "client_id"), code[USER_CODE + 1];
	struct scopes s = { 0 };
	struct app *app;

	if (client_named(k, id, &app) && ask_scopes(k, &s) && scopes_listed(k, &s, app))
		device_answer(k, device_new(k, app, code), code);
	scopes_free(&s);
	free(id);
}

/* The request behind a typed code, when it still waits for a person. */
static struct ticket *device_typed(struct ask *k, const char *code)
{
	const struct ticket *typed = ticket_find(k->t->tickets, TICKET_USER_CODE, code);
	struct ticket *device =
		typed == NULL ? NULL : ticket_find(k->t->tickets, TICKET_DEVICE, typed->link);

	if (device == NULL || device->declined || device->identity != NULL)
		ask_fail(k, 70018, NULL, NULL);
	else if (ticket_expired(k->t->tickets, device))
		ask_fail(k, 70019, NULL, NULL);
	return k->error == NULL ? device : NULL;
}

/* People type small letters. */
static char *code_of(const char *form, const char *name)
{
	char *code = form_value(form, name);

	for (char *p = code; p != NULL && *p != '\0'; p++)
		*p = (char)(*p >= 'a' && *p <= 'z' ? *p - 'a' + 'A' : *p);
	return code;
}

/* The query names the code once it was typed; then the body is what a page posted. */
void token_deviceauth(struct ask *k)
{
	char *carried = code_of(k->r->query, "user_code"), *typed = code_of(k->form, "otc");
	const char *code = carried != NULL ? carried : typed;
	struct wish w = { 0 };
	struct text parameters = { 0 };

	if (code != NULL)
		w.device = device_typed(k, code);
	if (w.device == NULL) {
		html_device(k, k->say);
	} else {
		w.app = w.device->app;
		k->tenant = w.device->tenant;
		text_puts(&parameters, "user_code=");
		percent_add(&parameters, code);
		w.parameters = parameters.at;
		if (carried != NULL && same(k->r->method, "POST"))
			page_step(k, &w, k->form);
		else
			page_begin(k, &w);
	}
	text_free(&parameters);
	free(carried);
	free(typed);
}
