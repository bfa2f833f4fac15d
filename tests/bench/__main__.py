"""`make bench`: the portal beside bare Flask, in one run on this machine. Prints a Markdown table.

Ratios carry over to another machine, requests per second do not. The load generator shares the cores with
the server, so processor time per request is the steadiest figure.
"""

import argparse
import os
import platform
import sqlite3
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from sqlalchemy import event

from config import Environment, from_environment
from portal import create_app
from portal.core.database import db, transaction
from tests.bench import city, client, data
from tests.bench.client import Load, request
from tests.bench.server import ROOT, Server

HELLO, MEMORY, INSERT = (
    "bare Flask: hello",
    "Flask + Jinja: 30 KB from memory",
    "one raw insert (SQLite, FULL)",
)


@dataclass(frozen=True, slots=True)
class Line:
    """One measurement."""

    name: str
    load: Load
    cpu: float  # ms a request
    queries: int | None
    beside: str  # name of what it is compared with


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(prog="make bench ARGS=...", description=__doc__)
    options.add_argument("--submissions", type=int, default=100_000)
    options.add_argument("--programs", type=int, default=2_000)
    options.add_argument("--packages", type=int, default=500)
    options.add_argument("--seconds", type=float, default=3.0, help="per measurement")
    chosen = options.parse_args()
    folder = ROOT / "var" / "bench"
    env = data.environment(folder)
    data.prepare(folder, chosen.submissions, env)
    app = create_app(from_environment(Environment({**os.environ, **env})))
    with app.app_context(), transaction():
        city.fill(chosen.programs, chosen.packages)
    with app.app_context(), tempfile.TemporaryDirectory() as scratch:
        bench = Bench(app, env, chosen.seconds, Path(scratch))
        bench.run()
    print(bench.table(chosen.submissions))


class Bench:
    """One run."""

    def __init__(self, app: Flask, env: dict[str, str], seconds: float, scratch: Path) -> None:
        self._app = app
        self._env = env
        self._seconds = seconds
        self._scratch = scratch
        self._log = ROOT / "var" / "bench" / "server.log"
        self._lines: list[Line] = []
        self._memory = self._cold_start = 0.0
        self._plain_memory = self._plain_start = 0.0

    def run(self) -> None:
        """Measure the yardsticks, then the site without and with its page cache."""
        subjects = data.Subjects(self._app)
        self._plain()
        cookie, references = subjects.staff_cookie()
        cases = [f"/k/{reference}" for reference in references]
        busy, rare = f"/k/{subjects.busy}", f"/kiriman?q={subjects.rare_word}"
        wards = [f"/kiriman?kelurahan=12.73.0{district}.1001" for district in (1, 2, 3, 4)]

        site = Server("wsgi:app", "/cara-kerja", self._log, **self._env, PAGE_CACHE_MB="0")
        try:
            self._get(site, "front page, fresh", ["/"], MEMORY)
            self._get(site, "list of 20, fresh", ["/kiriman"], MEMORY)
            self._get(site, "list filtered by ward, fresh", wards, MEMORY)
            self._get(site, "case, fresh", cases, MEMORY)
            self._get(site, "case with 50 exchanged messages, fresh", [busy], MEMORY)
            self._get(site, "search for a common word, fresh", ["/kiriman?q=jalan"], MEMORY)
            self._get(site, "search for a rare word, fresh", [rare], MEMORY)
            self._city(site, subjects)
            self._get(site, "desk: board of the leaders", ["/meja/pimpinan"], MEMORY, cookie)
            self._get(site, "desk: queue", ["/meja"], MEMORY, cookie)
            narrowed = "jenis=idea&status=answered,done&kelurahan=12.73.03.1002,laut&urut=dukungan"
            self._get(site, "desk: filtered, by supports", [f"/meja/antrean/all?{narrowed}"], MEMORY, cookie)
            self._get(site, "desk: case", [f"/meja{case}" for case in cases[:200]], MEMORY, cookie)
            self._send(site, subjects)
            self._memory = site.memory()
        finally:
            site.stop()

        site = Server("wsgi:app", "/cara-kerja", self._log, **self._env)
        self._cold_start = site.cold_start
        try:
            self._get(site, "list of 20, cached", ["/kiriman"], HELLO)
            self._get(site, "case, cached", cases[:20], HELLO)
            self._get(site, "figures of a month, cached", ["/keterbukaan"], HELLO)
            self._memory = max(self._memory, site.memory())
        finally:
            site.stop()

    def _city(self, site: Server, subjects: data.Subjects) -> None:
        tours = [f"/jelajah/{reference}" for reference in subjects.packages]
        self._get(site, "catalogue, fresh", ["/jelajah"], MEMORY)
        self._get(
            site, "catalogue, filtered, fresh", ["/jelajah?jenis=marine&bulan=7&akses=kursi-roda"], MEMORY
        )
        self._get(site, "package, fresh", tours, MEMORY)
        self._get(site, "list of programs, fresh", ["/program"], MEMORY)
        self._get(site, "program, fresh", [f"/program/{code}" for code in subjects.programs], MEMORY)
        self._get(site, "figures of a month, fresh", ["/keterbukaan"], MEMORY)
        self._get(site, "figures by ward, fresh", ["/keterbukaan?menurut=kelurahan"], MEMORY)

    def _plain(self) -> None:
        database = self._scratch / "plain.db"
        with sqlite3.connect(database) as connection:
            connection.execute("CREATE TABLE plain (id INTEGER PRIMARY KEY, body TEXT)")
        connection.close()
        plain = Server("tests.bench.plain:app", "/hello", self._log, PLAIN_DATABASE=str(database))
        try:
            self._measure(plain, HELLO, [request("GET", "/hello")], None, HELLO)
            self._measure(plain, MEMORY, [request("GET", "/list")], None, HELLO)
            body = b"body=Lampu+jalan+di+depan+pasar+padam+sejak+Senin+malam."
            self._measure(plain, INSERT, [request("POST", "/insert", body=body)], None, HELLO)
            self._plain_memory, self._plain_start = plain.memory(), plain.cold_start
        finally:
            plain.stop()

    def _get(self, site: Server, name: str, paths: Sequence[str], beside: str, cookie: str = "") -> None:
        requests = [request("GET", path, cookie=cookie) for path in paths]
        self._measure(site, name, requests, self._queries(paths[0], cookie), beside)

    def _send(self, site: Server, subjects: data.Subjects) -> None:
        requests = subjects.sendings(int(400 * self._seconds))
        self._measure(site, "send a submission (last POST)", requests, None, INSERT, once=True)

    def _measure(
        self,
        server: Server,
        name: str,
        requests: Sequence[bytes],
        queries: int | None,
        beside: str,
        *,
        once: bool = False,
    ) -> None:
        print(f"measuring: {name}", file=sys.stderr)
        if not once:
            client.run(server.port, requests, 0.7)  # warm up
        before = server.cpu()
        load = client.run(server.port, requests, self._seconds, once=once)
        cpu = (server.cpu() - before) * 1000 / max(1, load.count)
        unwanted = {status: count for status, count in load.statuses.items() if status not in (200, 303)}
        if unwanted or not load.count:
            raise SystemExit(f"{name}: answers {load.statuses}")
        self._lines.append(Line(name, load, cpu, queries, beside))

    def _queries(self, path: str, cookie: str) -> int:
        """Count the statements behind a page that is not kept, in this process, at its second time."""
        count = 0

        def seen(*_args: object) -> None:
            nonlocal count
            count += 1

        self._app.extensions["pages"].limit = 0
        visitor = self._app.test_client(use_cookies=False)
        headers = {"Cookie": cookie} if cookie else {}
        visitor.get(path, headers=headers)
        event.listen(db.engine, "before_cursor_execute", seen)
        try:
            visitor.get(path, headers=headers)
        finally:
            event.remove(db.engine, "before_cursor_execute", seen)
        return count

    def table(self, submissions: int) -> str:
        """Return the measurements as a Markdown table."""
        rates = {line.name: line.load.rate for line in self._lines}
        engine = db_name(self._env["DATABASE_URL"])
        rows = [
            f"{submissions:,} submissions on {engine}, {os.cpu_count()} cores,"
            f" Python {platform.python_version()}, gunicorn with 2 workers,"
            f" {client.PROCESSES * client.CONNECTIONS} connections, {self._seconds:g} s each",
            "",
            "| what | req/s | of | ratio | CPU ms | p50 ms | p99 ms | KB | queries |",
            "|---|--:|---|--:|--:|--:|--:|--:|--:|",
        ]
        short = {HELLO: "hello", MEMORY: "memory", INSERT: "insert"}
        for line in self._lines:
            load = line.load
            ratio = load.rate / rates[line.beside] if rates.get(line.beside) else 0
            queries = "" if line.queries is None else str(line.queries)
            rows.append(
                f"| {line.name} | {load.rate:,.0f} | {short[line.beside]} | {ratio:.2f} | {line.cpu:.2f} |"
                f" {load.percentile(0.5):.1f} | {load.percentile(0.99):.1f} | {load.size / 1000:.1f} |"
                f" {queries} |"
            )
        rows += [
            "",
            f"Worker memory {self._memory:.0f} MB (bare Flask {self._plain_memory:.0f} MB),"
            f" cold start {self._cold_start:.1f} s (bare Flask {self._plain_start:.1f} s)."
            " Beside the queries counted, a public page reads the page version once.",
        ]
        return "\n".join(rows)


def db_name(url: str) -> str:
    """Return how people call the engine of an address."""
    return "SQLite" if url.startswith("sqlite") else "PostgreSQL"


if __name__ == "__main__":
    main()
