"""`latchkey ews` as a tool: the secrets it reads, what it prints for people and for programs, and its exit codes."""

import os

from farm import PASSWORD, Farm
from lab import Tap, run

MARK = b"\xef\xbb\xbf"
LONGEST = 4096


# Secrets


def secrets(tap):
    """A file is read as it was meant, or refused with a reason before anything is sent."""
    with Farm(1) as farm:
        here = farm.places[0]
        path = os.path.join(farm.core.dir, "one-secret")
        good = PASSWORD.encode()
        key = b"-----BEGIN PRIVATE KEY-----\n" + b"A" * 5000 + b"\n"

        def ask(content):
            with open(path, "wb") as f:
                f.write(content)
            return here.ews("people", "Anna", signin="basic", secret_file=path)

        for name, content in (
            ("a file of Notepad", MARK + good + b"\r\n"),
            ("only the first line", good + b"\nnotes about it\n" + b"x" * 2 * LONGEST),
            ("zero bytes behind what counts", good + b"\n\0\0"),
        ):
            tap.same(ask(content).code, 0, f"the right secret: {name}")
        for name, content, words in (
            ("nothing but a mark", MARK, "is empty"),
            ("an empty first line", b"\n" + good, "is empty"),
            ("UTF-16", PASSWORD.encode("utf-16"), "Save it as UTF-8"),
            ("UTF-16 without a mark", PASSWORD.encode("utf-16-le"), "Save it as UTF-8"),
            ("UTF-16 without zero bytes", "пароль".encode("utf-16"), "Save it as UTF-8"),
            ("a key in UTF-16", key.decode().encode("utf-16-le"), "Save it as UTF-8"),
            ("a line that is too long", b"x" * (LONGEST + 1), f"at most {LONGEST} bytes"),
            ("a line that is too long, with a mark", MARK + b"x" * (LONGEST + 1), f"at most {LONGEST} bytes"),
            ("a key that is too long", key, f"at most {LONGEST} bytes"),
        ):
            got = ask(content)
            tap.ok(got.code == 2 and words in got.err and not got.out, f"refused: {name}", got)
        tap.same(farm.sim.who(here.login)["bad"], 0, "no wrong secret was sent")
        tap.same(ask(b"x" * LONGEST).reason, "signin_refused", "the longest is sent")


if __name__ == "__main__":
    run(Tap(), secrets)
