"""Any number of members in the real schema: kinds, statuses, reasons and names as an organisation might have them."""

import contextlib
import sqlite3

FIRST = "Abel Ada Ben Cara Dina Emil Fay Gus Hana Ian Ines Jon Kaja Lars Lena Max Mia Nils Nora Omar Pia Quin Rosa Sam Tara Uwe Vera Will Xenia Yara Zoe".split()
BEGINNINGS = "Al Bra Cor Dun El Fer Gar Hol Ing Jar Kel Lor Mon Nor Ost Pen Ram Sto Tur Wil".split()
ENDINGS = "berg by cott den er ford gate ham ing ley man more ney ridge sen son ton well wick worth".split()
LAST = [begin + end for begin in BEGINNINGS for end in ENDINGS]

# Of a thousand members so many stand so: status, reason, who must act, what was found (two bits for each right), latest try.
STANDINGS = (
    (840, 1, "ok", 0, 0b101010101010, "ok"),
    (15, 2, "busy_time_only", 1, 0b010110, "ok"),
    (15, 2, "rights_too_low", 1, 0b01010101101010, "ok"),
    (40, 3, "not_delegated", 1, 0b010110, "ok"),
    (40, 3, "outside_scope", 3, 0b0101, "ok"),
    (30, 4, "no_mailbox", 2, 0b0101, "ok"),
    (10, 0, "not_checked", 0, 0, "timed_out"),
    (10, 5, "not_checked", 0, 0, "ok"),
)
# One in 50 is a room, one in 500 an admin, one in 50 was seen more than a day ago. Multiplying by a prime scatters the
# rows of every list over the table.
FILL = """
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count),
 h AS (SELECT i, i * 7919 % 1000 AS s, i * 15485863 % 1000003 AS k FROM n)
INSERT INTO member (account_id, email, name, role, created, kind, name_key, last_key, status, reason, fixer, grants, tried,
  checked_at, tried_at, since, next_at, off_at)
 SELECT 1, lower(f.word || '.' || l.word || '.' || i) || '@example.com', f.word || ' ' || l.word, i % 500 = 7, :now, i % 50 = 3,
  lower(f.word || ' ' || l.word), lower(l.word || ' ' || f.word), t.status, t.reason, t.fixer, t.grants, t.tried,
  CASE WHEN t.status IN (0, 5) THEN 0 WHEN k % 50 = 0 THEN :now - 90000 - k % 3600 ELSE :now - k % 80000 END,
  CASE WHEN t.status IN (0, 5) THEN 0 ELSE :now END, :now - k, :now + 86400 + k % 3600, CASE t.status WHEN 5 THEN :now ELSE 0 END
 FROM h JOIN bench.first f ON f.n = k % :firsts JOIN bench.last l ON l.n = k / 31 % :lasts
 JOIN bench.standing t ON t.n = s ORDER BY i
"""
COUNT = """
DELETE FROM member_count;
INSERT INTO member_count (account_id, kind, status, reason, fixer, n)
 SELECT account_id, kind, status, reason, fixer, count(*) FROM member GROUP BY 1, 2, 3, 4, 5;
UPDATE account SET people = (SELECT count(*) FROM member WHERE kind = 0);
PRAGMA wal_checkpoint(TRUNCATE);
"""


def name_of(i):
    """First and last name of one of many."""
    k = i % 1000003
    return FIRST[k % len(FIRST)], LAST[k // 31 % len(LAST)]


def words(db):
    """What FILL chooses from."""
    db.executescript(
        "ATTACH ':memory:' AS bench; CREATE TABLE bench.first (n INTEGER PRIMARY KEY, word);"
        "CREATE TABLE bench.last (n INTEGER PRIMARY KEY, word);"
        "CREATE TABLE bench.standing (n INTEGER PRIMARY KEY, status, reason, fixer, grants, tried);"
    )
    db.executemany("INSERT INTO bench.first VALUES (?, ?)", enumerate(FIRST))
    db.executemany("INSERT INTO bench.last VALUES (?, ?)", enumerate(LAST))
    each = (row[1:] for row in STANDINGS for _ in range(row[0]))
    db.executemany("INSERT INTO bench.standing VALUES (?, ?, ?, ?, ?, ?)", ((n, *row) for n, row in enumerate(each)))
    db.commit()


def fill(path, count, now):
    """So many members more. Indexes are made anew afterwards, which is quicker."""
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.executescript("PRAGMA synchronous = OFF; PRAGMA cache_size = -400000; PRAGMA temp_store = MEMORY;")
        words(db)
        indexes = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'member' AND sql NOT NULL").fetchall()
        for name, _ in indexes:
            db.execute(f"DROP INDEX {name}")
        db.execute(FILL, {"count": count, "now": now, "firsts": len(FIRST), "lasts": len(LAST)})
        for _, sql in indexes:
            db.execute(sql)
        db.commit()
        db.executescript(COUNT)
