/* Smtp: one message to one mail server.
 *
 * Rules: names are resolved by us, because the library would start a thread for it. Nothing is
 * taken from the environment. Of what we send only the first word is looked at, to know what a
 * refusal is about; so no login can get into what is told. The library says goodbye and waits for
 * the answer, with all of the engine waiting: once "QUIT" has left, nothing more is read.
 */
#include "smtp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "clean.h"
#include "curl_loop.h"
#include "platform/buf.h"

enum { URL_SIZE = 1024, SAID_MAX = 240, VERB = 4, CODE = 3, SOCKETS = 4, ADDRESS_SIZE = 300 };

/* What a word of ours is about, for sentences: "The mail server refused THIS". */
static const struct verb {
	const char *name;
	const char *about;
	int of_mail; /* a refusal for good is about this very mail */
} verbs[] = {
	{ "", "the connection", 0 },
	{ "EHLO", "our greeting", 0 },
	{ "HELO", "our greeting", 0 },
	{ "STARTTLS", "encryption", 0 },
	{ "AUTH", "the login", 0 },
	{ "MAIL", "the sender", 1 },
	{ "RCPT", "the recipient", 1 },
	{ "DATA", "the mail", 1 },
};

struct smtp {
	struct smtp_tools tools;
	const struct smtp_server *to;
	struct smtp_mail mail;
	smtp_done_fn *done;
	void *ptr;
	uint64_t question; /* to the name servers */
	struct curl_loop driven;
	CURL *easy; /* NULL until the name is known */
	struct curl_slist *recipients, *where;
	size_t at; /* of the text */
	int fds[SOCKETS];
	const struct verb *verb; /* the last word of ours */
	long code;		 /* of the last no */
	struct buf said;	 /* all of it */
	char text[CURL_ERROR_SIZE];
};

#define SET(s, option, value)                                                                      \
	do {                                                                                       \
		if (curl_easy_setopt((s)->easy, (option), (value)) != CURLE_OK)                    \
			die("smtp: option " #option);                                              \
	} while (0)

/* --- callbacks of the library --- */

static size_t on_read(char *p, size_t size, size_t n, void *ptr)
{
	struct smtp *s = ptr;

	n *= size;
	if (n > s->mail.len - s->at)
		n = s->mail.len - s->at;
	memcpy(p, s->mail.text + s->at, n);
	s->at += n;
	return n;
}

/* Append what fits. */
static void keep(struct buf *b, const char *p, size_t n)
{
	size_t room = b->max - b->len - 1;

	buf_add(b, p, n < room ? n : room);
}

/* A line of an answer: "550 5.1.1 No such person"; with "-" behind the number more follow. */
static size_t on_line(char *p, size_t size, size_t n, void *ptr)
{
	struct smtp *s = ptr;
	size_t all = size * n, skip = s->said.len ? CODE + 1 : 0;
	long code = all > CODE ? strtol(p, NULL, 10) : 0;

	for (n = all; n > 0 && (p[n - 1] == '\n' || p[n - 1] == '\r');)
		n--;
	if (code < 400 || n <= skip)
		return all;
	s->code = code;
	if (skip)
		keep(&s->said, " ", 1);
	keep(&s->said, p + skip, n - skip);
	return all;
}

static size_t on_body(char *p, size_t size, size_t n, void *ptr)
{
	(void)p, (void)ptr;
	return size * n;
}

static void hang_up(struct smtp *s)
{
	for (int i = 0; i < SOCKETS; i++) {
		if (s->fds[i] >= 0)
			(void)shutdown(s->fds[i], SHUT_RD);
	}
}

/* A command, and not what a login is made of. */
static int is_word(const char *p, size_t n, const char *word)
{
	size_t len = strlen(word);

	return n > len && memcmp(p, word, len) == 0 && (p[len] == ' ' || p[len] == '\r');
}

/* What we say next: the answer before is history. */
static int on_talk(CURL *easy, curl_infotype type, char *p, size_t n, void *ptr)
{
	struct smtp *s = ptr;

	(void)easy;
	if (type != CURLINFO_HEADER_OUT)
		return 0;
	if (is_word(p, n, "QUIT")) {
		hang_up(s);
		return 0;
	}
	buf_clear(&s->said);
	s->code = 0;
	for (size_t i = 1; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (is_word(p, n, verbs[i].name))
			s->verb = &verbs[i];
	}
	return 0;
}

/* Index of a descriptor, or of a free place (-1). */
static int place_of(const struct smtp *s, int fd)
{
	int i = 0;

	while (i < SOCKETS - 1 && s->fds[i] != fd)
		i++;
	return i;
}

static curl_socket_t on_open(void *ptr, curlsocktype purpose, struct curl_sockaddr *sa)
{
	struct smtp *s = ptr;
	int fd = socket(sa->family, sa->socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, sa->protocol);

	(void)purpose;
	if (fd < 0)
		return CURL_SOCKET_BAD;
	s->fds[place_of(s, -1)] = fd;
	return fd;
}

static int on_close(void *ptr, curl_socket_t fd)
{
	struct smtp *s = ptr;

	s->fds[place_of(s, fd)] = -1;
	loop_watch(s->tools.loop, fd, 0, NULL, NULL);
	return close(fd);
}

/* --- the end --- */

static void destroy(struct smtp *s)
{
	resolve_cancel(s->tools.resolve, s->question);
	if (s->easy) {
		hang_up(s);
		curl_multi_remove_handle(s->driven.multi, s->easy);
		curl_loop_done(&s->driven);
		curl_easy_cleanup(s->easy);
	}
	curl_slist_free_all(s->recipients);
	curl_slist_free_all(s->where);
	buf_done(&s->said);
	free(s);
}

/* All is gone before somebody hears of it. say lives until then. */
static void tell(struct smtp *s, enum smtp_end end, const char *say)
{
	smtp_done_fn *done = s->done;
	void *ptr = s->ptr;
	char text[SMTP_SAY];

	clean_text(text, sizeof(text), say, strlen(say));
	destroy(s);
	done(ptr, end, text);
}

static const char *reason_of(const struct smtp *s, CURLcode code)
{
	switch (code) {
	case CURLE_USE_SSL_FAILED:
		return "The mail server offers no encryption (STARTTLS), so nothing was sent";
	case CURLE_PEER_FAILED_VERIFICATION:
		return "The certificate of the mail server is not trusted, so nothing was sent";
	case CURLE_OPERATION_TIMEDOUT:
		return "The mail server did not answer in time";
	case CURLE_COULDNT_CONNECT:
		return "The mail server cannot be reached";
	case CURLE_LOGIN_DENIED:
		return "The mail server offers no way to log in that is known here";
	default:
		return s->verb == verbs ? "There is no connection to the mail server"
					: "The connection to the mail server broke";
	}
}

static void ended(struct smtp *s, CURLcode code)
{
	char say[SMTP_SAY];
	enum smtp_end end = SMTP_LATER;

	if (code == CURLE_OK) {
		tell(s, SMTP_SENT, "");
		return;
	}
	if (s->said.len) {
		snprintf(say, sizeof(say), "The mail server refused %s: %s", s->verb->about,
			buf_str(&s->said));
		end = s->code >= 500 && s->verb->of_mail ? SMTP_REFUSED : SMTP_LATER;
	} else {
		snprintf(say, sizeof(say), "%s: %s", reason_of(s, code),
			s->text[0] ? s->text : curl_easy_strerror(code));
	}
	tell(s, end, say);
}

static void on_act(void *ptr, curl_socket_t fd, int mask)
{
	struct smtp *s = ptr;
	int running, left;
	CURLMsg *m;

	curl_multi_socket_action(s->driven.multi, fd, mask, &running);
	m = curl_multi_info_read(s->driven.multi, &left);
	if (m && m->msg == CURLMSG_DONE)
		ended(s, m->data.result);
}

/* --- the beginning --- */

static void set_server(struct smtp *s)
{
	const struct smtp_server *to = s->to;
	int v6 = strchr(to->host, ':') != NULL;
	char url[URL_SIZE];

	snprintf(url, sizeof(url), "%s://%s%s%s:%d/%s", to->security == SMTP_TLS ? "smtps" : "smtp",
		v6 ? "[" : "", to->host, v6 ? "]" : "", to->port, to->hello);
	SET(s, CURLOPT_URL, url);
	SET(s, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	SET(s, CURLOPT_PROXY, "");
	SET(s, CURLOPT_RESOLVE, s->where);
	SET(s, CURLOPT_USE_SSL,
		(long)(to->security == SMTP_STARTTLS ? CURLUSESSL_ALL : CURLUSESSL_NONE));
	SET(s, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(s, CURLOPT_SSL_VERIFYPEER, 1L);
	SET(s, CURLOPT_SSL_VERIFYHOST, 2L);
	if (to->ca_file[0]) {
		SET(s, CURLOPT_CAINFO, to->ca_file);
		SET(s, CURLOPT_CAPATH, NULL);
	}
	if (to->user[0]) {
		SET(s, CURLOPT_USERNAME, to->user);
		SET(s, CURLOPT_PASSWORD, (const char *)secret_bytes(to->password));
	}
}

static void set_mail(struct smtp *s)
{
	char from[ADDRESS_SIZE], rcpt[ADDRESS_SIZE];

	snprintf(from, sizeof(from), "<%s>", s->mail.from);
	snprintf(rcpt, sizeof(rcpt), "<%s>", s->mail.to);
	s->recipients = curl_slist_append(NULL, rcpt);
	SET(s, CURLOPT_MAIL_FROM, from);
	SET(s, CURLOPT_MAIL_RCPT, s->recipients);
	SET(s, CURLOPT_UPLOAD, 1L);
	SET(s, CURLOPT_INFILESIZE_LARGE, (curl_off_t)s->mail.len);
}

static void set_callbacks(struct smtp *s)
{
	SET(s, CURLOPT_NOSIGNAL, 1L);
	SET(s, CURLOPT_CONNECTTIMEOUT_MS, (long)SMTP_CONNECT_MS);
	SET(s, CURLOPT_TIMEOUT_MS, (long)SMTP_TOTAL_MS);
	SET(s, CURLOPT_ERRORBUFFER, s->text);
	SET(s, CURLOPT_READFUNCTION, on_read);
	SET(s, CURLOPT_READDATA, s);
	SET(s, CURLOPT_WRITEFUNCTION, on_body);
	SET(s, CURLOPT_HEADERFUNCTION, on_line);
	SET(s, CURLOPT_HEADERDATA, s);
	SET(s, CURLOPT_VERBOSE, 1L); /* on_talk alone hears it */
	SET(s, CURLOPT_DEBUGFUNCTION, on_talk);
	SET(s, CURLOPT_DEBUGDATA, s);
	SET(s, CURLOPT_OPENSOCKETFUNCTION, on_open);
	SET(s, CURLOPT_OPENSOCKETDATA, s);
	SET(s, CURLOPT_CLOSESOCKETFUNCTION, on_close);
	SET(s, CURLOPT_CLOSESOCKETDATA, s);
	SET(s, CURLOPT_FORBID_REUSE, 1L); /* QUIT is said while on_talk still listens */
}

/* "host:port:address,address" */
static struct curl_slist *pinned(const struct smtp_server *to, const struct addresses *found)
{
	char address[INET6_ADDRSTRLEN];
	struct curl_slist *list;
	struct buf b;

	buf_init(&b, URL_SIZE);
	buf_printf(&b, "%s:%d:", to->host, to->port);
	for (size_t i = 0; i < found->count; i++) {
		const struct address *a = &found->list[i];

		buf_printf(&b, a->family == AF_INET6 ? "%s[%s]" : "%s%s", i ? "," : "",
			address_text(a, address, sizeof(address)));
	}
	list = curl_slist_append(NULL, buf_str(&b));
	buf_done(&b);
	return list;
}

static void on_found(void *ptr, const struct addresses *found, const struct err *e)
{
	struct smtp *s = ptr;
	char say[SMTP_SAY];

	s->question = 0;
	if (e) {
		snprintf(say, sizeof(say), "The name of the mail server leads nowhere: %s: %s",
			s->to->host, e->log);
		tell(s, SMTP_LATER, say);
		return;
	}
	s->easy = curl_easy_init();
	if (!s->easy)
		die("smtp: out of memory");
	if (!strchr(s->to->host, ':'))
		s->where = pinned(s->to, found);
	set_callbacks(s);
	set_server(s);
	set_mail(s);
	curl_multi_add_handle(curl_loop_init(&s->driven, s->tools.loop, on_act, s), s->easy);
}

struct smtp *smtp_start(const struct smtp_tools *tools, const struct smtp_server *to,
	const struct smtp_mail *mail, smtp_done_fn *done, void *ptr)
{
	struct smtp *s = calloc(1, sizeof(*s));

	if (!s)
		die("smtp: out of memory");
	s->tools = *tools;
	s->to = to;
	s->mail = *mail;
	s->done = done;
	s->ptr = ptr;
	s->verb = verbs;
	for (int i = 0; i < SOCKETS; i++)
		s->fds[i] = -1;
	buf_init(&s->said, SAID_MAX);
	s->question = resolve_ask(tools->resolve, to->host, on_found, s);
	return s;
}

void smtp_stop(struct smtp *s)
{
	if (s)
		destroy(s);
}
