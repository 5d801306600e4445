/* Migrations: every step from an empty database to today's schema.
 *
 * Rules: a step that was released is never changed, only followed by another. Numbers in CHECKs are
 * those of the enums in model.h, which only grow at their end. A reference to an account's row goes
 * through (account_id, id), so that no row can point into another account. What is history (who
 * made it, audit) is kept as plain numbers and names: it outlives what it speaks of. Every list
 * that a page shows and every sweep has its index.
 */
#include "migrations.h"

#include "platform/fold.h"

static const char people[] =
	"CREATE TABLE schema_step ("
	"  n {int} PRIMARY KEY,"
	"  title text NOT NULL,"
	"  at {int} NOT NULL"
	") {strict};"

	/* people: members are counted as they come and go, so that a page need not count them. */
	"CREATE TABLE account ("
	"  id {id},"
	"  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),"
	"  created {int} NOT NULL,"
	"  session_idle {int} NOT NULL DEFAULT 0 CHECK (session_idle >= 0),"
	"  session_absolute {int} NOT NULL DEFAULT 0 CHECK (session_absolute >= 0),"
	"  people {int} NOT NULL DEFAULT 0 CHECK (people >= 0)"
	") {strict};"

	/* One address, one password; "user" itself is a reserved word. */
	"CREATE TABLE users ("
	"  id {id},"
	"  email text NOT NULL UNIQUE"
	"    CHECK (length(email) BETWEEN 3 AND 254 AND email = lower(email)),"
	"  name text NOT NULL CHECK (length(name) <= 200),"
	"  pwhash text CHECK (length(pwhash) BETWEEN 1 AND 128),"
	"  theme text NOT NULL DEFAULT '' CHECK (theme IN ('', 'light', 'dark')),"
	"  created {int} NOT NULL,"
	"  password_at {int} NOT NULL"
	") {strict};"

	/* There before its user, and stays when the user goes. Its unique keys serve its lists too.
	 */
	"CREATE TABLE member ("
	"  id {id},"
	"  account_id {int} NOT NULL REFERENCES account (id) ON DELETE CASCADE,"
	"  user_id {int} REFERENCES users (id) ON DELETE SET NULL,"
	"  email text NOT NULL"
	"    CHECK (length(email) BETWEEN 3 AND 254 AND email = lower(email)),"
	"  name text NOT NULL CHECK (length(name) <= 200),"
	"  role {int} NOT NULL CHECK (role IN (0, 1)),"
	"  created {int} NOT NULL,"
	"  signed_in {int} NOT NULL DEFAULT 0,"
	"  UNIQUE (account_id, id),"
	"  UNIQUE (account_id, email),"
	"  UNIQUE (account_id, user_id)"
	") {strict};"
	"CREATE INDEX member_user ON member (user_id);"
	"CREATE INDEX member_admin ON member (account_id, role, user_id) WHERE role = 1;"

	/* Account and member are chosen together or not at all; with the member goes the session.
	 */
	"CREATE TABLE session ("
	"  id {id},"
	"  hash {blob} NOT NULL UNIQUE CHECK (length(hash) = 32),"
	"  user_id {int} NOT NULL REFERENCES users (id) ON DELETE CASCADE,"
	"  account_id {int},"
	"  member_id {int},"
	"  created {int} NOT NULL,"
	"  seen {int} NOT NULL,"
	"  fresh {int} NOT NULL,"
	"  address text NOT NULL CHECK (length(address) <= 100),"
	"  agent text NOT NULL CHECK (length(agent) <= 300),"
	"  CHECK ((account_id IS NULL) = (member_id IS NULL)),"
	"  FOREIGN KEY (account_id, member_id) REFERENCES member (account_id, id)"
	"    ON DELETE CASCADE"
	") {strict};"
	"CREATE INDEX session_account ON session (account_id, seen);"
	"CREATE INDEX session_user ON session (user_id, seen);"
	"CREATE INDEX session_member ON session (member_id);"
	"CREATE INDEX session_seen ON session (seen);"
	"CREATE INDEX session_created ON session (created);"

	/* Only a hash of the link's token; made_by is history and refers to nothing. */
	"CREATE TABLE invitation ("
	"  id {id},"
	"  hash {blob} NOT NULL UNIQUE CHECK (length(hash) = 32),"
	"  account_id {int} NOT NULL,"
	"  member_id {int} NOT NULL,"
	"  kind {int} NOT NULL CHECK (kind IN (0, 1)),"
	"  made_by {int} NOT NULL,"
	"  by_name text NOT NULL CHECK (length(by_name) <= 300),"
	"  created {int} NOT NULL,"
	"  expires {int} NOT NULL,"
	"  used {int} NOT NULL DEFAULT 0,"
	"  nonce text NOT NULL CHECK (length(nonce) <= 128),"
	"  FOREIGN KEY (account_id, member_id) REFERENCES member (account_id, id)"
	"    ON DELETE CASCADE"
	") {strict};"
	"CREATE INDEX invitation_account ON invitation (account_id, id);"
	"CREATE INDEX invitation_member ON invitation (member_id);"
	"CREATE INDEX invitation_expires ON invitation (expires);"

	/* full_at: when the bucket will be full again, in microseconds (store_bucket.c). */
	"CREATE TABLE bucket ("
	"  name text PRIMARY KEY NOT NULL CHECK (length(name) BETWEEN 1 AND 400),"
	"  full_at {int} NOT NULL"
	") {strict};"
	"CREATE INDEX bucket_full ON bucket (full_at);";

/* No references: the log outlives what it speaks of. */
static const char audit[] =
	"CREATE TABLE audit ("
	"  seq {int} PRIMARY KEY CHECK (seq > 0),"
	"  account_id {int} NOT NULL,"
	"  at {int} NOT NULL,"
	"  kind {int} NOT NULL CHECK (kind BETWEEN 0 AND 4),"
	"  actor text NOT NULL CHECK (length(actor) <= 400),"
	"  action text NOT NULL CHECK (length(action) BETWEEN 1 AND 64),"
	"  about text NOT NULL CHECK (length(about) <= 1000),"
	"  detail text NOT NULL CHECK (length(detail) <= 4000),"
	"  address text NOT NULL CHECK (length(address) <= 100),"
	"  request text NOT NULL CHECK (length(request) <= 100),"
	"  hash {blob} NOT NULL CHECK (length(hash) = 32)"
	") {strict};"
	"CREATE INDEX audit_account ON audit (account_id, seq, at);"
	"CREATE INDEX audit_kind ON audit (account_id, kind, seq, at);"

	/* The engine's mac over a head of the log: what was sealed cannot be cut off unseen. */
	"CREATE TABLE audit_seal ("
	"  seq {int} PRIMARY KEY,"
	"  at {int} NOT NULL,"
	"  hash {blob} NOT NULL CHECK (length(hash) = 32),"
	"  mac {blob} NOT NULL CHECK (length(mac) = 32),"
	"  key_id text NOT NULL CHECK (length(key_id) BETWEEN 1 AND 64)"
	") {strict};";

static const char work[] =
	/* due_at: when somebody should look at the job: run_at while it is queued, the end of its
	 * lease while it runs. */
	"CREATE TABLE job ("
	"  id {id},"
	"  account_id {int} REFERENCES account (id) ON DELETE CASCADE,"
	"  kind text NOT NULL CHECK (length(kind) BETWEEN 1 AND 64),"
	"  params text NOT NULL CHECK (length(params) <= 65536),"
	"  state {int} NOT NULL CHECK (state BETWEEN 0 AND 4),"
	"  attempts {int} NOT NULL DEFAULT 0,"
	"  run_at {int} NOT NULL,"
	"  due_at {int} NOT NULL,"
	"  lease_owner text NOT NULL DEFAULT '' CHECK (length(lease_owner) <= 200),"
	"  cancel {int} NOT NULL DEFAULT 0,"
	"  made_by {int} NOT NULL,"
	"  by_name text NOT NULL CHECK (length(by_name) <= 300),"
	"  request text NOT NULL CHECK (length(request) <= 100),"
	"  created {int} NOT NULL,"
	"  started {int} NOT NULL DEFAULT 0,"
	"  ended {int} NOT NULL DEFAULT 0,"
	"  outcome text NOT NULL DEFAULT '' CHECK (length(outcome) <= 1000)"
	") {strict};"
	"CREATE INDEX job_due ON job (due_at, id) WHERE state < 2;"
	"CREATE INDEX job_open ON job (account_id, kind) WHERE state < 2;"
	"CREATE INDEX job_account ON job (account_id, id);"
	"CREATE INDEX job_account_kind ON job (account_id, kind, id);"
	"CREATE INDEX job_kind ON job (kind, id);"
	"CREATE INDEX job_ended ON job (ended) WHERE ended > 0;"

	/* What an attempt did, step by step; gone with its job. */
	"CREATE TABLE job_step ("
	"  job_id {int} NOT NULL REFERENCES job (id) ON DELETE CASCADE,"
	"  n {int} NOT NULL CHECK (n BETWEEN 0 AND 999),"
	"  title text NOT NULL CHECK (length(title) <= 300),"
	"  state {int} NOT NULL CHECK (state BETWEEN 0 AND 5),"
	"  ms {int} NOT NULL,"
	"  say text NOT NULL CHECK (length(say) <= 4000),"
	"  why text NOT NULL CHECK (length(why) <= 4000),"
	"  fix text NOT NULL CHECK (length(fix) <= 4000),"
	"  raw text NOT NULL CHECK (length(raw) <= 65536),"
	"  PRIMARY KEY (job_id, n)"
	") {strict};"

	/* One row: the engine's last word. */
	"CREATE TABLE engine ("
	"  id {int} PRIMARY KEY CHECK (id = 1),"
	"  pid {int} NOT NULL,"
	"  started {int} NOT NULL,"
	"  seen {int} NOT NULL,"
	"  version text NOT NULL CHECK (length(version) <= 100),"
	"  key_id text NOT NULL CHECK (length(key_id) <= 64)"
	") {strict};"

	/* Everything from scheme to client_id is what a credential is bound to. */
	"CREATE TABLE connection ("
	"  id {id},"
	"  account_id {int} NOT NULL REFERENCES account (id) ON DELETE CASCADE,"
	"  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),"
	"  scheme text NOT NULL CHECK (length(scheme) <= 16),"
	"  host text NOT NULL CHECK (length(host) <= 253),"
	"  port {int} NOT NULL CHECK (port BETWEEN 0 AND 65535),"
	"  proxy text NOT NULL CHECK (length(proxy) <= 1000),"
	"  ca text NOT NULL CHECK (length(ca) <= 65536),"
	"  signin text NOT NULL CHECK (length(signin) <= 64),"
	"  login text NOT NULL CHECK (length(login) <= 320),"
	"  authority text NOT NULL CHECK (length(authority) <= 1000),"
	"  tenant text NOT NULL CHECK (length(tenant) <= 253),"
	"  client_id text NOT NULL CHECK (length(client_id) <= 200),"
	"  created {int} NOT NULL,"
	"  UNIQUE (account_id, id)"
	") {strict};"

	/* sealed and policy: NULL from the reservation of the row until the secret is there. */
	"CREATE TABLE credential ("
	"  id {id},"
	"  account_id {int} NOT NULL,"
	"  connection_id {int} NOT NULL,"
	"  purpose text NOT NULL CHECK (length(purpose) BETWEEN 1 AND 31),"
	"  version text NOT NULL DEFAULT '' CHECK (length(version) <= 64),"
	"  key_id text NOT NULL DEFAULT '' CHECK (length(key_id) <= 64),"
	"  sealed {blob} CHECK (length(sealed) BETWEEN 1 AND 65536),"
	"  policy {blob} CHECK (length(policy) = 32),"
	"  set_by {int} NOT NULL DEFAULT 0,"
	"  set_at {int} NOT NULL DEFAULT 0,"
	"  used_at {int} NOT NULL DEFAULT 0,"
	"  UNIQUE (connection_id, purpose),"
	"  FOREIGN KEY (account_id, connection_id) REFERENCES connection (account_id, id)"
	"    ON DELETE CASCADE"
	") {strict};"
	"CREATE INDEX credential_key ON credential (key_id);";

/* What is known of the secret of an identity (the name bad passwords are counted under), for all
 * processes. A row for each version of a secret: two connections may know different ones, and one
 * that was refused must stay so while the other is in use. lease_until: whoever proves it now has
 * until then. */
static const char signins[] = "CREATE TABLE signin ("
			      "  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 500),"
			      "  version text NOT NULL CHECK (length(version) <= 64),"
			      "  state {int} NOT NULL CHECK (state BETWEEN 0 AND 2),"
			      "  reason text NOT NULL DEFAULT '' CHECK (length(reason) <= 64),"
			      "  since {int} NOT NULL,"
			      "  proven_at {int} NOT NULL DEFAULT 0,"
			      "  holder text NOT NULL DEFAULT '' CHECK (length(holder) <= 100),"
			      "  lease_until {int} NOT NULL DEFAULT 0,"
			      "  PRIMARY KEY (name, version)"
			      ") {strict};";

/* How a connection is used, beside the way to it. */
static const char connections[] =
	"ALTER TABLE connection ADD COLUMN binding text NOT NULL DEFAULT ''"
	"  CHECK (binding IN ('', 'on', 'off'));"
	"ALTER TABLE connection ADD COLUMN mailbox text NOT NULL DEFAULT ''"
	"  CHECK (length(mailbox) <= 254);"
	"ALTER TABLE connection ADD COLUMN method text NOT NULL DEFAULT ''"
	"  CHECK (length(method) <= 32);"
	"ALTER TABLE connection ADD COLUMN certificate text NOT NULL DEFAULT ''"
	"  CHECK (length(certificate) <= 65536);";

/* Connections that people set up. A secret's certificate moves to its secret: two slots may have
 * different ones. */
static const char connecting[] =
	"ALTER TABLE connection ADD COLUMN kind text NOT NULL DEFAULT 'exchange'"
	"  CHECK (kind IN ('', 'exchange', 'office365'));"
	"ALTER TABLE connection ADD COLUMN stage {int} NOT NULL DEFAULT 0"
	"  CHECK (stage BETWEEN 0 AND 3);"
	"ALTER TABLE connection ADD COLUMN staged_at {int} NOT NULL DEFAULT 0;"
	"ALTER TABLE connection ADD COLUMN rev {int} NOT NULL DEFAULT 1;"
	"ALTER TABLE connection ADD COLUMN edited_by text NOT NULL DEFAULT ''"
	"  CHECK (length(edited_by) <= 300);"
	"ALTER TABLE connection ADD COLUMN edited_at {int} NOT NULL DEFAULT 0;"
	"ALTER TABLE connection ADD COLUMN paused_at {int} NOT NULL DEFAULT 0;"
	"ALTER TABLE connection ADD COLUMN paused_by text NOT NULL DEFAULT ''"
	"  CHECK (length(paused_by) <= 300);"
	"ALTER TABLE connection ADD COLUMN paused_why text NOT NULL DEFAULT ''"
	"  CHECK (length(paused_why) <= 300);"
	"UPDATE connection SET kind = 'office365' WHERE signin IN ('app', 'user');"
	"UPDATE connection SET stage = 2, staged_at = created WHERE id IN"
	"  (SELECT min(id) FROM connection GROUP BY account_id);"
	"CREATE UNIQUE INDEX connection_draft ON connection (account_id) WHERE stage = 1;"
	"CREATE UNIQUE INDEX connection_live ON connection (account_id) WHERE stage = 2;"
	"CREATE INDEX connection_former ON connection (staged_at, id) WHERE stage = 3;"
	"ALTER TABLE credential ADD COLUMN by_name text NOT NULL DEFAULT ''"
	"  CHECK (length(by_name) <= 300);"
	"ALTER TABLE credential ADD COLUMN expires {int} NOT NULL DEFAULT 0;"
	"ALTER TABLE credential ADD COLUMN certificate text NOT NULL DEFAULT ''"
	"  CHECK (length(certificate) <= 65536);"
	"UPDATE credential SET certificate = (SELECT c.certificate FROM connection c"
	"  WHERE c.id = credential.connection_id) WHERE purpose = 'current';"
	"ALTER TABLE connection DROP COLUMN certificate;"
	"CREATE INDEX credential_former ON credential (set_at, id)"
	"  WHERE purpose IN ('former', 'former-client', 'refused');"
	"CREATE INDEX credential_version ON credential (version, connection_id);"

	/* sealed: NULL until the browser has come back. */
	"CREATE TABLE ask ("
	"  id {id},"
	"  account_id {int} NOT NULL,"
	"  connection_id {int} NOT NULL,"
	"  session_id {int} NOT NULL REFERENCES session (id) ON DELETE CASCADE,"
	"  member_id {int} NOT NULL,"
	"  nonce text NOT NULL CHECK (length(nonce) BETWEEN 16 AND 64),"
	"  created {int} NOT NULL,"
	"  expires {int} NOT NULL,"
	"  used {int} NOT NULL DEFAULT 0,"
	"  key_id text NOT NULL DEFAULT '' CHECK (length(key_id) <= 64),"
	"  sealed {blob} CHECK (length(sealed) BETWEEN 1 AND 65536),"
	"  error text NOT NULL DEFAULT '' CHECK (length(error) <= 4000),"
	"  FOREIGN KEY (account_id, connection_id) REFERENCES connection (account_id, id)"
	"    ON DELETE CASCADE"
	") {strict};"
	"CREATE INDEX ask_connection ON ask (account_id, connection_id);"
	"CREATE INDEX ask_session ON ask (session_id);"
	"CREATE INDEX ask_expires ON ask (expires);"

	/* What became of an account's secrets. */
	"CREATE INDEX audit_secrets ON audit (account_id, seq)"
	"  WHERE substr(action, 1, 11) = 'credential.';";

/* How live connections do, kept by the engine. */
static const char healths[] =
	"CREATE TABLE health ("
	"  connection_id {int} PRIMARY KEY,"
	"  account_id {int} NOT NULL,"
	"  state {int} NOT NULL CHECK (state BETWEEN 0 AND 5),"
	"  reason text NOT NULL CHECK (length(reason) <= 64),"
	"  say text NOT NULL CHECK (length(say) <= 1000),"
	"  version text NOT NULL CHECK (length(version) <= 200),"
	"  since {int} NOT NULL,"
	"  tried_at {int} NOT NULL,"
	"  ok_at {int} NOT NULL,"
	"  next_at {int} NOT NULL,"
	"  proof_at {int} NOT NULL,"
	"  fails {int} NOT NULL,"
	"  refused {int} NOT NULL,"
	"  counted_to {int} NOT NULL,"
	"  FOREIGN KEY (account_id, connection_id) REFERENCES connection (account_id, id)"
	"    ON DELETE CASCADE"
	") {strict};"
	"CREATE INDEX health_counted ON health (counted_to);"

	"CREATE TABLE health_day ("
	"  connection_id {int} NOT NULL REFERENCES connection (id) ON DELETE CASCADE,"
	"  day {int} NOT NULL,"
	"  well {int} NOT NULL,"
	"  slowed {int} NOT NULL,"
	"  down {int} NOT NULL,"
	"  paused {int} NOT NULL,"
	"  PRIMARY KEY (connection_id, day)"
	") {strict};"
	"CREATE INDEX health_day_day ON health_day (day);"

	"CREATE TABLE health_calls ("
	"  connection_id {int} NOT NULL REFERENCES connection (id) ON DELETE CASCADE,"
	"  minute {int} NOT NULL,"
	"  calls {int} NOT NULL,"
	"  failed {int} NOT NULL,"
	"  ms {int} NOT NULL,"
	"  slowest {int} NOT NULL,"
	"  PRIMARY KEY (connection_id, minute)"
	") {strict};"
	"CREATE INDEX health_calls_minute ON health_calls (minute);";

/* Mails: the queue, and what became of each. run_at is when it is due, or the end of its lease. One
 * to nobody of an account has no member: ops' test. With a person go their mails; dedupe: the same
 * notice is queued for a person once. sealed: the token of its link, until it was sent. */
static const char mails[] =
	"CREATE TABLE mail ("
	"  id {id},"
	"  account_id {int} REFERENCES account (id) ON DELETE CASCADE,"
	"  member_id {int},"
	"  kind text NOT NULL CHECK (length(kind) BETWEEN 1 AND 32),"
	"  email text NOT NULL CHECK (length(email) BETWEEN 3 AND 254),"
	"  name text NOT NULL CHECK (length(name) <= 200),"
	"  params text NOT NULL CHECK (length(params) <= 4096),"
	"  dedupe text CHECK (length(dedupe) BETWEEN 1 AND 200),"
	"  grp text NOT NULL CHECK (length(grp) <= 200),"
	"  key_id text NOT NULL DEFAULT '' CHECK (length(key_id) <= 64),"
	"  sealed {blob} CHECK (length(sealed) BETWEEN 1 AND 8192),"
	"  state {int} NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 3),"
	"  attempts {int} NOT NULL DEFAULT 0,"
	"  run_at {int} NOT NULL,"
	"  lease_owner text NOT NULL DEFAULT '' CHECK (length(lease_owner) <= 200),"
	"  expires {int} NOT NULL DEFAULT 0,"
	"  give_up {int} NOT NULL,"
	"  created {int} NOT NULL,"
	"  ended {int} NOT NULL DEFAULT 0,"
	"  problem text NOT NULL DEFAULT '' CHECK (length(problem) <= 600),"
	"  UNIQUE (account_id, member_id, dedupe),"
	"  FOREIGN KEY (account_id, member_id) REFERENCES member (account_id, id)"
	"    ON DELETE CASCADE"
	") {strict};"
	"CREATE INDEX mail_due ON mail (state, run_at, id) WHERE state = 0;"
	"CREATE INDEX mail_group ON mail (account_id, member_id, kind, grp, id) WHERE state = 0;"
	"CREATE INDEX mail_state ON mail (state, id);"
	"CREATE INDEX mail_ended ON mail (ended) WHERE ended > 0;"
	"CREATE INDEX mail_key ON mail (key_id) WHERE sealed IS NOT NULL;";

/* What was told to people, so that it is told once. And indexes for sign-ins: of every live
 * connection it is asked whether its secret was refused. */
static const char notices[] =
	"CREATE TABLE notice ("
	"  account_id {int} NOT NULL REFERENCES account (id) ON DELETE CASCADE,"
	"  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),"
	"  at {int} NOT NULL,"
	"  PRIMARY KEY (account_id, name)"
	") {strict};"
	"CREATE INDEX notice_at ON notice (at);"
	"CREATE INDEX signin_version ON signin (version, since);"
	"CREATE INDEX signin_name ON signin (name, since DESC, version);"
	"CREATE INDEX signin_since ON signin (since);";

/* A server that a step was led to and did not ask: a person may agree to it by name. */
static const char hosts[] = "ALTER TABLE job_step ADD COLUMN host text NOT NULL DEFAULT '' "
			    "CHECK (length(host) <= 253);";

/* How each member's calendar does. Indexes: what a list is ordered and filtered by; the next look;
 * who was asked to be looked at now. Reasons and actors matter only where something does not work,
 * so the index of most people has them not. member_count is kept in the transaction of what it
 * counts; member_day is what it was at the end of each day. */
static const char standings[] =
	"ALTER TABLE member ADD COLUMN kind {int} NOT NULL DEFAULT 0 CHECK (kind IN (0, 1));"
	"ALTER TABLE member ADD COLUMN off_at {int} NOT NULL DEFAULT 0;"
	"ALTER TABLE member ADD COLUMN calendar text NOT NULL DEFAULT ''"
	"  CHECK (length(calendar) <= 254);"
	"ALTER TABLE member ADD COLUMN name_key text NOT NULL DEFAULT ''"
	"  CHECK (length(name_key) <= 254);"
	"ALTER TABLE member ADD COLUMN last_key text NOT NULL DEFAULT ''"
	"  CHECK (length(last_key) <= 254);"
	"ALTER TABLE member ADD COLUMN status {int} NOT NULL DEFAULT 0"
	"  CHECK (status BETWEEN 0 AND 5);"
	"ALTER TABLE member ADD COLUMN reason text NOT NULL DEFAULT 'not_checked'"
	"  CHECK (length(reason) BETWEEN 1 AND 64);"
	"ALTER TABLE member ADD COLUMN fixer {int} NOT NULL DEFAULT 0"
	"  CHECK (fixer BETWEEN 0 AND 6);"
	"ALTER TABLE member ADD COLUMN note text NOT NULL DEFAULT 'ok'"
	"  CHECK (length(note) BETWEEN 1 AND 64);"
	"ALTER TABLE member ADD COLUMN grants {int} NOT NULL DEFAULT 0;"
	"ALTER TABLE member ADD COLUMN reach {int} NOT NULL DEFAULT 0;"
	"ALTER TABLE member ADD COLUMN since {int} NOT NULL DEFAULT 0;"
	"ALTER TABLE member ADD COLUMN checked_at {int} NOT NULL DEFAULT 0;"
	"ALTER TABLE member ADD COLUMN tried_at {int} NOT NULL DEFAULT 0;"
	"ALTER TABLE member ADD COLUMN tried text NOT NULL DEFAULT 'ok'"
	"  CHECK (length(tried) BETWEEN 1 AND 64);"
	"ALTER TABLE member ADD COLUMN fails {int} NOT NULL DEFAULT 0;"
	"ALTER TABLE member ADD COLUMN next_at {int} NOT NULL DEFAULT 1;"
	"ALTER TABLE member ADD COLUMN asked {int} NOT NULL DEFAULT 0;"
	"ALTER TABLE member ADD COLUMN method text NOT NULL DEFAULT ''"
	"  CHECK (length(method) <= 32);"
	"ALTER TABLE member ADD COLUMN seen_by {int} NOT NULL DEFAULT 0;"
	"ALTER TABLE member ADD COLUMN proof text NOT NULL DEFAULT ''"
	"  CHECK (length(proof) <= 4000);"
	"ALTER TABLE member ADD COLUMN remind_n {int} NOT NULL DEFAULT 0;"
	"ALTER TABLE member ADD COLUMN remind_at {int} NOT NULL DEFAULT 0;"
	"ALTER TABLE member ADD COLUMN silent_at {int} NOT NULL DEFAULT 0;"
	"ALTER TABLE member ADD COLUMN silent_key text NOT NULL DEFAULT ''"
	"  CHECK (length(silent_key) <= 64);"
	"UPDATE member SET name_key = lower(CASE name WHEN '' THEN email ELSE name END),"
	"  last_key = lower(CASE name WHEN '' THEN email ELSE name END);"
	"CREATE INDEX member_name ON member (account_id, kind, name_key, id);"
	"CREATE INDEX member_last ON member (account_id, kind, last_key, id);"
	"CREATE INDEX member_status ON member (account_id, kind, status, name_key, id);"
	"CREATE INDEX member_reason ON member (account_id, kind, reason, name_key, id)"
	"  WHERE status > 1;"
	"CREATE INDEX member_fixer ON member (account_id, kind, fixer, name_key, id)"
	"  WHERE status > 1;"
	"CREATE INDEX member_admins ON member (account_id, kind, name_key, id) WHERE role = 1;"
	"CREATE INDEX member_checked ON member (account_id, kind, checked_at, name_key, id);"
	"CREATE INDEX member_due ON member (account_id, next_at, id)"
	"  WHERE next_at > 0 AND asked = 0;"
	"CREATE INDEX member_asked ON member (asked, id) WHERE asked > 0;"

	"CREATE TABLE member_count ("
	"  account_id {int} NOT NULL REFERENCES account (id) ON DELETE CASCADE,"
	"  kind {int} NOT NULL,"
	"  status {int} NOT NULL,"
	"  reason text NOT NULL,"
	"  fixer {int} NOT NULL,"
	"  n {int} NOT NULL CHECK (n >= 0),"
	"  PRIMARY KEY (account_id, kind, status, reason, fixer)"
	") {strict};"
	"INSERT INTO member_count (account_id, kind, status, reason, fixer, n)"
	"  SELECT account_id, 0, 0, 'not_checked', 0, count(*) FROM member GROUP BY account_id;"

	"CREATE TABLE member_day ("
	"  account_id {int} NOT NULL REFERENCES account (id) ON DELETE CASCADE,"
	"  kind {int} NOT NULL,"
	"  day {int} NOT NULL,"
	"  status {int} NOT NULL,"
	"  n {int} NOT NULL,"
	"  PRIMARY KEY (account_id, kind, day, status)"
	") {strict};"
	"CREATE INDEX member_day_day ON member_day (day);"

	"CREATE TABLE member_event ("
	"  id {id},"
	"  account_id {int} NOT NULL,"
	"  member_id {int} NOT NULL,"
	"  at {int} NOT NULL,"
	"  what {int} NOT NULL,"
	"  was {int} NOT NULL CHECK (was BETWEEN 0 AND 5),"
	"  status {int} NOT NULL CHECK (status BETWEEN 0 AND 5),"
	"  was_reason text NOT NULL CHECK (length(was_reason) <= 64),"
	"  reason text NOT NULL CHECK (length(reason) <= 64),"
	"  detail text NOT NULL CHECK (length(detail) <= 1000),"
	"  by_name text NOT NULL CHECK (length(by_name) <= 300),"
	"  FOREIGN KEY (account_id, member_id) REFERENCES member (account_id, id)"
	"    ON DELETE CASCADE"
	") {strict};"
	"CREATE INDEX member_event_member ON member_event (account_id, member_id, id);"
	"CREATE INDEX member_event_account ON member_event (account_id, id);"
	"CREATE INDEX member_event_at ON member_event (at);"

	"CREATE TABLE job_progress ("
	"  job_id {int} PRIMARY KEY REFERENCES job (id) ON DELETE CASCADE,"
	"  total {int} NOT NULL,"
	"  done {int} NOT NULL,"
	"  failed {int} NOT NULL,"
	"  counted {int} NOT NULL,"
	"  cursor {int} NOT NULL,"
	"  began {int} NOT NULL,"
	"  seen {int} NOT NULL"
	") {strict};"

	/* What members were last looked at with: when it is another, they all are looked at. */
	"CREATE TABLE patrol ("
	"  account_id {int} PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,"
	"  connection_id {int} NOT NULL,"
	"  method text NOT NULL CHECK (length(method) <= 32),"
	"  version text NOT NULL CHECK (length(version) <= 64)"
	") {strict};";

/* A member's own way in, with secrets and slots like the account's. */
static const char owners[] =
	"ALTER TABLE connection ADD COLUMN owner {int} REFERENCES member (id) ON DELETE CASCADE;"
	"CREATE INDEX connection_own ON connection (owner, id) WHERE owner IS NOT NULL;";

/* Of a refresh token: until when one process uses it alone. */
static const char turns[] = "ALTER TABLE credential ADD COLUMN held_until {int} NOT NULL DEFAULT 0"
			    "  CHECK (held_until >= 0);";

/* Busy time of some days as it was read last, for pages; and the mails to one person. */
static const char weeks[] =
	"CREATE TABLE week ("
	"  member_id {int} PRIMARY KEY,"
	"  account_id {int} NOT NULL,"
	"  from_at {int} NOT NULL,"
	"  to_at {int} NOT NULL,"
	"  seen_at {int} NOT NULL,"
	"  reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 64),"
	"  zone text NOT NULL CHECK (length(zone) <= 64),"
	"  spans text NOT NULL CHECK (length(spans) <= 65536),"
	"  FOREIGN KEY (account_id, member_id) REFERENCES member (account_id, id)"
	"    ON DELETE CASCADE"
	") {strict};"
	"CREATE INDEX week_seen ON week (seen_at);"
	"CREATE INDEX mail_member ON mail (account_id, member_id, id) WHERE member_id IS NOT NULL;";

/* What the directory answered, for as long as its job; and what only rooms have. A room that has
 * vanished from its list keeps the name of that. */
static const char directory[] =
	"CREATE TABLE found ("
	"  job_id {int} NOT NULL REFERENCES job (id) ON DELETE CASCADE,"
	"  n {int} NOT NULL,"
	"  email text NOT NULL CHECK (length(email) <= 254),"
	"  name text NOT NULL CHECK (length(name) <= 1000),"
	"  type text NOT NULL CHECK (length(type) <= 64),"
	"  list text NOT NULL CHECK (length(list) <= 254),"
	"  list_name text NOT NULL CHECK (length(list_name) <= 1000),"
	"  PRIMARY KEY (job_id, n)"
	") {strict};"

	"CREATE TABLE room ("
	"  member_id {int} PRIMARY KEY,"
	"  account_id {int} NOT NULL,"
	"  list text NOT NULL DEFAULT '' CHECK (length(list) <= 254),"
	"  list_name text NOT NULL DEFAULT '' CHECK (length(list_name) <= 1000),"
	"  place text NOT NULL DEFAULT '' CHECK (length(place) <= 300),"
	"  capacity {int} NOT NULL DEFAULT 0 CHECK (capacity >= 0),"
	"  accepts {int} NOT NULL DEFAULT 0 CHECK (accepts BETWEEN 0 AND 2),"
	"  accepts_at {int} NOT NULL DEFAULT 0,"
	"  accepts_say text NOT NULL DEFAULT '' CHECK (length(accepts_say) <= 1000),"
	"  seen_at {int} NOT NULL DEFAULT 0,"
	"  FOREIGN KEY (account_id, member_id) REFERENCES member (account_id, id)"
	"    ON DELETE CASCADE"
	") {strict};"
	"CREATE INDEX room_list ON room (account_id, list, member_id);";

/* Reminders and alerts: what an account has said about them, and up to which event breaks were
 * looked for; who broke, and what the admins were told of each cause. A stop link of a mail is
 * found by its key. */
static const char reminders[] =
	"CREATE INDEX member_remind ON member (account_id, remind_at, id) WHERE remind_at > 0;"
	"CREATE UNIQUE INDEX member_silent ON member (silent_key) WHERE silent_key <> '';"
	"CREATE INDEX mail_kind ON mail (account_id, kind, created);"

	"CREATE TABLE reminding ("
	"  account_id {int} PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,"
	"  off {int} NOT NULL DEFAULT 0,"
	"  alerts_off {int} NOT NULL DEFAULT 0,"
	"  instead {int} NOT NULL DEFAULT 0,"
	"  text text NOT NULL DEFAULT '' CHECK (length(text) <= 4000),"
	"  edited_by text NOT NULL DEFAULT '' CHECK (length(edited_by) <= 300),"
	"  edited_at {int} NOT NULL DEFAULT 0,"
	"  cursor {int} NOT NULL DEFAULT 0"
	") {strict};"

	"CREATE TABLE alert ("
	"  account_id {int} NOT NULL REFERENCES account (id) ON DELETE CASCADE,"
	"  reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 64),"
	"  fixer {int} NOT NULL CHECK (fixer BETWEEN 0 AND 6),"
	"  since {int} NOT NULL,"
	"  told_at {int} NOT NULL DEFAULT 0,"
	"  told_n {int} NOT NULL DEFAULT 0,"
	"  PRIMARY KEY (account_id, reason)"
	") {strict};"

	"CREATE TABLE broken ("
	"  account_id {int} NOT NULL,"
	"  member_id {int} NOT NULL,"
	"  reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 64),"
	"  was {int} NOT NULL CHECK (was BETWEEN 0 AND 5),"
	"  PRIMARY KEY (account_id, member_id),"
	"  FOREIGN KEY (account_id, member_id) REFERENCES member (account_id, id)"
	"    ON DELETE CASCADE"
	") {strict};"
	"CREATE INDEX broken_reason ON broken (account_id, reason);";

/* Lists of people that come from outside wait here until somebody has looked at them. n: the line
 * of the file; verdict, role, kind: numbers of enums, -1 = not given. */
static const char imports[] =
	"CREATE TABLE import ("
	"  id {id},"
	"  account_id {int} NOT NULL REFERENCES account (id) ON DELETE CASCADE,"
	"  name text NOT NULL CHECK (length(name) <= 300),"
	"  state {int} NOT NULL CHECK (state BETWEEN 0 AND 3),"
	"  job_id {int} NOT NULL DEFAULT 0,"
	"  made_by {int} NOT NULL,"
	"  by_name text NOT NULL CHECK (length(by_name) <= 300),"
	"  created {int} NOT NULL,"
	"  ended {int} NOT NULL DEFAULT 0,"
	"  shape text NOT NULL CHECK (length(shape) <= 1000),"
	"  rows {int} NOT NULL DEFAULT 0,"
	"  last {int} NOT NULL DEFAULT 0,"
	"  admins {int} NOT NULL DEFAULT 0,"
	"  cursor {int} NOT NULL DEFAULT 0,"
	"  added {int} NOT NULL DEFAULT 0,"
	"  changed {int} NOT NULL DEFAULT 0,"
	"  began {int} NOT NULL DEFAULT 0,"
	"  UNIQUE (account_id, id)"
	") {strict};"
	"CREATE INDEX import_created ON import (created);"

	"CREATE TABLE import_row ("
	"  import_id {int} NOT NULL REFERENCES import (id) ON DELETE CASCADE,"
	"  n {int} NOT NULL,"
	"  email text NOT NULL CHECK (length(email) <= 254),"
	"  name text NOT NULL CHECK (length(name) <= 254),"
	"  role {int} NOT NULL,"
	"  kind {int} NOT NULL,"
	"  calendar text NOT NULL CHECK (length(calendar) <= 254),"
	"  name_key text NOT NULL CHECK (length(name_key) <= 254),"
	"  last_key text NOT NULL CHECK (length(last_key) <= 254),"
	"  verdict {int} NOT NULL CHECK (verdict BETWEEN 0 AND 4),"
	"  say text NOT NULL CHECK (length(say) <= 1000),"
	"  PRIMARY KEY (import_id, n)"
	") {strict};"
	"CREATE INDEX import_row_verdict ON import_row (import_id, verdict, n);"
	"CREATE INDEX import_row_email ON import_row (import_id, email, n);";

/* Step 11 could only make ASCII small, and knew no last names. */
enum { FOLD_PORTION = 500, FOLD_ARENA = 4 << 20 };

static const char fold_read[] =
	"SELECT id, CASE name WHEN '' THEN email ELSE name END FROM member WHERE id > $1 "
	"ORDER BY id LIMIT $2";
static const char fold_write[] = "UPDATE member SET name_key = $2, last_key = $3 WHERE id = $1 "
				 "AND (name_key <> $2 OR last_key <> $3)";

struct shown {
	int64_t id;
	const char *text;
};
static const struct db_field shown_fields[] = { DB_F_NUM(shown, id), DB_F_TEXT(shown, text) };
static const struct db_shape shown_shape = DB_SHAPE(shown, shown_fields);

static int fold_one(struct db *db, const struct shown *m, struct err *e)
{
	char name[FOLD_MAX + 1], last[FOLD_MAX + 1];

	fold_text(name, sizeof(name), m->text);
	fold_last(last, sizeof(last), m->text);
	return db_run(db, fold_write, DB_ARGS(DB_I(m->id), DB_S(name), DB_S(last)), NULL, e);
}

/* Those behind *after, which moves on: how many, or -1. */
static int fold_some(struct db *db, struct arena *a, int64_t *after, struct err *e)
{
	struct shown *list;
	struct db_rows r;
	int n;

	if (db_query(db, fold_read, DB_ARGS(DB_I(*after), DB_I(FOLD_PORTION)), &r, e) < 0)
		return -1;
	list = db_list(&r, &shown_shape, a, &n, e);
	for (int i = 0; i < n; i++) {
		if (fold_one(db, &list[i], e) < 0)
			return -1;
		*after = list[i].id;
	}
	return n;
}

static int fold_names(struct db *db, struct err *e)
{
	int64_t after = 0;
	struct arena a;
	int n;

	arena_init(&a, FOLD_ARENA);
	do {
		arena_reset(&a);
		n = fold_some(db, &a, &after, e);
	} while (n > 0);
	arena_done(&a);
	return n;
}

const struct migration migrations[] = {
	{ 1, "People: accounts, users, members, sessions, links, limits", people, NULL },
	{ 2, "The audit log and its seals", audit, NULL },
	{ 3, "The engine: jobs and their steps, pulse, connections, credentials", work, NULL },
	{ 4, "Sign-ins: what is known of each secret", signins, NULL },
	{ 5, "Connections: mailbox, method, Extended Protection, certificate", connections, NULL },
	{ 6, "Connecting: stages, slots, pause, sign-ins with Microsoft", connecting, NULL },
	{ 7, "Health of connections", healths, NULL },
	{ 8, "Mails: the queue, and what became of each", mails, NULL },
	{ 9, "Notices: what was told once", notices, NULL },
	{ 10, "Steps: the server that somebody may agree to", hosts, NULL },
	{ 11, "Members: how each one stands, counts, what happened", standings, NULL },
	{ 12, "Members' own sign-ins", owners, NULL },
	{ 13, "Weeks: busy time for pages; mails by person", weeks, NULL },
	{ 14, "The directory: what it answered, and rooms", directory, NULL },
	{ 15, "Reminders and alerts: what is said about them, what was told", reminders, NULL },
	{ 16, "Lists of people from files", imports, NULL },
	{ 17, "Members: what they are found by, folded as it is now", "", fold_names },
	{ 18, "Refresh tokens: one use at a time", turns, NULL },
	{ 19, "Trials: how members would stand by another connection", migration_trials, NULL },
	{ 20, "Links to a script, for somebody outside", migration_shares, NULL },
	{ 21, "Boundaries: how far members are to be reached, and how far they are",
		migration_boundaries, NULL },
	{ 22, "What the engine is made of", migration_made, NULL },
};

const size_t migrations_count = sizeof(migrations) / sizeof(migrations[0]);
