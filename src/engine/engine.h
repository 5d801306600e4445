/* Engine: what all parts of latchkeyd share. Filled by latchkeyd.c, lives as long as the process.
 */
#ifndef LATCHKEY_ENGINE_H
#define LATCHKEY_ENGINE_H

#include "exchange/look.h"
#include "platform/config.h"
#include "platform/loop.h"
#include "store/db.h"

struct doorbell;
struct job_queue;
struct keeper;
struct keyring;
struct mailer;
struct patrol_beats;
struct pulse;
struct remind;
struct sealer;
struct watch;

struct engine {
	const struct config *cf;
	struct loop *loop;
	struct db *db;
	struct keyring *keys;
	struct keeper *keeper;	 /* of sign-ins */
	struct look_tools tools; /* resolver, egress guard, transport */
	struct job_queue *jobs;
	struct mailer *mailer;
	struct sealer *sealer;
	struct pulse *pulse;
	struct doorbell *doorbell;
	struct watch *watch;	     /* over live connections */
	struct patrol_beats *patrol; /* over members */
	struct remind *remind;
};

#endif
