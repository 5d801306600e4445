/* Reason: why something works or not: the one table for pages, mail, logs, CSV and the command
 * line.
 *
 * What the wire cannot tell apart is one reason, with the ways to check in its steps. A reason of
 * the connection never becomes a member's verdict. Codes are stable: they may be stored and sent.
 */
#ifndef LATCHKEY_REASON_H
#define LATCHKEY_REASON_H

#include "model.h"

/* Name, stable code. What each means is in the three tables of
 * reason_table.h, one row each. */
#define REASONS(R)                                                                                 \
	R(OK, "ok")                                                                                \
	/* On the way to the server. */                                                            \
	R(NAME_NOT_FOUND, "name_not_found")                                                        \
	R(DNS_FAILED, "dns_failed")                                                                \
	R(NOT_ALLOWED, "address_not_allowed")                                                      \
	R(UNREACHABLE, "unreachable")                                                              \
	R(TIMED_OUT, "timed_out")                                                                  \
	R(CONNECTION_LOST, "connection_lost")                                                      \
	R(PROXY_REFUSED, "proxy_refused")                                                          \
	R(TLS_UNTRUSTED, "tls_untrusted")                                                          \
	R(TLS_NAME, "tls_name_mismatch")                                                           \
	R(TLS_EXPIRED, "tls_expired")                                                              \
	R(TLS_FAILED, "tls_failed")                                                                \
	/* What answers there. */                                                                  \
	R(NOT_EXCHANGE, "not_exchange")                                                            \
	R(PREAUTHENTICATION, "preauthentication")                                                  \
	R(NO_EWS, "no_ews")                                                                        \
	R(REDIRECTED, "redirected")                                                                \
	R(EWS_REFUSED, "ews_refused")                                                              \
	R(SERVER_DOWN, "server_down")                                                              \
	R(SLOWED, "slowed")                                                                        \
	R(VERSION, "version_unsupported")                                                          \
	R(BAD_ANSWER, "bad_answer")                                                                \
	R(TOO_BIG, "answer_too_big")                                                               \
	R(INTERNAL, "internal")                                                                    \
	R(NO_SERVER, "server_not_found")                                                           \
	R(CONSENT_NEEDED, "host_needs_consent")                                                    \
	/* Sign-in with a password. */                                                             \
	R(SIGNIN_REFUSED, "signin_refused")                                                        \
	R(SIGNIN_STOPPED, "signin_stopped")                                                        \
	R(SIGNIN_WAITING, "signin_waiting")                                                        \
	R(SIGNIN_KIND, "signin_kind_not_offered")                                                  \
	R(CHANNEL_BINDING, "channel_binding_suspected")                                            \
	R(ACCOUNT_LOCKED, "account_locked")                                                        \
	R(PASSWORD_EXPIRED, "password_expired")                                                    \
	R(ACCOUNT_DISABLED, "account_disabled")                                                    \
	/* Sign-in with tokens. */                                                                 \
	R(SECOND_FACTOR, "second_factor_needed")                                                   \
	R(POLICY_BLOCKED, "policy_blocked")                                                        \
	R(CONSENT_MISSING, "consent_missing")                                                      \
	R(SIGNIN_EXPIRED, "signin_expired")                                                        \
	R(CLIENT_SECRET, "client_secret_refused")                                                  \
	R(CLIENT_SECRET_EXPIRED, "client_secret_expired")                                          \
	R(CERTIFICATE, "certificate_refused")                                                      \
	R(APP_UNKNOWN, "app_unknown")                                                              \
	R(APP_DISABLED, "app_disabled")                                                            \
	R(APP_NOT_ASSIGNED, "app_not_assigned")                                                    \
	R(APP_SETUP, "app_setup")                                                                  \
	R(TENANT_UNKNOWN, "tenant_unknown")                                                        \
	R(TOKEN_REFUSED, "token_refused")                                                          \
	R(PERMISSION_MISSING, "permission_missing")                                                \
	R(OTHER_ACCOUNT, "wrong_account")                                                          \
	/* A secret as it is entered: nothing was asked of anybody. */                             \
	R(CREDENTIAL_MISSING, "credential_missing")                                                \
	R(SAME_SECRET, "same_secret")                                                              \
	R(SECRET_ID, "secret_id_entered")                                                          \
	/* The dedicated mailbox and its rights over all others. */                                \
	R(NO_OWN_MAILBOX, "no_own_mailbox")                                                        \
	R(OTHER_MAILBOX, "other_mailbox")                                                          \
	R(NOT_EMPTY, "mailbox_not_empty")                                                          \
	R(FOREIGN_MAIL, "foreign_meeting_mail")                                                    \
	R(SCOPE_WIDE, "scope_too_wide")                                                            \
	R(IMPERSONATION_SETUP, "impersonation_setup")                                              \
	R(CLOCK, "clock_differs")                                                                  \
	R(ZONE, "zone_differs")                                                                    \
	/* One member. */                                                                          \
	R(NOT_CHECKED, "not_checked")                                                              \
	R(BUSY_ONLY, "busy_time_only")                                                             \
	R(READ_ONLY, "rights_too_low")                                                             \
	R(SENDING_REFUSED, "sending_refused")                                                      \
	R(SENDING_UNPROVED, "sending_unproved")                                                    \
	R(NOT_DELEGATED, "not_delegated")                                                          \
	R(OWN_SIGNIN, "own_signin_missing")                                                        \
	R(IMPERSONATION_REFUSED, "impersonation_refused")                                          \
	R(OUTSIDE_SCOPE, "outside_scope")                                                          \
	R(NO_MAILBOX, "no_mailbox")                                                                \
	R(ELSEWHERE, "mailbox_elsewhere")                                                          \
	R(MOVING, "mailbox_moving")                                                                \
	R(UNAVAILABLE, "mailbox_unavailable")                                                      \
	R(MAILBOX_DISABLED, "mailbox_disabled")                                                    \
	R(MEMBER_EWS_REFUSED, "member_ews_refused")                                                \
	R(BUSY_DENIED, "busy_time_denied")                                                         \
	R(ADDRESS_REFUSED, "address_refused")                                                      \
	R(ALIAS, "address_is_alias")                                                               \
	R(NO_CALENDAR, "no_calendar")                                                              \
	R(MAILBOX_FULL, "mailbox_full")                                                            \
	/* One booking, one search. */                                                             \
	R(BOOKING_GONE, "booking_gone")                                                            \
	R(BOOKING_CHANGED, "booking_changed")                                                      \
	R(BOOKING_INVALID, "booking_invalid")                                                      \
	R(NOT_ORGANIZER, "not_organizer")                                                          \
	R(OUTCOME_UNKNOWN, "outcome_unknown")                                                      \
	R(NOTHING_FOUND, "nothing_found")                                                          \
	R(OWNER_ONLY, "owner_only")                                                                \
	R(UNSUPPORTED, "unsupported_here")

enum reason {
#define REASON_ENUM(name, code) REASON_##name,
	REASONS(REASON_ENUM)
#undef REASON_ENUM
		REASON__MAX
};

/* Whom it speaks about. */
enum reason_scope { SCOPE_CONNECTION, SCOPE_MEMBER, SCOPE_BOOKING, SCOPE__MAX };

/* Whether trying again makes sense. */
enum temper {
	TEMPER_LASTING, /* not before somebody has done something */
	TEMPER_PASSING, /* soon, by itself */
	TEMPER_STOPPED	/* never by itself: each try may count against an account */
};

struct reason_row {
	const char *code;
	enum reason_scope scope;
	enum fixer fixer;
	enum temper temper;
	const char *title;   /* a few words: "Not delegated" */
	const char *say;     /* what is so, in one sentence or two */
	const char *why;     /* the likely causes; "" when say says it all */
	const char *steps;   /* exact steps for who can fix it, one a line; "" */
	const char *command; /* for an Exchange or Entra admin, one a line; "" */
	const char *wait;    /* how long until a fix shows: "up to 2 hours"; "" = at once */
};

/* Never NULL, and no text in it is. */
const struct reason_row *reason_row(enum reason r);
/* By stable code; REASON__MAX when there is none. */
enum reason reason_parse(const char *code);
/* "Exchange admin" */
const char *reason_fixer(enum fixer f);
/* "exchange_admin", "passing", "member": stable, for JSON and CSV */
const char *reason_fixer_code(enum fixer f);
const char *reason_temper_code(enum temper t);
const char *reason_scope_code(enum reason_scope s);
/* "connected", "Connected" */
const char *reason_status_code(enum status s);
const char *reason_status_title(enum status s);
const char *reason_reach_code(enum reach r);

#endif
