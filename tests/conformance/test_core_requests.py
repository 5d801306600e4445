"""Every request of the Exchange core is valid by Microsoft's schema of each version it claims. The schemas come from
LATCHKEY_EWS (schema/); absent, this is skipped. Of some versions no schema is kept: the next higher one of the same
generation judges them."""

import glob
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "integration")]
from lab import BUILD, Tap, run  # noqa: E402
from simlab import NS  # noqa: E402
from test_schema import WHERE, schema  # noqa: E402

PROGRAM = os.path.join(BUILD, "tests", "unit", "test_ews_requests")
# Version, and the schemas that judge it.
VERSIONS = (
    ("Exchange2007", ("ews-2007sp1",)),
    ("Exchange2007_SP1", ("ews-2007sp1",)),
    ("Exchange2010", ("ews-2010sp2",)),
    ("Exchange2010_SP1", ("ews-2010sp2",)),
    ("Exchange2010_SP2", ("ews-2010sp2", "ews-latest")),
    ("Exchange2013", ("ews-2013sp1",)),
    ("Exchange2013_SP1", ("ews-2013sp1",)),
    ("Exchange2016", ("ews-latest", "ews-365-2015")),
)
# What the core asks for; a new operation comes here and into the program.
OPERATIONS = 17


def judge(xsd, newest, path, version):
    """What is wrong with one request; None. Schemas of one service pack allow no other version in the header: the
    newest one, which lists them all, judges that."""
    from lxml import etree

    root = etree.parse(path).getroot()
    body = root.find("s:Body", NS)
    if len(body) != 1:
        return "not one operation"
    if not xsd.validate(body[0]):
        return xsd.error_log.last_error
    for header in root.find("s:Header", NS):
        said = header.get("Version")
        if said and said != version:
            return f"its header says {said}"
        by = newest if said else xsd
        if not by.validate(header):
            return by.error_log.last_error
    return None


def broken(xsd, path):
    """The same request with an element nobody knows: the judge must be able to refuse."""
    from lxml import etree

    body = etree.parse(path).getroot().find("s:Body", NS)
    etree.SubElement(body[0], "{%s}Unknown" % NS["m"])
    return not xsd.validate(body[0])


def requests(tap):
    if not os.path.isdir(os.path.join(WHERE, "schema")):
        tap.skip("requests against the schema", "LATCHKEY_EWS names no directory with schema/")
        return
    with tempfile.TemporaryDirectory() as where:
        subprocess.run([PROGRAM, "--requests", where], check=True, timeout=120)
        files = glob.glob(os.path.join(where, "*.xml"))
        newest = schema("ews-latest")
        for version, names in VERSIONS:
            mine = sorted(f for f in files if f.endswith(f"-{version}.xml"))
            for name in names:
                xsd = schema(name)
                wrong = [(os.path.basename(f), judge(xsd, newest, f, version)) for f in mine]
                wrong = [f"{f}: {w}" for f, w in wrong if w]
                wrong += [f"{os.path.basename(f)}: an unknown element passes" for f in mine if not broken(xsd, f)]
                tap.ok(mine and not wrong, f"{len(mine)} requests of {version} are as {name} says", "\n".join(wrong))
        asked = {os.path.basename(f).split("-")[0] for f in files}
        tap.same(len(asked), OPERATIONS, "every operation is among them")
        known = {v for v, _ in VERSIONS}
        said = {os.path.basename(f)[:-4].split("-")[-1] for f in files}
        tap.same(said, known, "and every version")


if __name__ == "__main__":
    run(Tap(), requests)
