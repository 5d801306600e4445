"""Figures of the simulated Exchange: against nginx with the same bytes, and against itself."""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "integration"))
import figures  # noqa: E402
from figures import cpu, figure, pss, wrk  # noqa: E402
from lab import RELEASE, free_port, until  # noqa: E402
from simlab import Sim, basic, envelope  # noqa: E402

ROUNDS = int(os.environ.get("LATCHKEY_ROUNDS", "5"))
SECONDS = int(os.environ.get("LATCHKEY_SECONDS", "4"))
WORLD = """
premise hq onprem 2016 host mail.example.test
	schemes basic
domain example.test premise hq
mailbox svc@example.test "Connector" premise hq
	kind dedicated
	login svc
	password "brass lantern"
group crowd@example.test "Crowd" kind distribution
generate 100 domain example.test zone Europe/Berlin grant svc@example.test Editor group crowd@example.test
generate 99900 domain example.test zone Europe/Berlin grant svc@example.test Editor percent 90%
"""
SIGN_IN = ("EXAMPLE\\svc", "brass lantern")
NGINX = """
worker_processes 1; daemon off; pid %(dir)s/nginx.pid; error_log %(dir)s/error.log; user root;
events { worker_connections 512; }
http { access_log off; keepalive_requests 100000000; default_type "text/xml; charset=utf-8";
client_body_temp_path %(dir)s; proxy_temp_path %(dir)s; fastcgi_temp_path %(dir)s; uwsgi_temp_path %(dir)s; scgi_temp_path %(dir)s;
server { listen 127.0.0.1:%(port)d ssl; ssl_certificate %(dir)s/cert.pem; ssl_certificate_key %(dir)s/key.pem;
location / { return 200 '%(body)s'; } } }
"""


def get_folder(address):
    return (
        "<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape><t:AdditionalProperties>"
        '<t:FieldURI FieldURI="folder:DisplayName"/><t:FieldURI FieldURI="folder:FolderClass"/>'
        '<t:FieldURI FieldURI="folder:EffectiveRights"/></t:AdditionalProperties></m:FolderShape><m:FolderIds>'
        f'<t:DistinguishedFolderId Id="calendar"><t:Mailbox><t:EmailAddress>{address}</t:EmailAddress></t:Mailbox>'
        "</t:DistinguishedFolderId></m:FolderIds></m:GetFolder>"
    )


def availability(addresses):
    people = "".join(
        f"<t:MailboxData><t:Email><t:Address>{a}</t:Address></t:Email><t:AttendeeType>Required</t:AttendeeType></t:MailboxData>"
        for a in addresses
    )
    change = "<t:Bias>0</t:Bias><t:Time>00:00:00</t:Time><t:DayOrder>1</t:DayOrder><t:Month>1</t:Month><t:DayOfWeek>Sunday</t:DayOfWeek>"
    return (
        f"<m:GetUserAvailabilityRequest><t:TimeZone><t:Bias>0</t:Bias><t:StandardTime>{change}</t:StandardTime>"
        f"<t:DaylightTime>{change}</t:DaylightTime></t:TimeZone><m:MailboxDataArray>{people}</m:MailboxDataArray>"
        "<t:FreeBusyViewOptions><t:TimeWindow><t:StartTime>2026-11-23T00:00:00</t:StartTime><t:EndTime>2026-11-24T00:00:00</t:EndTime>"
        "</t:TimeWindow><t:MergedFreeBusyIntervalInMinutes>30</t:MergedFreeBusyIntervalInMinutes>"
        "<t:RequestedView>FreeBusy</t:RequestedView></t:FreeBusyViewOptions></m:GetUserAvailabilityRequest>"
    )


def crowd(sim):
    """The addresses of a hundred people."""
    op = "<m:ExpandDL><m:Mailbox><t:EmailAddress>crowd@example.test</t:EmailAddress></m:Mailbox></m:ExpandDL>"
    return re.findall("<t:EmailAddress>([^<]+)", sim.soap(op, *SIGN_IN).text)


def script(place, name, op):
    """A wrk script that asks this, signed in."""
    path = os.path.join(place, name + ".lua")
    body = envelope(op, "Exchange2010_SP2")
    with open(path, "w") as f:
        f.write(f'wrk.method = "POST"\nwrk.body = [==[{body}]==]\n')
        f.write('wrk.headers["Content-Type"] = "text/xml; charset=utf-8"\n')
        f.write(f'wrk.headers["Authorization"] = "{basic(*SIGN_IN)}"\n')
    return path


def nginx(place, body):
    """An nginx with one worker that answers everything with these bytes."""
    port = free_port()
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
         "/CN=localhost", "-keyout", f"{place}/key.pem", "-out", f"{place}/cert.pem"],
        check=True, capture_output=True,
    )
    with open(f"{place}/nginx.conf", "w") as f:
        f.write(NGINX % {"dir": place, "port": port, "body": body.replace("'", "&#39;").replace("$", "&#36;")})
    process = subprocess.Popen(["nginx", "-c", f"{place}/nginx.conf", "-e", f"{place}/error.log"])
    return process, f"https://127.0.0.1:{port}/"


def rates(sim, place, address):
    url = f"https://127.0.0.1:{sim.face('ews')['port']}/EWS/Exchange.asmx"
    one = script(place, "folder", get_folder(address))
    answer = sim.soap(get_folder(address), *SIGN_IN, version="Exchange2010_SP2")
    if answer.status != 200 or "NoError" not in answer.text:
        raise SystemExit(f"sim: {answer.text}")
    peer, peer_url = nginx(place, answer.text)
    try:
        until(lambda: subprocess.run(["curl", "-ks", "-o", "/dev/null", peer_url]).returncode == 0)
        got = []
        for _ in range(ROUNDS):
            mine, canned = wrk(url, "-s", one, seconds=SECONDS)[1], wrk(peer_url, "-s", one, seconds=SECONDS)[1]
            print(f"# simulated {mine:.0f}/s, canned {canned:.0f}/s", flush=True)
            got.append(100 * mine / canned)
        figure("get-folder-of-canned", statistics.median(got), "%", ">=", 20)
    finally:
        peer.terminate()
        peer.wait()


def cost(sim, url, path):
    before = cpu([sim.proc.pid])
    done = wrk(url, "-s", path, seconds=SECONDS)[0]
    return (cpu([sim.proc.pid]) - before) / done


def batches(sim, place, people):
    url = f"https://127.0.0.1:{sim.face('ews')['port']}/EWS/Exchange.asmx"
    one, hundred = script(place, "one", get_folder(people[0])), script(place, "hundred", availability(people))
    got = []
    for _ in range(ROUNDS):
        single, batch = cost(sim, url, one), cost(sim, url, hundred)
        print(f"# one folder {single * 1e6:.0f} us, a hundred people's time {batch * 1e6:.0f} us", flush=True)
        got.append(batch / single)
    figure("availability-of-100", statistics.median(got), "x", "<=", 10)


def main():
    with tempfile.TemporaryDirectory(prefix="latchkey-bench.") as place:
        os.chmod(place, 0o755)
        begin = time.perf_counter()
        with Sim(lines=WORLD, build=RELEASE) as sim:
            figure("start-with-100000", time.perf_counter() - begin, "s", "<=", 2)
            figure("memory-of-100000", pss([sim.proc.pid]), "MiB", "<=", 200)
            people = crowd(sim)
            rates(sim, place, people[0])
            batches(sim, place, people)
            figure("memory-afterwards", pss([sim.proc.pid]), "MiB", "<=", 200)
    return 1 if figures.short else 0


if __name__ == "__main__":
    sys.exit(main())
