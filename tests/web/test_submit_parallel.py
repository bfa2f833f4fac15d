"""Twenty presses at once, over real connections and two server processes."""

from concurrent.futures import ThreadPoolExecutor
from http.cookiejar import CookieJar
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

from portal.core.database import db
from portal.models import Event, OutboxMessage, Submission


def test_twenty_presses_at_once_make_one_case_and_one_receipt(start_server):
    server = start_server(WEB_WORKERS="2", LIMIT_SUBMIT_PER_ADDRESS="3/hour", WORKER="apart")
    headers = {"Sec-Fetch-Site": "same-origin"}

    def post(path: str, values: dict[str, str], jar: CookieJar) -> str:
        request = Request(server.url + path, urlencode(values).encode(), headers)
        with build_opener(HTTPCookieProcessor(jar)).open(request, timeout=30) as answer:
            page: str = answer.read().decode()
        return page

    jar = CookieJar()
    post("/kirim/1", {"kind": "problem", "text": "Lampu dermaga mati sejak Senin."}, jar)
    post("/kirim/2", {"ward": "unknown"}, jar)
    cookies = list(jar)

    def press(_number: int) -> tuple[str, ...]:
        own = CookieJar()
        for cookie in cookies:
            own.set_cookie(cookie)
        page = post("/kirim/3", {"identity": "hidden", "email": "ani@contoh.id"}, own)
        return tuple(part.split("<")[0] for part in page.split('class="reference">')[1:])

    with ThreadPoolExecutor(20) as threads:
        receipts = set(threads.map(press, range(20)))
    assert len(receipts) == 1
    assert len(receipts.pop()) == 2
    with server.arrange():
        for table in (Submission, Event, OutboxMessage):
            assert db.session.query(table).count() == 1
