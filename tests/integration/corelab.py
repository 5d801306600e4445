"""The Exchange core for tests: `latchkey ews ...` against a simulated Exchange.

    with Sim(lines=WORLD) as sim, Core(sim) as core:
        got = core.ews("calendars", "anna@example.test", login="svc", password="brass lantern")
        got.code, got.value, got.reason
"""

import json
import os
import subprocess
import tempfile

from lab import BUILD

# Premises of the worlds here are called like this: names below localhost are always this machine.
HOST = "mail.example.localhost"


class Got:
    """What one command said: with --json one value, and beside it a value a line on standard error."""

    def __init__(self, done, json_out=True):
        self.code, self.out, self.err = done.returncode, done.stdout, done.stderr
        self.value = json.loads(done.stdout) if json_out and done.stdout else None
        self.beside = [json.loads(line) for line in done.stderr.splitlines() if json_out and line[:1] == "{"]

    def told(self, key):
        """What stands beside a list under this key; None."""
        return next((v[key] for v in self.beside if key in v), None)

    @property
    def reason(self):
        """The stable code of a failure, or of the only row."""
        value = self.value
        if isinstance(value, list) and len(value) == 1:
            return value[0].get("reason")
        outcome = value.get("outcome") if isinstance(value, dict) else self.told("outcome")
        return outcome[0]["reason"] if outcome else None

    @property
    def reasons(self):
        """Those of all rows, or of the failure when there is none."""
        return {row["reason"] for row in self.value} if isinstance(self.value, list) and self.value else {self.reason}

    def __repr__(self):
        return f"exit {self.code}\n{self.out[:3000]}\n{self.err[:2000]}"


class Core:
    """A place with settings of its own. database: use the one of this Lab, and so its gate."""

    def __init__(self, sim, build=BUILD, lab=None, **settings):
        self.sim, self.build, self.lab = sim, build, lab
        self.place = tempfile.TemporaryDirectory(prefix="latchkey-core.")
        self.dir = self.place.name
        self.conf = os.path.join(self.dir, "latchkey.conf")
        self.egress = os.path.join(self.dir, "egress")
        self.settings = {
            "public_url": "http://127.0.0.1:1",
            "database": os.path.join(self.dir, "no.db"),
            "ca_file": sim.ca if sim else "",
            **(lab.settings if lab else {}),
            "egress_file": self.egress,
            **settings,
        }

    def __enter__(self):
        with open(self.egress, "w") as f:
            f.write("127.0.0.0/8 1-65535\n::1/128 1-65535\n")
        with open(self.conf, "w") as f:
            f.writelines(f"{k} = {v}\n" for k, v in self.settings.items())
        return self

    def __exit__(self, *_):
        self.place.cleanup()

    def server(self, premise=None):
        face = self.sim.face(**({"premise": premise} if premise else {"kind": "ews"}))
        return f"{face['host']}:{face['port']}"

    def options(self, options):
        """Command-line options from keywords; a password goes through a file, as it should."""
        words = []
        for name, value in options.items():
            if name == "password":
                path = os.path.join(self.dir, "secret")
                with open(path, "w") as f:
                    f.write(value)
                os.chmod(path, 0o600)
                words += ["--secret-file", path]
            elif value is True:
                words.append("--" + name.replace("_", "-"))
            elif value is not None and value is not False:
                words += ["--" + name.replace("_", "-"), str(value)]
        return words

    def run(self, *words, data=None, json_out=True, seconds=120, **options):
        command = [os.path.join(self.build, "latchkey"), "-c", self.conf]
        command += ["--json"] if json_out else []
        done = subprocess.run(
            [*command, *words, *self.options(options)], capture_output=True, text=True, timeout=seconds, input=data, errors="replace"
        )
        if "Sanitizer" in done.stderr or "runtime error:" in done.stderr:
            raise AssertionError(done.stderr)
        return Got(done, json_out)

    def ews(self, *words, **options):
        """One `latchkey ews` command; server, mailbox, login and password have what most tests use."""
        premise = options.pop("premise", None)
        if "connection" not in options and "server" not in options:
            options["server"] = self.server(premise)
        return self.run("ews", *words, **options)
