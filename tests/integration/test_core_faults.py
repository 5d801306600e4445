"""Every way in which the simulator misbehaves, met by `latchkey ews calendars`, `busy`, `book` and `test`.

The list of kinds is the simulator's own (--faults); a kind without a row is a failed test. Each command ends with
the right reason within its bound while the fault stands, and ends well when it passes and may be asked again.
"""

import os
import time
from collections import namedtuple

from farm import SECRETS, Farm
from lab import Tap, run

PLACES = 24
OK, SAME = "ok", None
COMMANDS = ("calendars", "busy", "book", "test")
LONG = os.environ.get("LATCHKEY_LONG")

# lasting: the reason while it stands; passing: the reason when it struck once (SAME: that is not asked again);
# times: what is waited out would never end, so it ends by itself; seconds: the bound; but: commands that end otherwise.
Row = namedtuple("Row", "lasting passing times seconds but", defaults=(SAME, 0, 120, {}))

LOST = Row("connection_lost", OK)
DOWN = Row("server_down", OK)
SLOWED = Row(OK, OK, 3)
GONE_ON = Row("redirected")
FORM = Row("preauthentication")
FINE = Row(OK, OK)
AFTER_SIGN_IN = "op *"
# What two people were asked about together is asked again about each.
APART = {"calendars passing": OK, "busy passing": OK}
NONSENSE = Row("bad_answer", but=APART)
BIG = Row("answer_too_big", seconds=240, but=APART)

ROWS = {
    "refuse": {"": Row("unreachable")},
    "reset-connect": {"": LOST},
    "tls": {
        "expired": Row("tls_expired"), "not-yet": Row("tls_expired"), "wrong-name": Row("tls_name_mismatch"),
        "self-signed": Row("tls_untrusted"), "incomplete": Row("tls_untrusted"), "old": Row("tls_failed"),
    },
    "reset": {"": LOST, AFTER_SIGN_IN: LOST},
    "close": {"": LOST, AFTER_SIGN_IN: LOST},
    "silence": {"1000": LOST},
    "login-page": {"": FORM, AFTER_SIGN_IN: FORM},
    "proxy-page": {"": DOWN, "407": Row("proxy_refused"), "407 op *": Row("proxy_refused"), "502 op *": DOWN},
    "status": {
        "": DOWN, "503 op *": DOWN, "503:1": SLOWED._replace(times=2), "503:1 op *": SLOWED, "429:1 op *": SLOWED,
        "500 op *": DOWN, "504": DOWN, "408 op *": DOWN, "401 op *": Row("signin_refused"), "456 op *": Row("signin_refused"),
        "403": Row("ews_refused"), "403 op *": Row("ews_refused"), "404": Row("no_ews"), "410 op *": Row("no_ews"),
        "440 op *": FORM, "413 op *": BIG, "400 op *": NONSENSE._replace(passing=OK), "418 op *": NONSENSE,
    },
    "no-challenge": {"": Row("signin_kind_not_offered"), AFTER_SIGN_IN: Row("signin_refused")},
    "empty": {"": Row("not_exchange"), AFTER_SIGN_IN: NONSENSE},
    "redirect-host": {"https://elsewhere.example.localhost/EWS/Exchange.asmx": GONE_ON, "elsewhere.example.localhost op *": GONE_ON},
    "redirect-error-page": {"": DOWN, AFTER_SIGN_IN: DOWN},
    "redirect-login": {"": FORM, AFTER_SIGN_IN: FORM},
    "soap-fault": {
        "ErrorServerBusy:1000": SLOWED, "ErrorInternalServerTransientError": DOWN, "ErrorADUnavailable": DOWN,
        "ErrorAccountDisabled": Row("mailbox_disabled", but=APART), "ErrorNotInvented2031": NONSENSE,
        "ErrorUserNotAllowedByPolicy": Row("ews_refused"), "ErrorPasswordExpired": Row("password_expired"),
        "ErrorMissingEmailAddress": Row("no_own_mailbox"), "ErrorInvalidServerVersion": Row("version_unsupported", OK),
    },
    "soap-fault-200": {"ErrorServerBusy:1000": SLOWED, "ErrorConnectionFailed": DOWN},
    "redirect-url": {"": NONSENSE},
    "aadsts": {"": DOWN},
    "done-status": {"": DOWN, "503": DOWN},
    "done-reset": {"": LOST},
    "done-close": {"": LOST},
    "done-silence": {"1000": LOST},
    "done-soap-fault": {"": DOWN, "ErrorServerBusy:1000": SLOWED},
    "delay": {"1200": FINE},
    "slow-head": {"1200": FINE},
    "slow-body": {"1200": FINE},
    "cut": {"": LOST},
    "half-close": {"": LOST},
    "huge": {"33": BIG},
    "gzip-bomb": {"40": BIG},
    "wrong-type": {"": FINE, "application/octet-stream": FINE},
    "prefixes": {"": FINE},
    "default-namespace": {"": FINE},
    "bom": {"": FINE},
    "utf-16le": {"": FINE},
    "utf-16be": {"": FINE},
    "whitespace": {"": FINE},
    "extra": {"": FINE},
    "missing": {"": FINE},
    "reordered": {"": FINE},
    "item-error": {
        "": Row("mailbox_moving", but={"book passing": OK, "test passing": OK}),
        # Its busy time is told all the same.
        "ErrorNonExistentMailbox": Row("no_mailbox", but={"calendars passing": "mailbox_elsewhere"}),
        # What is said of one person is told; only a question that fails as a whole is asked again.
        "ErrorMailboxStoreUnavailable": Row("mailbox_unavailable", but={"book passing": OK, "test passing": OK}),
    },
    "unknown-code": {"": NONSENSE._replace(but={**APART, "test passing": OK})},
    "inner-error": {"": SLOWED._replace(times=1), "ErrorADUnavailable": DOWN},
    "stopped": {"": FINE},
    "soap12": {"": NONSENSE},
    "unclosed": {"": NONSENSE},
    "illegal-character": {"": FINE},
    "illegal-reference": {"": FINE},
    "broken-utf-8": {"": NONSENSE},
    "deep": {"": NONSENSE},
    "entity-bomb": {"": NONSENSE},
    "external-entity": {"": NONSENSE},
}


def ask(place, command, tag, trace):
    """The command, and the reason that it gives: the worst of several."""
    words = {
        "calendars": ("calendars", place.anna, place.bert),
        "busy": ("busy", place.anna, place.bert),
        "book": ("book", place.anna, tag),
        "test": ("test", place.anna),
    }[command]
    more = {
        "busy": {"from": "2027-03-01", "to": "2027-03-02"},
        "book": {"subject": tag, "start": "2027-03-02T09:00Z", "end": "2027-03-02T10:00Z"},
    }.get(command, {})
    got = place.ews(*words, seconds=170, trace=trace, **more)
    rows = got.value if isinstance(got.value, list) else None
    if not rows:
        return got, got.reason or (OK if got.value and got.value.get("ok") else "no answer")
    if command == "test":
        bad = [row["reason"] for row in rows if row["state"] == "failed"]
    else:
        bad = [row["reason"] for row in rows if row["reason"] != OK]
        if len({row["address"] for row in rows}) != 2:
            bad.append("somebody is missing")
    return got, bad[0] if bad else OK


class Case(namedtuple("Case", "number kind argument row command lasting")):
    @property
    def name(self):
        mode = "lasting" if self.lasting else "once"
        return f"{self.command}: {self.kind} {self.argument} ({mode})"

    @property
    def want(self):
        row, mode = self.row, "lasting" if self.lasting else "passing"
        normal = row.passing if not self.lasting and row.passing is not SAME else row.lasting
        return row.but.get(f"{self.command} {mode}", row.but.get(self.command, normal))


def meet(place, case):
    """What came of it, how long it took, and everything that was written."""
    times = case.row.times if case.lasting else 1
    limit = f"times {times}" if times else ""
    trace = os.path.join(place.farm.core.dir, f"trace{case.number}")
    with place.fault(f"{case.kind} {case.argument} {limit}"):
        began = time.monotonic()
        got, reason = ask(place, case.command, f"tag{case.number}", trace)
        took = time.monotonic() - began
    said = got.out + got.err
    if os.path.exists(trace):
        with open(trace, errors="replace") as f:
            said += f.read()
        os.unlink(trace)
    leaked = [secret for secret in (place.password, *SECRETS) if secret in said]
    code_right = (got.code == 0) == (reason == OK)
    return reason, took, leaked, code_right, got


def test_every_kind(tap):
    cases = []
    with Farm(PLACES) as farm:
        tap.same(sorted(ROWS), sorted(farm.kinds()), "each kind of fault has a row")
        for kind, rows in ROWS.items():
            for argument, row in rows.items():
                every = LONG or argument == next(iter(rows))
                for command in COMMANDS if every else ("calendars", "book"):
                    for lasting in (True, False):
                        cases.append(Case(len(cases), kind, argument, row, command, lasting))
        # Those that take longest first, so that none is left behind alone.
        cases.sort(key=lambda c: not (c.lasting and c.row in (LOST, DOWN)))
        leaks, codes, slow = [], [], []
        for case, met in farm.each(cases, meet):
            if isinstance(met, Exception):
                tap.ok(False, case.name, str(met)[:2000])
                continue
            reason, took, leaked, code_right, got = met
            tap.ok(reason == case.want, case.name, f"{reason}, not {case.want}, after {took:.1f} s\n{got!r}")
            leaks += [f"{case.name}: {leaked}"] if leaked else []
            codes += [] if code_right else [f"{case.name}: {reason} and exit {got.code}"]
            slow += [f"{case.name}: {took:.1f} s"] if took > case.row.seconds else []
        tap.same(leaks, [], "no output and no trace holds a password, a subject or a text of others")
        tap.same(codes, [], "the exit status says whether all was well")
        tap.same(slow, [], "each ends within its bound")


run(Tap(), test_every_kind)
