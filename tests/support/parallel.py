"""Many at once: threads with a session and a transaction of their own, doing the same at one moment."""

import threading
from collections import Counter
from collections.abc import Callable

from flask import Flask

from portal.core.database import transaction

MANY = 20


def at_once(app: Flask, act: Callable[[int], str], many: int = MANY) -> Counter[str]:
    """Let threads call `act` with their number; return how often each answer (or error) came."""
    results: list[str] = []
    gate = threading.Barrier(many)

    def run(number: int) -> None:
        with app.app_context():
            gate.wait()
            try:
                with transaction():
                    answer = act(number)
                results.append(answer)
            except Exception as error:
                results.append(type(error).__name__)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(results)
