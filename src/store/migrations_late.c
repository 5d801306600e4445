/* Migrations, from step 19 on: another connection tried beside the one in use, links to scripts,
 * boundaries. The rules of migrations.c hold.
 */
#include "migrations.h"

/* What members would be by a connection that is not in use. change: a number of enum trial_change;
 * state: names settings and secret that it was tried with. With a connection goes its head alone:
 * a million rows would hold everybody up, and go in portions. */
const char migration_trials[] =
	"CREATE TABLE trial_head ("
	"  connection_id {int} PRIMARY KEY REFERENCES connection (id) ON DELETE CASCADE,"
	"  account_id {int} NOT NULL,"
	"  state text NOT NULL CHECK (length(state) <= 64),"
	"  seen_at {int} NOT NULL"
	") {strict};"

	"CREATE TABLE trial_count ("
	"  connection_id {int} NOT NULL,"
	"  change {int} NOT NULL CHECK (change BETWEEN 0 AND 6),"
	"  n {int} NOT NULL CHECK (n >= 0),"
	"  PRIMARY KEY (connection_id, change)"
	") {strict};"

	"CREATE TABLE trial ("
	"  connection_id {int} NOT NULL,"
	"  member_id {int} NOT NULL,"
	"  account_id {int} NOT NULL,"
	"  name_key text NOT NULL CHECK (length(name_key) <= 254),"
	"  status {int} NOT NULL CHECK (status BETWEEN 0 AND 5),"
	"  reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 64),"
	"  fixer {int} NOT NULL CHECK (fixer BETWEEN 0 AND 6),"
	"  note text NOT NULL CHECK (length(note) BETWEEN 1 AND 64),"
	"  grants {int} NOT NULL,"
	"  reach {int} NOT NULL,"
	"  since {int} NOT NULL,"
	"  checked_at {int} NOT NULL,"
	"  tried_at {int} NOT NULL,"
	"  tried text NOT NULL CHECK (length(tried) BETWEEN 1 AND 64),"
	"  fails {int} NOT NULL,"
	"  method text NOT NULL CHECK (length(method) <= 32),"
	"  proof text NOT NULL CHECK (length(proof) <= 4000),"
	"  job {int} NOT NULL DEFAULT 0,"
	"  change {int} NOT NULL CHECK (change BETWEEN 0 AND 6),"
	"  PRIMARY KEY (connection_id, member_id),"
	"  FOREIGN KEY (account_id, member_id) REFERENCES member (account_id, id)"
	"    ON DELETE CASCADE"
	") {strict};"
	"CREATE INDEX trial_member ON trial (account_id, member_id);"
	"CREATE INDEX trial_name ON trial (connection_id, name_key, member_id);"
	"CREATE INDEX trial_change ON trial (connection_id, change, name_key, member_id);";

/* Links to a script, for somebody who has no sign-in. They go with the member who made them. */
const char migration_shares[] =
	"CREATE TABLE share ("
	"  id {id},"
	"  hash {blob} NOT NULL UNIQUE CHECK (length(hash) = 32),"
	"  account_id {int} NOT NULL REFERENCES account (id) ON DELETE CASCADE,"
	"  member_id {int} NOT NULL,"
	"  by_name text NOT NULL CHECK (length(by_name) <= 300),"
	"  kind text NOT NULL CHECK (length(kind) BETWEEN 1 AND 32),"
	"  pick text NOT NULL CHECK (length(pick) <= 32768),"
	"  draft {int} NOT NULL DEFAULT 0,"
	"  about text NOT NULL CHECK (length(about) <= 1000),"
	"  message text NOT NULL CHECK (length(message) <= 1000),"
	"  email text NOT NULL CHECK (length(email) <= 254),"
	"  mail_id {int} NOT NULL DEFAULT 0,"
	"  nonce text NOT NULL CHECK (length(nonce) <= 64),"
	"  created {int} NOT NULL,"
	"  expires {int} NOT NULL,"
	"  ended {int} NOT NULL DEFAULT 0,"
	"  opened_at {int} NOT NULL DEFAULT 0,"
	"  opened {int} NOT NULL DEFAULT 0,"
	"  ran_at {int} NOT NULL DEFAULT 0,"
	"  FOREIGN KEY (account_id, member_id) REFERENCES member (account_id, id)"
	"    ON DELETE CASCADE"
	") {strict};"
	"CREATE INDEX share_account ON share (account_id, created);"
	"CREATE INDEX share_member ON share (account_id, member_id);"
	"CREATE INDEX share_mail ON share (account_id, mail_id);"
	"CREATE INDEX share_expires ON share (expires);";

/* How far an admin wants us to reach, and what was seen of a mailbox that must stay shut. What
 * counts are kept of has the reach in it. Who was seen without their inbox was not seen to open no
 * further than the calendar: that is measured by the next look. */
const char migration_boundaries[] =
	"CREATE TABLE boundary ("
	"  account_id {int} PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,"
	"  level {int} NOT NULL DEFAULT 0 CHECK (level BETWEEN 0 AND 3),"
	"  edited_by text NOT NULL DEFAULT '' CHECK (length(edited_by) <= 300),"
	"  edited_at {int} NOT NULL DEFAULT 0,"
	"  rev {int} NOT NULL DEFAULT 0,"
	"  outside text NOT NULL DEFAULT '' CHECK (length(outside) <= 254),"
	"  opens {int} NOT NULL DEFAULT 0 CHECK (opens BETWEEN 0 AND 2),"
	"  reason text NOT NULL DEFAULT 'not_checked' CHECK (length(reason) BETWEEN 1 AND 64),"
	"  since {int} NOT NULL DEFAULT 0,"
	"  seen_at {int} NOT NULL DEFAULT 0,"
	"  method text NOT NULL DEFAULT '' CHECK (length(method) <= 32),"
	"  connection_id {int} NOT NULL DEFAULT 0,"
	"  tried text NOT NULL DEFAULT 'ok' CHECK (length(tried) BETWEEN 1 AND 64),"
	"  tried_at {int} NOT NULL DEFAULT 0"
	") {strict};"

	"UPDATE member SET reach = 0 WHERE reach = 3 AND grants / 16384 % 4 = 0;"
	"CREATE TABLE reach_count ("
	"  account_id {int} NOT NULL REFERENCES account (id) ON DELETE CASCADE,"
	"  kind {int} NOT NULL,"
	"  status {int} NOT NULL,"
	"  reason text NOT NULL,"
	"  fixer {int} NOT NULL,"
	"  reach {int} NOT NULL DEFAULT 0,"
	"  n {int} NOT NULL CHECK (n >= 0),"
	"  PRIMARY KEY (account_id, kind, status, reason, fixer, reach)"
	") {strict};"
	"INSERT INTO reach_count (account_id, kind, status, reason, fixer, reach, n)"
	"  SELECT account_id, kind, status, reason, fixer, reach, count(*) FROM member"
	"  GROUP BY account_id, kind, status, reason, fixer, reach;"
	"DROP TABLE member_count;"
	"ALTER TABLE reach_count RENAME TO member_count;"
	"CREATE INDEX member_reach ON member (account_id, kind, reach, name_key, id);";

/* What the engine is made of, and on: told when it starts. */
const char migration_made[] = "CREATE TABLE made ("
			      "  id {int} PRIMARY KEY CHECK (id = 1),"
			      "  parts text NOT NULL CHECK (length(parts) <= 2000)"
			      ") {strict};";
