"""Photos come out small, upright and bare; everything else is refused for a reason."""

import hashlib
import io
import os
import struct
import time
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from portal.core.images import MAX_OUTPUT_BYTES, prepare
from portal.core.uploads import (
    MAX_FILE_BYTES,
    Broken,
    EmptyFile,
    FileRefused,
    FileTooLarge,
    NotAnImage,
    TooManyPixels,
    UnsupportedType,
    kind_of,
    read_limited,
)


def encoded(picture: Image.Image, form: str = "JPEG", **options: object) -> bytes:
    target = io.BytesIO()
    picture.save(target, form, **options)
    return target.getvalue()


def half_red(width: int = 400, height: int = 200) -> Image.Image:
    """A picture whose left half is red, so that turning it shows."""
    picture = Image.new("RGB", (width, height), "blue")
    picture.paste("red", (0, 0, width // 2, height))
    return picture


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data), formats=["WEBP"])


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF"])
def test_photo_becomes_webp_with_a_thumbnail(form: str) -> None:
    prepared = prepare(encoded(half_red(2000, 1000), form))
    assert opened(prepared.data).size == (prepared.width, prepared.height) == (1600, 800)
    assert (
        opened(prepared.thumbnail).size == (prepared.thumbnail_width, prepared.thumbnail_height) == (480, 240)
    )
    assert prepared.sha256 == hashlib.sha256(prepared.data).hexdigest()
    assert len(prepared.data) <= MAX_OUTPUT_BYTES


def test_small_photo_is_not_blown_up() -> None:
    prepared = prepare(encoded(half_red(40, 20)))
    assert (prepared.width, prepared.height, prepared.thumbnail_width) == (40, 20, 40)


def test_noisy_photo_still_fits_the_budget() -> None:
    noise = Image.frombytes("RGB", (1600, 1600), os.urandom(1600 * 1600 * 3))
    assert len(prepare(encoded(noise, quality=90)).data) <= MAX_OUTPUT_BYTES


def test_position_and_camera_do_not_survive() -> None:
    exif = Image.Exif()
    exif[0x010F] = "Kamera Rahasia"
    exif.get_ifd(0x8825).update({1: "N", 2: (1.0, 44.0, 30.0)})
    original = encoded(half_red(), exif=exif, comment=b"Kamera Rahasia", icc_profile=b"Kamera Rahasia" * 10)
    assert b"Kamera Rahasia" in original
    prepared = prepare(original)
    for data in (prepared.data, prepared.thumbnail):
        assert b"Rahasia" not in data
        assert not any(chunk in data for chunk in (b"EXIF", b"ICCP", b"XMP "))
        assert not opened(data).getexif()


def test_photo_is_turned_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held upright: turn by 90 degrees clockwise
    upright = opened(prepare(encoded(half_red(), exif=exif)).data)
    assert upright.size == (200, 400)
    red, _, blue = upright.convert("RGB").getpixel((100, 50))
    assert red > 200
    assert blue < 60


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_damaged_exif_does_not_refuse_a_good_photo() -> None:
    assert prepare(encoded(half_red(), exif=b"Exif\0\0MM\0*\xff\xff\xff\xff")).width == 400


def test_animation_keeps_its_first_frame() -> None:
    moving = encoded(
        Image.new("RGB", (50, 50), "red"), "GIF", save_all=True, append_images=[half_red(50, 50)]
    )
    still = opened(prepare(moving).data)
    assert getattr(still, "n_frames", 1) == 1
    assert still.convert("RGB").getpixel((40, 25))[0] > 200


@pytest.mark.parametrize(
    ("mode", "form", "colour"),
    [
        ("RGBA", "PNG", (0, 0, 0, 0)),
        ("LA", "PNG", (0, 0)),
        ("I;16", "PNG", 65_000),
        ("CMYK", "JPEG", 0),
        ("1", "PNG", 1),
    ],
)
def test_unusual_modes_become_what_people_see(mode: str, form: str, colour: object) -> None:
    pixel = (
        opened(prepare(encoded(Image.new(mode, (20, 20), colour), form)).data).convert("RGB").getpixel((9, 9))
    )
    assert min(pixel) > 240  # transparent black on white paper, and white itself


def test_file_hidden_behind_a_picture_is_not_copied() -> None:
    polyglot = encoded(half_red(), "GIF") + b"<script>alert(1)</script>PK\x03\x04"
    assert b"script" not in prepare(polyglot).data


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (b"", EmptyFile),
        (b"GIF89a<html><script>alert(1)</script></html>", Broken),
        (encoded(half_red())[:900], Broken),
        (encoded(half_red(), "PNG")[:-30], Broken),
        (b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>", UnsupportedType),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 200, UnsupportedType),
        (encoded(half_red(), "TIFF"), UnsupportedType),
        (encoded(half_red(), "BMP"), UnsupportedType),
        (b"%PDF-1.7\n", NotAnImage),
        (b"PK\x03\x04" + b"\0" * 100, NotAnImage),
        (b"hello", NotAnImage),
        (b"MZ" + b"\0" * 500, NotAnImage),
    ],
)
def test_what_is_no_good_picture_is_refused(data: bytes, refusal: type[FileRefused]) -> None:
    with pytest.raises(refusal) as caught:
        prepare(data)
    assert caught.value.code


def png_header(width: int, height: int) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 100_000)) + chunk(b"IEND", b"")
    )


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("size", [(30_000, 30_000), (10_000, 9_000), (7_100, 7_100)])
def test_picture_bomb_is_refused_before_it_is_decoded(size: tuple[int, int]) -> None:
    started = time.process_time()
    with pytest.raises(TooManyPixels) as caught:
        prepare(png_header(*size))
    assert caught.value.limit == 50_000_000
    assert time.process_time() - started < 0.2


def test_jpeg_of_a_thousand_scans_is_refused() -> None:
    progressive = encoded(half_red(), progressive=True)
    last_scan = progressive[progressive.rindex(b"\xff\xda") : -2]
    with pytest.raises(Broken):
        prepare(progressive[:-2] + last_scan * 1_000 + b"\xff\xd9")


def test_file_over_ten_megabytes_tells_its_size() -> None:
    with pytest.raises(FileTooLarge) as caught:
        prepare(io.BytesIO(b"\xff\xd8\xff" + b"\0" * 14_000_000))
    assert caught.value.size == 14_000_003
    assert caught.value.limit == MAX_FILE_BYTES
    assert read_limited(b"x" * MAX_FILE_BYTES)


@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"\xff\xd8\xff", b"GIF89a", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBPVP8 "]),
)
@settings(max_examples=200)
def test_random_bytes_are_refused_with_a_code(body: bytes, magic: bytes) -> None:
    with pytest.raises(FileRefused):
        prepare(magic + body)
    kind_of(body)
