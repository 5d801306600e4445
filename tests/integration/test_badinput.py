"""What nobody should send: each gets a clear answer and the right status, and loses nothing."""

import re

from lab import PASSWORD, Browser, Lab, Tap, fcgi_params, fcgi_request, fcgi_talk, run, status_of

FORM = {"CONTENT_TYPE": "application/x-www-form-urlencoded"}


def raw(lab, path, method="GET", body=b"", **more):
    params = fcgi_params(path, method, length=len(body) if body else None, **more)
    return fcgi_talk(lab.socket, fcgi_request(params, body))


def paths(tap, lab):
    for path in (
        "/%2e%2e/etc/passwd", "/../etc/passwd", "/overview/..", "/a%2fb", "/%00", "/a%0d%0aX: y", "//evil.example",
        "/\\evil", "/%ff%fe", "/%c0%ae%c0%ae", "/%zz", "overview", "", "/a//b", "/\x01",
    ):
        answer = raw(lab, path)
        tap.ok(status_of(answer) in (400, 404), f"path {path!r} is refused", answer[:200])
        tap.ok(b"X: y" not in answer.split(b"\r\n\r\n")[0], f"path {path!r} makes no header")


def queries(tap, lab):
    for query in ("next=%ff", "next=%00", "next=a&next=b", "next=%zz", "a=1&" * 200):
        tap.same(status_of(raw(lab, "/signin?" + query)), 400, f"query {query[:20]!r} is malformed")
    for where in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/%0d%0aX:y"):
        page = raw(lab, "/signin?next=" + where.replace(":", "%3a").replace("/", "%2f").replace("\\", "%5c"))
        tap.ok(b"evil.example" not in page and b"javascript:" not in page, f"next={where} goes nowhere", page[-600:])


def cookies(tap, lab):
    for cookie in ("latchkey=", "latchkey=zz", "latchkey=" + "0" * 64, "latchkey=" + "a" * 3000, ";;;=;=", "\x01=\x02",
                   "latchkey=" + "0" * 64 + "; latchkey=" + "1" * 64, "a=b; " * 300, "latchkey=\xff\xfe"):
        answer = raw(lab, "/overview", HTTP_COOKIE=cookie.encode("latin-1"))
        tap.ok(status_of(answer) in (303, 400), f"cookie {cookie[:20]!r} is nobody's", answer[:200])


def bodies(tap, lab):
    browser = Browser(lab)
    token = browser.get("/signin").csrf()
    cookie = "; ".join(f"{k}={v}" for k, v in browser.cookies.items())
    head = {**FORM, "HTTP_COOKIE": cookie, "HTTP_ORIGIN": lab.url}

    def post(body, **more):
        return raw(lab, "/signin", "POST", body, **{**head, **more})

    csrf = b"csrf=" + token.encode()
    mail = b"&email=a%40example.com"
    word = b"&password=wrong+wrong+wrong"
    tap.same(status_of(post(csrf + mail + word)), 403, "a wrong password: the form again")
    for name, body, want in (
        ("invalid UTF-8", csrf + b"&email=%ff%fe" + word, (400, 422)),
        ("a NUL", csrf + b"&email=a%00b" + word, (400, 422)),
        ("a control character", csrf + b"&email=a%01%40example.com" + word, (422,)),
        ("a line break in a line", csrf + b"&email=a%40example.com%0d%0aBcc:x" + word, (422,)),
        ("a field twice", csrf + mail + mail + word, (400,)),
        ("the token twice", csrf + b"&" + csrf + mail + word, (400, 403)),
        ("a bad escape", csrf + b"&email=%4" + word, (400,)),
        ("a field too long", csrf + b"&email=" + b"a" * 300 + b"%40example.com" + word, (422,)),
        ("no such field", csrf + mail + word + b"&role=admin", (403,)),
        ("two hundred fields", csrf + b"&x=1" * 200, (400,)),
        ("nothing", b"x", (403,)),
    ):
        answer = post(body)
        tap.ok(status_of(answer) in want, f"{name}: {want}", answer[:300])
        tap.ok(b"wrong wrong wrong" not in answer, f"{name}: no password comes back")
    kept = post(csrf + b"&email=typed%40example.com&password=x").decode()
    tap.ok('value="typed@example.com"' in kept, "what was typed is kept", kept[-2000:])
    hostile = post(csrf + b"&email=%22%3E%3Cscript%3E" + word).decode()
    tap.ok("<script>" not in hostile.replace('<script src=', ''), "and escaped")

    multi = {"CONTENT_TYPE": "multipart/form-data; boundary=XX"}
    part = b'--XX\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
    whole = part % (b"csrf", token.encode()) + part % (b"email", b"a@example.com") + part % (b"password", b"wrong wrong wrong")
    tap.same(status_of(post(whole + b"--XX--\r\n", **multi)), 403, "multipart is read, too")
    for name, body, kind in (
        ("no end", whole, "multipart/form-data; boundary=XX"),
        ("no boundary", whole + b"--XX--\r\n", "multipart/form-data"),
        ("a long boundary", whole, "multipart/form-data; boundary=" + "X" * 200),
        ("a part without a name", b"--XX\r\n\r\nx\r\n--XX--\r\n", "multipart/form-data; boundary=XX"),
        ("no part at all", b"--XX--\r\n", "multipart/form-data; boundary=XX"),
    ):
        answer = post(body, CONTENT_TYPE=kind)
        tap.ok(status_of(answer) in (400, 403), f"multipart with {name} is refused", answer[:200])


def tokens(tap, lab, admin):
    page = admin.get("/me")
    old = page.csrf()
    admin.confirm()
    answer = admin.post("/me/theme", {"theme": "dark", "csrf": old})
    tap.same(answer.status, 403, "a form token ends with its session's secret")
    stale = Browser(lab)
    stale.cookies = dict(admin.cookies)
    admin.get("/me")
    admin.post("/signout")
    tap.same(stale.get("/overview", follow=False).status, 303, "a copied cookie ends at sign-out")


def links(tap, lab, admin):
    admin.get("/settings/invite")
    made = admin.post("/settings/invite", {"email": "once@example.com", "name": "O", "role": "member"}, follow=True)
    link = re.search(r"/link/[0-9a-f]{64}", made.text).group(0)
    for _ in range(3):
        tap.same(Browser(lab).get(link).status, 200, "looking at a link does not use it")
    first, second = Browser(lab), Browser(lab)
    tap.same(first.accept(link, "Once").status, 200, "a link works once")
    page = second.get(link)
    tap.ok(page.status == 410, "and not twice", page)
    forced = second.post("/link", {"token": link[6:], "name": "X", "password": PASSWORD, "again": PASSWORD, "csrf": second.get("/signin").csrf()})
    tap.same(forced.status, 410, "not even by a form kept from before")
    admin.get("/settings/invite")
    made = admin.post("/settings/invite", {"email": "late@example.com", "name": "L", "role": "member"}, follow=True)
    link = re.search(r"/link/[0-9a-f]{64}", made.text).group(0)
    lab.sql("UPDATE invitation SET expires = 1 WHERE used = 0 OR used IS NULL")
    tap.same(Browser(lab).get(link).status, 410, "an expired link is gone")


def rates(tap, lab):
    nobody = Browser(lab)
    nobody.get("/signin")
    seen = [nobody.post("/signin", {"email": "guess@example.com", "password": f"wrong wrong {i}"}, nobody.get("/signin")).status for i in range(14)]
    tap.ok(seen[0] == 403 and seen[-1] == 429, "many wrong passwords slow down", seen)
    tap.same(lab.sql("SELECT count(*) FROM audit WHERE action = 'signin.slowed'")[0][0] > 0, True, "which is in the audit log")


def everything(tap):
    with Lab() as lab:
        admin = lab.up()
        paths(tap, lab)
        queries(tap, lab)
        cookies(tap, lab)
        bodies(tap, lab)
        links(tap, lab, admin)
        tokens(tap, lab, admin)
        rates(tap, lab)
        log = lab.log("portal")
        tap.ok("AddressSanitizer" not in log and "runtime error" not in log, "the sanitizers saw nothing", log[-3000:])
        tap.ok("wrong wrong" not in log and PASSWORD not in log, "no password is in the log")


if __name__ == "__main__":
    run(Tap(), everything)
