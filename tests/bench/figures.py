"""What the benchmarks share: the line of a figure, and what a process has used."""

import os
import re
import subprocess

TICK = os.sysconf("SC_CLK_TCK")
short = False


def figure(name, value, unit, op, limit):
    global short
    good = value <= limit if op == "<=" else value >= limit
    short = short or not good
    print(f"figure {name} {value:.3g} {unit} limit {op} {limit:g} {'ok' if good else 'short'}", flush=True)


def cpu(pids):
    """Seconds of processor time."""
    total = 0
    for pid in pids:
        with open(f"/proc/{pid}/stat") as f:
            fields = f.read().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICK


def pss(pids):
    """Summed proportional memory in MiB."""
    total = 0
    for pid in pids:
        with open(f"/proc/{pid}/smaps_rollup") as f:
            total += int(re.search(r"^Pss:\s+(\d+)", f.read(), re.M).group(1))
    return total / 1024


def wrk(url, *args, seconds=4, connections=8):
    """How many requests were answered well, and the rate."""
    out = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", *args, url], capture_output=True, text=True, check=True
    ).stdout
    done = int(re.search(r"(\d+) requests in", out).group(1))
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
    if bad:
        raise SystemExit(f"{bad.group(1)} of {done} answers of {url} were errors")
    return done, float(re.search(r"Requests/sec:\s+([\d.]+)", out).group(1))
