"""One warm account of python3-exchangelib opens a shared calendar again and again; prints what core prints."""

import json
import resource
import sys
import time
import warnings

from exchangelib import DELEGATE, NTLM, Account, Configuration, Credentials
from exchangelib.folders import SingleFolderQuerySet
from exchangelib.properties import DistinguishedFolderId, Mailbox
from exchangelib.version import EXCHANGE_2010_SP2, Version

WARM_UP = 20


def main(url, mailbox, login, password, count, address):
    warnings.simplefilter("ignore")
    config = Configuration(
        service_endpoint=url, credentials=Credentials(login, password), auth_type=NTLM, version=Version(EXCHANGE_2010_SP2)
    )
    account = Account(mailbox, config=config, autodiscover=False, access_type=DELEGATE)
    folder = DistinguishedFolderId(id="calendar", mailbox=Mailbox(email_address=address))
    for n in range(WARM_UP + int(count)):
        if n == WARM_UP:
            cpu, wall = time.process_time(), time.perf_counter()
        found = SingleFolderQuerySet(account=account, folder=folder).resolve()
        if isinstance(found, Exception) or not found.effective_rights.read:
            raise SystemExit(f"exchangelib: {found!r}")
    used = {"requests": int(count), "cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
    print(json.dumps({**used, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}))


if __name__ == "__main__":
    main(*sys.argv[1:])
