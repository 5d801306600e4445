"""Many small organisations in one simulated Exchange, so that many faults are met at the same time.

Each place has a server of its own; a fault that is narrowed to its host is met by nobody else. A case gets a place
for itself:

    with Farm(24) as farm:
        for case, got in farm.each(cases, work): ...        # work(place, case), in any order, told in theirs
"""

import contextlib
import queue
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor

from corelab import Core
from simlab import Connection, Sim

PASSWORD = "brass lantern"
OWN = "quiet water"  # Anna's own
SECRETS = ("Lantern-subject-7", "Lantern-body-7")  # of what is in Anna's calendar already, and is nobody's business

ORGANISATION = """
premise k{n} onprem {product} host k{n}.example.localhost
	schemes basic ntlm
domain k{n}.test premise k{n} website none
mailbox svc@k{n}.test "Connector" premise k{n}
	kind dedicated
	login svc{n}
	password "brass lantern"
mailbox anna@k{n}.test "Anna" premise k{n}
	login anna{n}
	password "quiet water"
	grant svc@k{n}.test Editor
	on-behalf svc@k{n}.test
	event "Lantern-subject-7" 2027-03-01T09:00 1h
	message from svc@k{n}.test "Lantern-subject-7" "Lantern-body-7"
mailbox bert@k{n}.test "Bert"
	grant svc@k{n}.test Editor
	on-behalf svc@k{n}.test
"""


class Place:
    """One organisation: its server, a dedicated mailbox, and Anna, whose calendar that may edit."""

    def __init__(self, farm, n, port):
        self.farm, self.n, self.port = farm, n, port
        self.host = f"k{n}.example.localhost"
        self.server = f"{self.host}:{port}"
        self.mailbox, self.anna, self.bert = (f"{name}@k{n}.test" for name in ("svc", "anna", "bert"))
        self.login, self.password = f"EXAMPLE\\svc{n}", PASSWORD
        self.signin = ("basic", "ntlm")[n % 2]

    def ews(self, *words, **options):
        mine = {"server": self.server, "mailbox": self.mailbox, "login": self.login, "signin": self.signin, "method": "delegate"}
        options = {**mine, "secret_file": self.farm.secret, **options}
        return self.farm.core.run("ews", *words, **options)

    @contextlib.contextmanager
    def fault(self, *faults):
        """Each: kind, argument and limits, as the simulator's language has them; only here."""
        names = [f"f{self.n}x{i}" for i, _ in enumerate(faults)]
        self.do(*(f"fault {name} {what} face ews host {self.host}" for name, what in zip(names, faults)))
        try:
            yield
        finally:
            self.do(*(f"no-fault {name}" for name in names))

    def do(self, *lines):
        with self.farm.lock:
            return self.farm.sim.do(*lines)

    def calendar(self):
        """Subjects of all that Anna has in her calendar in 2027, as she sees it herself."""
        view = (
            '<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>Default</t:BaseShape></m:ItemShape>'
            '<m:CalendarView StartDate="2027-01-01T00:00:00Z" EndDate="2028-01-01T00:00:00Z"/>'
            '<m:ParentFolderIds><t:DistinguishedFolderId Id="calendar"/></m:ParentFolderIds></m:FindItem>'
        )
        # A connection of our own: the control socket, which knows where things are, belongs to who holds the lock.
        on = Connection(self.host, "127.0.0.1", self.port, self.farm.sim.context)
        try:
            answer = self.farm.sim.soap(view, user=self.anna, password=OWN, on=on)
        finally:
            on.close()
        if answer.status != 200:
            raise AssertionError(f"Anna cannot look: {answer!r}")
        return sorted(part.split("</t:Subject>")[0] for part in answer.text.split("<t:Subject>")[1:])


class Farm:
    def __init__(self, places, product="2016", more="", **settings):
        self.count = places
        self.lock = threading.Lock()
        world = 'organisation "Example"\nseed 7\nclock now\n'
        world += "".join(ORGANISATION.format(n=n, product=product) for n in range(places)) + more
        self.sim = Sim(lines=world)
        self.settings = settings

    def __enter__(self):
        self.sim.__enter__()
        try:
            self.core = Core(self.sim, **self.settings).__enter__()
        except BaseException:
            self.sim.stop()
            raise
        ports = {face["host"]: face["port"] for face in self.sim.faces() if face["kind"] == "ews"}
        self.secret = self.core.options({"password": PASSWORD})[1]
        self.free = queue.Queue()
        self.places = [Place(self, n, ports[f"k{n}.example.localhost"]) for n in range(self.count)]
        for place in self.places:
            self.free.put(place)
        return self

    def __exit__(self, *_):
        self.core.__exit__()
        self.sim.stop()

    def each(self, cases, work):
        """(case, what work(place, case) returned or raised), in the order of the cases."""
        def one(case):
            place = self.free.get()
            try:
                return case, work(place, case)
            except Exception as e:  # noqa: BLE001 - the others go on, and whoever asked tells of it
                return case, e
            finally:
                self.free.put(place)

        with ThreadPoolExecutor(self.count) as pool:
            yield from pool.map(one, cases)

    def kinds(self):
        """Every fault the simulator has, as it tells."""
        done = subprocess.run([self.sim.program(), "--faults"], capture_output=True, text=True, check=True, timeout=20)
        return [line.split()[0] for line in done.stdout.splitlines() if line.strip()]
