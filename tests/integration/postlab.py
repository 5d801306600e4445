"""A real mail server (exim) in a directory of its own, on free loopback ports: STARTTLS and TLS by an own authority,
a login, delivery into a Maildir that tests read."""

import email
import email.policy
import glob
import os
import pwd
import shutil
import signal
import subprocess

from lab import _die_with_parent, free_port, until

LOGIN, SECRET = "latchkey", "violet-turnstile-417"

CONFIG = """
primary_hostname = mail.example.test
spool_directory = @DIR@/spool
log_file_path = @DIR@/log/%slog
pid_file_path = @DIR@/exim.pid
exim_user = @USER@
exim_group = @USER@
local_interfaces = 127.0.0.1
daemon_smtp_ports = @PORT@ : @TLSPORT@ : @OPENPORT@
tls_on_connect_ports = @TLSPORT@
tls_advertise_hosts = ${if eq{$received_port}{@OPENPORT@}{}{*}}
tls_certificate = @DIR@/server.pem
tls_privatekey = @DIR@/server.key
rfc1413_query_timeout = 0s
host_lookup =
acl_smtp_rcpt = rcpt
qualify_domain = example.test
domainlist none =
keep_environment =

begin acl
rcpt:
  deny local_parts = refused
       message = No such person here
  defer local_parts = later
       message = Come back in a while
  accept authenticated = *
  accept condition = ${if eq{$received_port}{@OPENPORT@}}
  deny message = Log in first

begin routers
all:
  driver = accept
  transport = maildir

begin transports
maildir:
  driver = appendfile
  directory = @DIR@/maildir
  maildir_format
  create_directory
  user = @USER@
  group = @USER@
  envelope_to_add
  return_path_add

begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${if and{{eq{$auth2}{@LOGIN@}}{eq{$auth3}{@SECRET@}}}}
  server_set_id = $auth2
"""


def program():
    return shutil.which("exim4") or ("/usr/sbin/exim4" if os.path.exists("/usr/sbin/exim4") else None)


def authority(place, names):
    """An own authority and a certificate of it for these names: place/ca.pem, server.pem, server.key."""

    def openssl(*words):
        subprocess.run(["openssl", *words], check=True, capture_output=True, cwd=place)

    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    openssl("req", "-x509", *key, "-days", "2", "-subj", "/CN=Mail test authority", "-keyout", "ca.key", "-out", "ca.pem")
    openssl("req", *key, "-subj", "/CN=mail", "-keyout", "server.key", "-out", "server.csr")
    with open(f"{place}/server.ext", "w") as f:
        f.write("subjectAltName=" + ",".join(names))
    openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
            "-extfile", "server.ext", "-out", "server.pem")


class Post:
    """The mail server; use it as a context manager, start and stop it at will."""

    def __init__(self, place, names=("DNS:localhost", "IP:127.0.0.1")):
        self.dir = place
        self.proc = None
        self.port, self.tls_port, self.open_port = free_port(), free_port(), free_port()
        os.makedirs(place, mode=0o755, exist_ok=True)
        authority(place, names)
        user = "Debian-exim" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name
        for name in ("spool", "log", "maildir"):
            os.mkdir(os.path.join(place, name))
        values = {"DIR": place, "USER": user, "PORT": self.port, "TLSPORT": self.tls_port, "OPENPORT": self.open_port,
                  "LOGIN": LOGIN, "SECRET": SECRET}
        text = CONFIG
        for key, value in values.items():
            text = text.replace(f"@{key}@", str(value))
        self.conf = os.path.join(place, "exim.conf")
        with open(self.conf, "w") as f:
            f.write(text)
        who = pwd.getpwnam(user)
        for name in ("", "spool", "log", "maildir", "server.key"):
            os.chown(os.path.join(place, name), who.pw_uid, who.pw_gid)
        self.ca = os.path.join(place, "ca.pem")

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def start(self):
        self.proc = subprocess.Popen([program(), "-C", self.conf, "-bdf"], stdin=subprocess.DEVNULL,
                                     stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, preexec_fn=_die_with_parent)
        if not until(lambda: os.path.exists(f"{self.dir}/exim.pid") or self.proc.poll() is not None):
            raise AssertionError("exim does not start")
        if self.proc.poll() is not None:
            raise AssertionError(f"exim does not start: {self.proc.stderr.read().decode()}{self.log()}")
        return self

    def stop(self):
        if self.proc:
            self.proc.send_signal(signal.SIGTERM)
            self.proc.wait(10)
            self.proc.stderr.close()
            self.proc = None

    def log(self):
        out = ""
        for path in glob.glob(f"{self.dir}/log/*"):
            with open(path, errors="replace") as f:
                out += f.read()
        return out

    def mails(self):
        """All that was delivered, oldest first, to the second."""
        found = []
        for path in glob.glob(f"{self.dir}/maildir/new/*"):
            with open(path, "rb") as f:
                found.append(email.message_from_binary_file(f, policy=email.policy.default))
        return sorted(found, key=lambda m: m["Received"].rpartition(";")[2])

    def to(self, address):
        return [m for m in self.mails() if m["Envelope-To"] == address]

    def wait(self, address, count=1, seconds=20):
        """So many mails to this address, or what there is when time is up."""
        until(lambda: len(self.to(address)) >= count, seconds)
        return self.to(address)
