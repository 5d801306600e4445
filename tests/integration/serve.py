"""An installation for the browser tests and the screenshot: prints a line of JSON, then obeys lines.

Each line of its input is a JSON list: ["ctl", ARGUMENT...], ["sql", TEXT, VALUE...], ["configure",
{SETTING: VALUE}] with a restart, ["stop", PROGRAM] or ["engine"] to start one. Each is answered with a
line. When the input ends, everything stops. Settings as SETTING=VALUE are arguments.
"""

import json
import sys

from lab import Lab


def configure(lab, settings):
    lab.configure(**settings)
    lab.stop("engine")
    lab.start_engine()


def obey(lab, verb, *rest):
    if verb == "ctl":
        return lab.ctl_json(*rest)
    if verb == "sql":
        return lab.sql(*rest)
    if verb == "configure":
        return configure(lab, *rest)
    if verb == "stop":
        return lab.stop(*rest)
    if verb == "engine":
        return lab.start_engine() and None
    raise ValueError(verb)


def say(value):
    print(json.dumps(value), flush=True)


def main():
    settings = dict(pair.split("=", 1) for pair in sys.argv[1:])
    with Lab(**settings) as lab:
        link = lab.init()
        lab.start()
        say({"url": lab.url, "link": link, "dir": lab.dir, "conf": lab.conf})
        for line in sys.stdin:
            try:
                say({"value": obey(lab, *json.loads(line))})
            except Exception as e:  # the test decides what it means
                say({"error": str(e)})


main()
