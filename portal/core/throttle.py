"""Rate limits. Counters live in memory or Redis, so a refused request still counts."""

import math
import time

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from limits import parse

limiter = Limiter(key_func=get_remote_address, default_limits=[])


def init_throttle(app: Flask) -> None:
    """Attach the limiter without its look at every request: views count by hand, as a repeat is free."""
    limiter.init_app(app)
    app.before_request_funcs[None].remove(limiter._check_request_limit)


def hit(limit: str, *key: str, cost: int = 1) -> bool:
    """Count a use of `key` and tell whether it is still within `limit` (such as "10/hour")."""
    return limiter.limiter.hit(parse(limit), *key, cost=cost)


def within(limit: str, *key: str) -> bool:
    """Tell whether another use of `key` would still be within `limit`, without counting."""
    return limiter.limiter.test(parse(limit), *key)


def seconds_left(limit: str, *key: str) -> int:
    """Return the seconds (at least 1) until the present window of `key` ends."""
    stats = limiter.limiter.get_window_stats(parse(limit), *key)
    return max(1, math.ceil(stats.reset_time - time.time()))
