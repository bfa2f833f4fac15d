"""Photos for the demonstration, drawn: flat scenes of the bay in the city's colours, and nobody's face."""

import io
from collections.abc import Callable

from PIL import Image, ImageDraw

from portal.core.images import PreparedImage, prepare
from portal.core.storage import Storage, new_key
from portal.services.attachments import StoredFile

_SIZE = (1200, 900)
#: Scenes of one motif differ in light and place.
_VARIANTS = 2

_SKY = ("#dcebea", "#f7e7cf")
_SEA, _SEA_DARK = "#2f7f86", "#1f646c"
_HILL, _HILL_FAR = "#4f8064", "#86a892"
_SAND, _ROAD, _STONE, _WOOD = "#e6d4ae", "#6b6f73", "#a9aca8", "#8a5a37"
_RED, _GOLD, _INK, _WHITE = "#b3392f", "#e0a526", "#22343a", "#fbf8f1"

_Draw = ImageDraw.ImageDraw


class Pictures:
    """Draws a motif when it is first asked for, and stores a copy for each place it hangs in."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._prepared: dict[tuple[str, int], PreparedImage] = {}
        self._keys: list[str] = []
        self.count = 0

    def photo(self, motif: str) -> StoredFile:
        """Store a photo of a motif, the next of its variants."""
        variant = self.count % _VARIANTS
        self.count += 1
        image = self._prepared.get((motif, variant))
        if image is None:
            image = self._prepared[motif, variant] = prepare(draw(motif, variant))
        stored = StoredFile(
            new_key(image.extension),
            new_key(image.extension),
            image.mime,
            len(image.data),
            image.width,
            image.height,
            image.sha256,
            f"{motif}.jpg",
        )
        for key, data in ((stored.storage_key, image.data), (stored.thumbnail_key, image.thumbnail)):
            self.store(key, data, image.mime)
        return stored

    def store(self, key: str, data: bytes, mime: str) -> None:
        """Store a file that goes with the pictures if the replay fails."""
        self._storage.put(key, data, mime)
        self._keys.append(key)

    def discard(self) -> None:
        """Remove what was stored: the replay did not come to its end."""
        for key in self._keys:
            self._storage.delete(key)


def draw(motif: str, variant: int) -> bytes:
    """Return a PNG of a motif; an unknown one shows the bay."""
    picture = Image.new("RGB", _SIZE, _SKY[variant])
    pen = ImageDraw.Draw(picture)
    _sun(pen, variant)
    _SCENES.get(motif, _bay)(pen, variant)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def _sun(pen: _Draw, variant: int) -> None:
    x = 930 - 640 * variant
    pen.ellipse((x, 90, x + 120, 210), fill=_GOLD)


def _hills(pen: _Draw, level: float) -> None:
    pen.polygon(
        [(0, level), (0, 330), (210, 250), (470, 360), (760, 270), (1010, 350), (1200, 290), (1200, level)],
        fill=_HILL_FAR,
    )
    pen.polygon([(0, level), (0, 420), (160, 370), (380, 450), (560, level)], fill=_HILL)
    pen.polygon([(820, level), (990, 410), (1200, 380), (1200, level)], fill=_HILL)


def _sea(pen: _Draw, level: float, bottom: float = 900) -> None:
    pen.rectangle((0, level, 1200, bottom), fill=_SEA)
    for row, y in enumerate(range(int(level) + 26, int(bottom), 44)):
        for x in range(-60 + 70 * (row % 2), 1200, 150):
            pen.line((x, y, x + 64, y), fill=_SEA_DARK, width=5)


def _bay(pen: _Draw, variant: int) -> None:
    _hills(pen, 480)
    _sea(pen, 480)
    _boat(pen, 300 + 320 * variant, 640, 1.0)


def _boat(pen: _Draw, x: float, y: float, size: float) -> None:
    def at(*points: tuple[float, float]) -> list[tuple[float, float]]:
        return [(x + px * size, y + py * size) for px, py in points]

    pen.polygon(at((0, 0), (360, 0), (400, -40), (330, 78), (50, 78), (-30, -30)), fill=_RED)
    pen.polygon(at((4, 8), (356, 8), (350, 26), (12, 26)), fill=_WHITE)
    pen.polygon(at((90, 0), (90, -96), (250, -96), (270, 0)), fill=_WHITE)
    pen.polygon(at((76, -96), (264, -96), (256, -120), (84, -120)), fill=_GOLD)
    pen.line(at((180, -120), (180, -230)), fill=_INK, width=max(3, int(7 * size)))
    pen.polygon(at((184, -226), (264, -200), (184, -176)), fill=_RED)


def _jetty(pen: _Draw, variant: int) -> None:
    _hills(pen, 430)
    _sea(pen, 430)
    left = 380 - 60 * variant
    pen.polygon([(left, 900), (left + 460, 900), (640, 470), (560, 470)], fill=_WOOD)
    for step in range(9):
        y = 480 + step * step * 6
        pen.line(
            (left + (560 - left) * (900 - y) / 430, y, left + 460 + (640 - left - 460) * (900 - y) / 430, y),
            fill=_INK,
            width=3,
        )
    pen.polygon([(left + 190, 812), (left + 280, 806), (left + 268, 842), (left + 178, 848)], fill=_SEA_DARK)
    for y, reach in ((540, 60), (640, 110), (780, 190)):
        pen.rectangle((560 - reach - 16, y - 70, 560 - reach, y + 30), fill=_INK)
        pen.rectangle((640 + reach, y - 70, 640 + reach + 16, y + 30), fill=_INK)
    _boat(pen, 820, 640, 0.7)


def _street(pen: _Draw) -> None:
    pen.rectangle((0, 470, 1200, 900), fill=_SAND)
    for x, colour in ((40, _GOLD), (250, _WHITE), (800, _RED), (1000, _WHITE)):
        pen.rectangle((x, 330, x + 170, 560), fill=colour)
        pen.polygon([(x - 20, 330), (x + 190, 330), (x + 150, 260), (x + 20, 260)], fill=_INK)
        pen.rectangle((x + 24, 380, x + 74, 430), fill=_SEA)
        pen.rectangle((x + 100, 440, x + 146, 560), fill=_WOOD)
    pen.polygon([(120, 900), (1080, 900), (690, 500), (510, 500)], fill=_ROAD)
    for y, length in ((560, 26), (640, 44), (750, 70)):
        pen.rectangle((594, y, 606, y + length), fill=_WHITE)


def _road(pen: _Draw, variant: int) -> None:
    _hills(pen, 470)
    _street(pen)
    x = 420 + 230 * variant
    pen.ellipse((x, 720, x + 210, 800), fill=_INK)
    pen.ellipse((x + 26, 734, x + 186, 790), fill="#4a4d50")
    pen.ellipse((x + 150, 640, x + 250, 676), fill="#4a4d50")


def _flood(pen: _Draw, variant: int) -> None:
    _hills(pen, 470)
    _street(pen)
    pen.rectangle((0, 610, 1200, 900), fill="#8fb2ab")
    for row, y in enumerate(range(640, 900, 50)):
        for x in range(60 * (row % 2), 1200, 190):
            pen.line((x, y, x + 90, y), fill=_WHITE, width=5)
    x = 360 + 300 * variant
    pen.ellipse((x, 690, x + 80, 770), outline=_INK, width=12)
    pen.ellipse((x + 170, 690, x + 250, 770), outline=_INK, width=12)
    pen.line((x + 40, 730, x + 120, 660, x + 210, 730, x + 110, 730, x + 40, 730), fill=_RED, width=12)


def _rubbish(pen: _Draw, variant: int) -> None:
    _hills(pen, 430)
    _sea(pen, 430, 640)
    pen.polygon([(0, 640), (1200, 600), (1200, 900), (0, 900)], fill=_SAND)
    for number in range(22):
        x, y = 90 + (number * 431 + 60 * variant) % 980, 670 + (number * 59) % 170
        colour = (_RED, _WHITE, _GOLD, _SEA, _STONE)[number % 5]
        if number % 3:
            pen.rounded_rectangle((x, y, x + 62, y + 34), 12, fill=colour)
        else:
            pen.polygon([(x, y + 56), (x + 20, y), (x + 56, y), (x + 78, y + 56)], fill=colour)


def _lamp(pen: _Draw, variant: int) -> None:
    pen.rectangle((0, 0, 1200, 900), fill="#1d3440")
    pen.ellipse((880, 80, 960, 160), fill=_SKY[1])
    pen.rectangle((0, 620, 1200, 900), fill="#2b4149")
    pen.polygon([(160, 900), (1040, 900), (660, 630), (540, 630)], fill="#3c4a50")
    for x, height, lit in ((210, 420, variant == 1), (420, 300, False), (960, 420, True)):
        top = 720 - height
        if lit:
            pen.polygon([(x + 80, top + 20), (x - 60, 740), (x + 220, 740)], fill="#6f6a45")
        pen.rectangle((x, top, x + 14, 740), fill=_STONE)
        pen.rectangle((x, top, x + 96, top + 12), fill=_STONE)
        pen.ellipse((x + 58, top + 8, x + 102, top + 38), fill=_GOLD if lit else "#55646a")


def _island(pen: _Draw, variant: int) -> None:
    _sea(pen, 430)
    x = 420 - 220 * variant
    pen.chord((x, 400, x + 560, 600), 180, 360, fill=_SAND)
    pen.polygon([(x + 90, 440), (x + 200, 300), (x + 330, 260), (x + 480, 440)], fill=_HILL)
    for palm in (x + 130, x + 430):
        pen.line((palm, 470, palm + 24, 330), fill=_WOOD, width=16)
        for dx, dy in ((-110, 20), (-80, -50), (20, -90), (120, -40), (130, 30)):
            pen.line((palm + 24, 330, palm + 24 + dx, 330 + dy), fill=_HILL, width=18)
    _boat(pen, 640 - 420 * variant, 720, 0.8)


def _ships(pen: _Draw, variant: int) -> None:
    _hills(pen, 450)
    _sea(pen, 450)
    _boat(pen, 110, 560, 0.55)
    _boat(pen, 700, 590, 0.7)
    _boat(pen, 320 - 120 * variant, 760, 1.2)


def _market(pen: _Draw, variant: int) -> None:
    pen.rectangle((0, 520, 1200, 900), fill=_STONE)
    for number, x in enumerate(range(40, 1160, 280)):
        colour = (_RED, _SEA, _GOLD, _HILL)[(number + variant) % 4]
        pen.rectangle((x + 8, 330, x + 20, 760), fill=_WOOD)
        pen.rectangle((x + 220, 330, x + 232, 760), fill=_WOOD)
        for stripe in range(6):
            fill = colour if stripe % 2 else _WHITE
            pen.polygon(
                [
                    (x + stripe * 40, 330),
                    (x + stripe * 40 + 40, 330),
                    (x + stripe * 40 + 34, 410),
                    (x + stripe * 40 - 6, 410),
                ],
                fill=fill,
            )
        pen.rectangle((x, 600, x + 240, 700), fill=_WOOD)
        for fish in range(5):
            left = x + 14 + fish * 44
            pen.ellipse((left, 572, left + 38, 604), fill=(_SEA_DARK, _RED, _GOLD)[fish % 3])
    pen.rectangle((0, 860, 1200, 900), fill=_ROAD)


def _school(pen: _Draw, variant: int) -> None:
    _hills(pen, 520)
    pen.rectangle((0, 520, 1200, 900), fill="#b9c48f")
    pen.rectangle((160, 380, 1040, 700), fill=_WHITE)
    pen.polygon([(110, 380), (1090, 380), (1000, 250), (200, 250)], fill=_RED)
    for x in range(220, 1000, 160):
        pen.rectangle((x, 450, x + 90, 560), fill=_SEA)
        pen.line((x + 45, 450, x + 45, 560), fill=_WHITE, width=6)
    pen.rectangle((560, 560, 640, 700), fill=_WOOD)
    x = 90 + 1000 * variant
    pen.rectangle((x, 300, x + 10, 780), fill=_INK)
    pen.rectangle((x + 10, 300, x + 110, 334), fill=_RED)
    pen.rectangle((x + 10, 334, x + 110, 368), fill=_WHITE)


def _park(pen: _Draw, variant: int) -> None:
    _hills(pen, 500)
    pen.rectangle((0, 500, 1200, 900), fill="#b9c48f")
    pen.polygon([(420, 900), (780, 900), (640, 510), (590, 510)], fill=_SAND)
    for x, y, size in ((150, 560, 1.2), (980, 580, 1.4), (330, 470, 0.8), (830, 470, 0.8)):
        pen.rectangle((x - 14 * size, y, x + 14 * size, y + 150 * size), fill=_WOOD)
        pen.ellipse((x - 110 * size, y - 150 * size, x + 110 * size, y + 50 * size), fill=_HILL)
    bench = 190 + 640 * variant
    pen.rectangle((bench, 760, bench + 210, 784), fill=_WOOD)
    pen.rectangle((bench, 700, bench + 210, 724), fill=_WOOD)
    for leg in (bench + 16, bench + 176):
        pen.rectangle((leg, 700, leg + 16, 836), fill=_INK)


_SCENES: dict[str, Callable[[_Draw, int], None]] = {
    "dermaga": _jetty,
    "jalan": _road,
    "banjir": _flood,
    "sampah": _rubbish,
    "lampu": _lamp,
    "wisata": _island,
    "kapal": _ships,
    "pasar": _market,
    "sekolah": _school,
    "taman": _park,
}
