"""Where things stand on the map: what may be shown how exactly, and a sketch that needs no tiles."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Protocol

from portal.models.kinds import IdentityMode

#: (latitude, longitude) in degrees, WGS84.
Spot = tuple[float, float]

#: Digits behind the point that everybody may read: about 11 metres.
DIGITS = 4
#: What stands at its ward's point is strewn this far around it at most, in degrees (about 170 metres).
SPREAD = 0.0015


class Placed(Protocol):
    """What these rules need to know of a submission."""

    @property
    def latitude(self) -> float | None: ...
    @property
    def longitude(self) -> float | None: ...
    @property
    def identity_mode(self) -> IdentityMode: ...


def public_spot(case: Placed) -> Spot | None:
    """Return the point that everybody may see of a case whose text is open, or None.

    The point of a shielded reporter may be a doorstep: it stays with those who handle the case.
    """
    if case.identity_mode is IdentityMode.SHIELDED or case.latitude is None or case.longitude is None:
        return None
    return round(case.latitude, DIGITS), round(case.longitude, DIGITS)


def strewn(key: str, around: Spot) -> Spot:
    """Return a spot near `around`, always the same for the same key, so that many do not lie on one."""
    digest = blake2b(key.encode(), digest_size=8).digest()
    angle = int.from_bytes(digest[:4]) / 2**32 * math.tau
    far = SPREAD * math.sqrt(int.from_bytes(digest[4:]) / 2**32)
    return (
        round(around[0] + far * math.sin(angle), DIGITS),
        round(around[1] + far * math.cos(angle), DIGITS),
    )


# --- the sketch ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Frame:
    """A box of degrees drawn into `width` x `height` units, north up, both ways to the same scale."""

    south: float
    west: float
    north: float
    east: float
    width: int
    height: int

    @classmethod
    def around(cls, spots: Iterable[Spot], width: int, height: int, margin: int = 24) -> "Frame":
        """Return the frame that holds all spots with a margin around them, in units."""
        known = list(spots) or [(0.0, 0.0)]
        south, north = min(one[0] for one in known), max(one[0] for one in known)
        west, east = min(one[1] for one in known), max(one[1] for one in known)
        across, up = max(east - west, 0.002), max(north - south, 0.002)
        scale = min((width - 2 * margin) / across, (height - 2 * margin) / up)  # units a degree
        middle, centre = (south + north) / 2, (west + east) / 2
        half_up, half_across = height / scale / 2, width / scale / 2
        return cls(
            middle - half_up, centre - half_across, middle + half_up, centre + half_across, width, height
        )

    def draw(self, spot: Spot) -> tuple[float, float]:
        """Return (x, y) of a spot. Near the equator a degree is as long both ways."""
        x = (spot[1] - self.west) / (self.east - self.west) * self.width
        y = (self.north - spot[0]) / (self.north - self.south) * self.height
        return round(x, 1), round(y, 1)

    def path(self, spots: Sequence[Spot], *, closed: bool = False) -> str:
        """Return the `d` of an SVG path through the spots."""
        drawn = " ".join(f"{x:g} {y:g}" for x, y in map(self.draw, spots))
        return f"M{drawn}{'Z' if closed else ''}" if drawn else ""


def apart(spots: Sequence[tuple[float, float]], least: float, rounds: int = 60) -> list[tuple[float, float]]:
    """Push drawn spots away from each other until each pair is `least` units apart, or nearly so."""
    moved = [list(spot) for spot in spots]
    for _ in range(rounds):
        still = True
        for first in range(len(moved)):
            for second in range(first + 1, len(moved)):
                one, other = moved[first], moved[second]
                # two on the same spot part along an angle of their own
                x, y = other[0] - one[0], other[1] - one[1]
                distance = math.hypot(x, y)
                if distance >= least:
                    continue
                if distance < 0.01:
                    x, y, distance = math.cos(second), math.sin(second), 1.0
                    distance_now = 0.0
                else:
                    distance_now = distance
                push = (least - distance_now) / 2 / distance
                one[0], one[1] = one[0] - x * push, one[1] - y * push
                other[0], other[1] = other[0] + x * push, other[1] + y * push
                still = False
        if still:
            break
    return [(round(x, 1), round(y, 1)) for x, y in moved]
