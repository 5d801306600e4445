"""2,000 generated series across changes to and from summer time: busy time as the core reads it, against libical.

Nothing is shared: libical expands each rule in local time and Python's zone data makes UTC of it; the core asks the
simulated Exchange, by availability and from the calendars themselves.
"""

import ctypes
import ctypes.util
import datetime
import os
import random
import sys
import zoneinfo

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "integration"))
from corelab import Core  # noqa: E402
from lab import Tap, run  # noqa: E402
from simlab import Sim  # noqa: E402

HEAD = """
premise hq onprem 2016 host mail.example.localhost
	schemes basic ntlm
domain example.test premise hq
mailbox svc@example.test "Connector" premise hq
	kind dedicated
	login svc
	password "brass lantern"
"""
SIGN_IN = {"mailbox": "svc@example.test", "login": "EXAMPLE\\svc", "password": "brass lantern", "signin": "ntlm"}
ZONES = "Europe/Berlin America/New_York Australia/Sydney America/Sao_Paulo Asia/Kolkata Europe/London Pacific/Auckland UTC".split()
DAYS = "sun mon tue wed thu fri sat".split()
ICAL = dict(zip(DAYS, "SU MO TU WE TH FR SA".split()))
ORDERS = {"1": 1, "2": 2, "3": 3, "4": 4, "last": -1}
# Windows around changes of the clock, north and south.
WINDOWS = [("2027-03-01", 42), ("2027-10-04", 42), ("2026-10-19", 28), ("2027-03-22", 28)]
SEED = 20261121
UTC = datetime.timezone.utc


class Ical:
    """libical's expansion of a rule: local times as if they were UTC."""

    MOST = 400

    def __init__(self):
        self.lib = ctypes.CDLL("libical.so.3")
        self.expand = self.lib.icalrecur_expand_recurrence
        self.expand.argtypes = [ctypes.c_char_p, ctypes.c_int64, ctypes.c_int, ctypes.POINTER(ctypes.c_int64)]

    def starts(self, rule, start):
        out = (ctypes.c_int64 * self.MOST)()
        first = int(start.replace(tzinfo=UTC).timestamp())
        if not self.expand(rule.encode(), first, self.MOST, out):
            raise AssertionError(f"libical does not take {rule}")
        return [datetime.datetime.fromtimestamp(t, UTC).replace(tzinfo=None) for t in out if t]


class Series:
    """One generated series, as a statement of the simulator and as an RFC 5545 rule."""

    def __init__(self, dice, window):
        begin = datetime.date.fromisoformat(window[0])
        self.zone = dice.choice(ZONES)
        self.all_day = dice.random() < 0.15
        day = begin - datetime.timedelta(days=dice.randrange(0, 200))
        at = datetime.time(0) if self.all_day else datetime.time(dice.randrange(24), dice.choice((0, 15, 30, 45)))
        self.start = datetime.datetime.combine(day, at)
        self.minutes = 0 if self.all_day else dice.choice((15, 30, 45, 60, 90, 180))
        self.kind = dice.choice(("busy", "tentative", "away"))
        self.words, self.rule = self.pattern(dice)
        self.end(dice, begin)

    def pattern(self, dice):
        every = dice.choice((1, 1, 2, 3))
        tail = f" every {every}" if every > 1 else ""
        part = f";INTERVAL={every}"
        kind = dice.choice(("daily", "weekly", "monthly-day", "monthly-nth", "yearly"))
        weekday = DAYS[(self.start.weekday() + 1) % 7]
        if kind == "daily":
            return "daily" + tail, "FREQ=DAILY" + part
        if kind == "weekly":
            days = sorted({weekday, *dice.sample(DAYS, dice.randrange(0, 4))}, key=DAYS.index)
            return f"weekly {','.join(days)}{tail}", f"FREQ=WEEKLY{part};WKST=SU;BYDAY={','.join(ICAL[d] for d in days)}"
        if kind == "monthly-day":
            self.start = self.start.replace(day=min(self.start.day, 28))
            return f"monthly {self.start.day}{tail}", f"FREQ=MONTHLY{part};BYMONTHDAY={self.start.day}"
        if kind == "monthly-nth":
            order = str((self.start.day - 1) // 7 + 1)
            order = order if order in ORDERS else "last"
            return f"monthly {order} {weekday}{tail}", f"FREQ=MONTHLY{part};BYDAY={ORDERS[order]}{ICAL[weekday]}"
        self.start = self.start.replace(day=min(self.start.day, 28))
        return "yearly", "FREQ=YEARLY"

    def end(self, dice, begin):
        how = dice.random()
        if how < 0.3:
            times = dice.randrange(2, 90)
            self.words += f" times {times}"
            self.rule += f";COUNT={times}"
        elif how < 0.6:
            until = begin + datetime.timedelta(days=dice.randrange(1, 40))
            if until > self.start.date():
                self.words += f" until {until}"
                self.rule += f";UNTIL={until:%Y%m%d}T235959Z"

    def statement(self):
        when = f"{self.start:%Y-%m-%d}" if self.all_day else f"{self.start:%Y-%m-%dT%H:%M}"
        length = "" if self.all_day else f" {self.minutes}m"
        return f'event "Series" {when}{length} {self.kind} repeat {self.words} zone {self.zone}'

    def expected(self, ical, begin, end):
        """Spans in UTC, or None when a start or an end falls where the clock changes: there, programs differ."""
        zone, out = zoneinfo.ZoneInfo(self.zone), []
        for start in ical.starts(self.rule, self.start):
            stop = start + (datetime.timedelta(days=1) if self.all_day else datetime.timedelta(minutes=self.minutes))
            if unclear(start, zone) or unclear(stop, zone):
                return None
            a, b = (t.replace(tzinfo=zone).astimezone(UTC) for t in (start, stop))
            if b > begin and a < end:
                out.append((max(a, begin), min(b, end)))
        return joined(out)


def unclear(local, zone):
    """In a gap or an overlap, or so near that the length of what began before is in question."""
    around = [local.replace(tzinfo=zone) + datetime.timedelta(hours=h) for h in (-4, 0, 4)]
    return len({t.utcoffset() for t in around}) > 1


def joined(spans):
    out = []
    for a, b in sorted(spans):
        if out and a <= out[-1][1]:
            out[-1] = (out[-1][0], max(b, out[-1][1]))
        else:
            out.append((a, b))
    return out


def stamp(text):
    return datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def told(rows):
    out = {}
    for row in rows:
        spans = out.setdefault(row["address"], [])
        if row["reason"] != "ok":
            spans.append(row["reason"])
        elif row["start"]:
            spans.append((stamp(row["start"]), stamp(row["end"])))
    return out


def generate(ical, window, count):
    """count series with something clear to say; and their window."""
    dice = random.Random(f"{SEED} {window}")
    begin = datetime.datetime.fromisoformat(window[0]).replace(tzinfo=UTC)
    end = begin + datetime.timedelta(days=window[1])
    cases = []
    while len(cases) < count:
        series = Series(dice, window)
        want = series.expected(ical, begin, end)
        if want:
            cases.append((series, want))
    return cases, begin, end


def compare(tap, got, cases, what):
    rows = told(got.value or [])
    wrong = []
    for n, (series, want) in enumerate(cases):
        have = rows.get(f"p{n}@example.test")
        if have != want:
            wrong.append(f"{series.statement()} [{series.rule}]\n#   wanted {want[:4]}\n#   got    {(have or [])[:4]}")
    tap.ok(not wrong and got.code == 0, f"{what}: {len(cases)} series agree", f"{len(wrong)} differ\n# " + "\n# ".join(wrong[:3]) + repr(got)[-300:])


def test_series(tap):
    ical = Ical()
    for window in WINDOWS:
        cases, begin, end = generate(ical, window, 500)
        lines = HEAD
        for n, (series, _) in enumerate(cases):
            lines += f'mailbox p{n}@example.test "P{n}" premise hq\n\tgrant svc@example.test Editor\n\t{series.statement()}\n'
        with Sim(lines=lines) as sim, Core(sim) as core:
            people = "\n".join(f"p{n}@example.test" for n in range(len(cases)))
            options = {"file": "-", "data": people, "from": f"{begin:%Y-%m-%dT%H:%M:%SZ}", "to": f"{end:%Y-%m-%dT%H:%M:%SZ}", **SIGN_IN}
            compare(tap, core.ews("busy", **options), cases, f"availability, {window[0]}")
            compare(tap, core.ews("busy", from_calendar=True, **options), cases, f"from the calendar, {window[0]}")


run(Tap(), test_series)
