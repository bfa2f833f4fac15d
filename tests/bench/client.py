"""A load generator: some connections kept alive in each of a few processes, for a bounded time."""

import multiprocessing
import selectors
import socket
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle

#: Two processes keep more than two cores of server busy; they share the machine with it.
PROCESSES = 2
CONNECTIONS = 8  # in each process


@dataclass(frozen=True, slots=True)
class Load:
    """What came back: answers by status, seconds, latencies (ms, sorted), bytes of the largest."""

    statuses: dict[int, int]
    seconds: float
    latencies: list[float]
    size: int

    @property
    def count(self) -> int:
        """Return the number of answers."""
        return sum(self.statuses.values())

    @property
    def rate(self) -> float:
        """Return answers a second."""
        return self.count / self.seconds if self.seconds else 0.0

    def percentile(self, part: float) -> float:
        """Return the latency (ms) that this part of the answers stayed under."""
        return self.latencies[min(len(self.latencies) - 1, int(part * len(self.latencies)))]


def request(method: str, path: str, *, cookie: str = "", body: bytes = b"") -> bytes:
    """Return a whole request as a browser would send it."""
    head = [
        f"{method} {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "Accept-Encoding: gzip, br",
        "Connection: keep-alive",
    ]
    if cookie:
        head.append(f"Cookie: {cookie}")
    if method == "POST":
        head += [
            "Sec-Fetch-Site: same-origin",
            "Content-Type: application/x-www-form-urlencoded",
            f"Content-Length: {len(body)}",
        ]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def run(port: int, requests: Sequence[bytes], seconds: float, *, once: bool = False) -> Load:
    """Send requests in turn for some seconds (with `once`, each a single time and no longer than that)."""
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        shares = [
            (port, requests[n::PROCESSES] if once else requests, seconds, once) for n in range(PROCESSES)
        ]
        pool.map(_nothing, range(PROCESSES))  # started before the clock runs
        parts = pool.starmap(_drive, shares)
    statuses: Counter[int] = Counter()
    for part in parts:
        statuses.update(part.statuses)
    return Load(
        dict(statuses),
        max(part.seconds for part in parts),
        sorted(latency for part in parts for latency in part.latencies),
        max(part.size for part in parts),
    )


def _nothing(_number: int) -> None:
    """Do nothing, in a process that is thereby started."""


def _drive(port: int, requests: Sequence[bytes], seconds: float, once: bool) -> Load:
    waiting = iter(requests) if once else cycle(requests)
    chooser = selectors.DefaultSelector()
    statuses: Counter[int] = Counter()
    latencies: list[float] = []
    size = 0
    begun = time.perf_counter()
    until = begun + seconds

    def begin(connection: "_Connection") -> None:
        following = next(waiting, None) if time.perf_counter() < until else None
        if following is None:
            chooser.unregister(connection.socket)
            connection.socket.close()
            return
        connection.send(following)

    for _ in range(CONNECTIONS):
        connection = _Connection(port)
        chooser.register(connection.socket, selectors.EVENT_READ, connection)
        begin(connection)
    while chooser.get_map() and time.perf_counter() < until + 10:
        for key, _ in chooser.select(timeout=1):
            answered: _Connection = key.data
            status = answered.receive()
            if status is None:
                continue
            latencies.append((time.perf_counter() - answered.sent_at) * 1000)
            statuses[status] += 1
            size = max(size, answered.size)
            if answered.closed:
                chooser.unregister(answered.socket)
                answered.open()
                chooser.register(answered.socket, selectors.EVENT_READ, answered)
            begin(answered)
    return Load(dict(statuses), time.perf_counter() - begun, latencies, size)


class _Connection:
    """One connection kept alive; `receive` returns the status once an answer is whole."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.open()

    def open(self) -> None:
        """Connect (anew)."""
        self.socket = socket.create_connection(("127.0.0.1", self._port), timeout=10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.closed = False

    def send(self, request: bytes) -> None:
        """Send a request and start its clock."""
        self._received = b""
        self._wanted = -1
        self.size = 0
        self.sent_at = time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> int | None:
        """Read what is there."""
        piece = self.socket.recv(262_144)
        if not piece:
            raise ConnectionError("the server closed a connection in the middle of an answer")
        self._received += piece
        if self._wanted < 0:
            end = self._received.find(b"\r\n\r\n")
            if end < 0:
                return None
            head = self._received[:end].lower()
            self.closed = b"connection: close" in head
            place = head.find(b"content-length:")
            length = 0 if place < 0 else int(head[place + 15 :].split(b"\r\n", 1)[0])
            self._wanted = end + 4 + length
        if len(self._received) < self._wanted:
            return None
        self.size = self._wanted
        return int(self._received[9:12])
