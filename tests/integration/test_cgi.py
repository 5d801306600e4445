"""The same binary as plain CGI, under Apache."""

import os
import re
import shutil

from lab import PASSWORD, SRC, Browser, Lab, Tap, run, until

CONF = """
ServerRoot {dir}
ServerName 127.0.0.1
Listen 127.0.0.1:{port}
PidFile {dir}/run/apache.pid
DefaultRuntimeDir {dir}/run
ErrorLog {dir}/log/apache-error.log
ScriptSock {dir}/run/cgid.sock
{user}
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule alias_module {modules}/mod_alias.so
LoadModule env_module {modules}/mod_env.so
LoadModule mime_module {modules}/mod_mime.so
LoadModule cgid_module {modules}/mod_cgid.so
TypesConfig /dev/null
SetEnv LATCHKEY_CONF {dir}/latchkey.conf
PassEnv ASAN_OPTIONS
Alias /static/ {src}/static/
ScriptAlias / {program}/
<Directory />
    Require all granted
</Directory>
"""


def start_apache(lab):
    apache = shutil.which("apache2") or "/usr/sbin/apache2"
    text = CONF.format(
        dir=lab.dir, port=lab.port, src=os.path.abspath(SRC), program=lab.program("latchkey.fcgi"),
        modules="/usr/lib/apache2/modules", user="User www-data\nGroup www-data" if os.getuid() == 0 else "",
    )
    path = os.path.join(lab.dir, "apache.conf")
    with open(path, "w") as f:
        f.write(text)
    lab.spawn("apache", [apache, "-f", path, "-DFOREGROUND"])
    until(lab.listening)


def share(lab):
    """Root's Apache runs as www-data, which must reach what the portal would."""
    if os.getuid() != 0:
        return
    for where, _, names in os.walk(lab.dir):
        for path in (where, *(os.path.join(where, n) for n in names)):
            shutil.chown(path, "www-data", "www-data")


def journey(tap):
    with Lab(nginx=False) as lab:
        if os.getuid() == 0:
            os.chmod(lab.build, 0o755)
        link = lab.init()
        share(lab)
        start_apache(lab)
        nobody = Browser(lab)
        page = nobody.get("/signin")
        tap.ok(page.status == 200 and "Sign in" in page.text, "the sign-in page", page.text[:500] + lab.log("apache-error"))
        tap.same(nobody.send("GET", "/static/portal.css").status, 200, "its style sheet")
        tap.same(nobody.send("GET", "/nosuch").status, 404, "an unknown page")
        tap.ok("default-src" in (page.header("Content-Security-Policy") or ""), "with the same headers")
        admin = Browser(lab)
        page = admin.accept(link, "Avery Stone")
        tap.ok(page.status == 200 and "Overview" in page.text, "the first link signs in", page)
        admin.get("/settings/invite")
        page = admin.post("/settings/invite", {"email": "c@example.com", "name": "C", "role": "member"}, follow=True)
        tap.ok(re.search(r"/link/[0-9a-f]{64}", page.text), "a form is taken", page)
        admin.get("/me")
        tap.same(admin.post("/signout").status, 303, "and out again")
        again = admin.sign_in("admin@example.com", PASSWORD)
        tap.ok("Overview" in again.text, "and in", again)
        hostile = nobody.send("GET", "/signin?-c+/etc/passwd")
        tap.ok(hostile.status == 200, "a query cannot be an option", hostile)
        bad = admin.send("POST", "/signin", "x" * 2000000, {"Content-Type": "application/x-www-form-urlencoded", "Origin": lab.url})
        tap.same(bad.status, 413, "an oversize body is refused")


if __name__ == "__main__":
    run(Tap(), journey)
