/* Mailer way: how a mail leaves.
 *
 * Rules: there is one way for a mail, chosen each time it is tried; a mail server that does not
 * answer is not gone around. What holds a token is wiped.
 */
#include "mailer_way.h"

#include <stdlib.h>
#include <string.h>
#include "engine.h"
#include "exchange/egress.h"
#include "keeper.h"
#include "line.h"
#include "mail/mail_write.h"
#include "platform/clock.h"
#include "platform/log.h"
#include "platform/login.h"
#include "platform/str.h"
#include "platform/url.h"
#include "store/store_mail.h"

enum { WAY_ARENA = 4 << 20, EXCHANGE_MS = 90 * 1000 };

struct mailer_way {
	struct engine *eng;
	const struct mailer_letter *letter;
	smtp_done_fn *done;
	void *ptr;
	struct arena a;
	/* By the mail server. */
	struct smtp_server server;
	struct buf wire;
	struct smtp *smtp; /* NULL: it is not the way, or it has ended */
	/* Out of a mailbox. */
	struct line_tools tools;
	struct line *line;
	struct message message;
	const char *to[1];
};

static void destroy(struct mailer_way *w)
{
	smtp_stop(w->smtp);
	line_free(w->line);
	buf_wipe(&w->wire);
	arena_done(&w->a);
	free(w);
}

static void tell(struct mailer_way *w, enum smtp_end end, const char *say)
{
	smtp_done_fn *done = w->done;
	void *ptr = w->ptr;

	say = arena_strdup(&w->a, say);
	done(ptr, end, say);
	destroy(w);
}

/* --- by the mail server --- */

static int read_server(struct mailer_way *w, struct err *e)
{
	const struct config *cf = w->eng->cf;
	struct url to, portal;
	struct login login;

	if (url_parse_mail(&w->a, cf->smtp_url, &to) < 0 ||
		url_parse(&w->a, cf->public_url, &portal) < 0)
		return ERR(e, ERR_SETUP, NULL, "smtp_url or public_url is no address");
	if (login_find("smtp_login", cf->smtp_login, NULL, &w->a, &login, e) < 0)
		return err_say(e,
			"The login for the mail server cannot be read. Ops: \"latchkey doctor\" "
			"says why.");
	w->server = (struct smtp_server){
		.host = to.host,
		.port = to.port,
		.security = strcmp(to.scheme, "smtps") == 0 ? SMTP_TLS
			: strcmp(to.scheme, "smtp") == 0    ? SMTP_STARTTLS
							    : SMTP_PLAIN,
		.ca_file = cf->ca_file,
		.hello = portal.host,
		.user = login.user,
		.password = login.password,
	};
	return 0;
}

static void on_sent(void *ptr, enum smtp_end end, const char *say)
{
	struct mailer_way *w = ptr;

	w->smtp = NULL;
	tell(w, end, say);
}

static int by_server(struct mailer_way *w, struct err *e)
{
	const struct smtp_tools tools = { w->eng->loop, w->eng->tools.resolve };
	const struct mailer_letter *l = w->letter;
	struct mail_message m = {
		.from = w->eng->cf->mail_from,
		.from_name = arena_printf(&w->a, "%s (Latchkey)", l->organisation),
		.to = l->mail->email,
		.to_name = l->mail->name,
		.subject = buf_str(&l->text->subject),
		.text = buf_str(&l->text->text),
		.html = buf_str(&l->text->html),
		.id = l->id,
		.date = clock_now(),
		.stop = buf_str(&l->text->stop),
	};
	struct smtp_mail mail = { .from = m.from, .to = m.to };

	if (read_server(w, e) < 0)
		return -1;
	m.host = w->server.hello;
	if (mail_write(&m, &w->wire, e) < 0)
		return -1;
	mail.text = buf_str(&w->wire);
	mail.len = w->wire.len;
	w->smtp = smtp_start(&tools, &w->server, &mail, on_sent, w);
	return 0;
}

/* --- out of a mailbox --- */

static void on_answer(void *ptr, const struct outcome *o, const void *result)
{
	struct mailer_way *w = ptr;
	const struct reason_row *why = reason_row(o->reason);

	(void)result;
	if (o->reason == REASON_OK)
		tell(w, SMTP_SENT, "");
	else
		tell(w, SMTP_LATER,
			arena_printf(&w->a, "%s%s%s", why->say, o->said[0] ? " " : "", o->said));
}

static int by_mailbox(struct mailer_way *w, const struct connection *c, struct err *e)
{
	const struct engine *eng = w->eng;
	struct client_how how = {
		.a = &w->a, .deadline_ms = EXCHANGE_MS, .done = on_answer, .ptr = w
	};
	struct err kept;

	if (egress_load(eng->tools.egress, &kept) < 0)
		log_err("egress.kept", &kept);
	w->tools = (struct line_tools){ .cf = eng->cf,
		.net = &eng->tools,
		.gate = keeper_gate(eng->keeper),
		.db = eng->db,
		.keys = eng->keys };
	w->line = line_stored(&w->tools, c, PURPOSE_CURRENT, e);
	/* Somebody may mend the connection or end its pause while the mail is still of use. */
	if (!w->line) {
		e->code = e->code == ERR_BUSY ? ERR_BUSY : ERR_SETUP;
		return -1;
	}
	w->to[0] = w->letter->mail->email;
	w->message = (struct message){ .to = w->to,
		.to_count = 1,
		.subject = buf_str(&w->letter->text->subject),
		.text = buf_str(&w->letter->text->text) };
	how.impersonate = client_acts_as(line_client(w->line));
	client_send_message(line_client(w->line), &w->message, &how);
	return 0;
}

/* --- the choice --- */

static int choose(struct mailer_way *w, struct err *e)
{
	const struct mail *m = w->letter->mail;
	struct connection c;
	int rc;

	if (w->eng->cf->smtp_url[0])
		return by_server(w, e);
	rc = store_connection_staged(w->eng->db, &w->a, m->account, CONN_LIVE, &c, e);
	if (rc > 0)
		return by_mailbox(w, &c, e);
	return rc < 0 ? -1
		      : ERR(e, ERR_MISSING,
				"There is no way to send it yet: neither a mail server (smtp_url) "
				"nor a live connection.",
				"no way for account %lld", (long long)m->account);
}

struct mailer_way *mailer_way_start(struct engine *eng, const struct mailer_letter *letter,
	smtp_done_fn *done, void *ptr, struct err *e)
{
	struct mailer_way *w = calloc(1, sizeof(*w));

	if (!w)
		die("mailer: out of memory");
	w->eng = eng;
	w->letter = letter;
	w->done = done;
	w->ptr = ptr;
	arena_init(&w->a, WAY_ARENA);
	buf_init(&w->wire, MAIL_WIRE_MAX);
	if (choose(w, e) == 0)
		return w;
	destroy(w);
	return NULL;
}

void mailer_way_stop(struct mailer_way *w)
{
	if (w)
		destroy(w);
}
