import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image, PngImagePlugin

from summaries.domain.reports.logos import MAX_SIZE, MAX_UPLOAD_BYTES, UnableToUseLogo, prepare_logo


def picture(kind: str = "PNG", *, size: tuple[int, int] = (300, 100), mode: str = "RGB", **saved: object) -> bytes:
    written = BytesIO()
    Image.new(mode, size, 120 if mode in ("L", "P", "1") else None).save(written, kind, **saved)
    return written.getvalue()


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it has so many pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


def read(png: bytes) -> Image.Image:
    return Image.open(BytesIO(png))


@pytest.mark.parametrize(
    ("upload", "mode"),
    [
        (picture(), "RGB"),
        (picture("JPEG"), "RGB"),
        (picture("JPEG", mode="CMYK"), "RGB"),
        (picture(mode="RGBA"), "RGBA"),
        (picture(mode="LA"), "RGBA"),
        (picture(mode="P"), "RGB"),
        (picture(mode="P", transparency=0), "RGBA"),
        (picture(mode="L"), "RGB"),
        (picture(mode="1"), "RGB"),
    ],
)
def test_prepare_logo_writes_a_png_of_its_own(upload: bytes, mode: str) -> None:
    made = read(prepare_logo(upload))

    assert (made.format, made.mode, made.size) == ("PNG", mode, (300, 100))


@pytest.mark.parametrize(("size", "expected"), [((3000, 300), (708, 71)), ((300, 3000), (24, 236)), ((8, 8), (8, 8))])
def test_prepare_logo_makes_it_no_larger_than_a_letterhead_shows(
    size: tuple[int, int], expected: tuple[int, int]
) -> None:
    made = read(prepare_logo(picture(size=size)))

    assert made.size == expected
    assert made.width <= MAX_SIZE[0]
    assert made.height <= MAX_SIZE[1]


def test_prepare_logo_leaves_texts_and_profiles_behind() -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", "taken at 1 Secret Street")
    upload = picture(pnginfo=info, icc_profile=b"profile" * 40)

    made = prepare_logo(upload)

    assert b"tEXt" in upload
    assert [name for name in (b"tEXt", b"zTXt", b"iTXt", b"iCCP", b"eXIf") if name in made] == []
    assert read(made).info == {}


@pytest.mark.parametrize("upload", [bomb(60_000, 60_000), bomb(4_001, 4_000), bomb(2**31 - 1, 1)])
def test_prepare_logo_unpacks_no_bomb(upload: bytes) -> None:
    with pytest.raises(UnableToUseLogo, match=r"pixels|can be read"):
        prepare_logo(upload)


@pytest.mark.parametrize(
    ("upload", "sentence"),
    [
        (b"", "no PNG or JPEG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "no PNG or JPEG"),
        (b"%PDF-1.7", "no PNG or JPEG"),
        (picture("GIF", mode="P"), "no PNG or JPEG"),
        (picture()[:40], "no PNG or JPEG"),
        (picture("JPEG")[:200], "no PNG or JPEG"),
        (picture(size=(7, 100)), "too small"),
        (b"\x89PNG" + b"x" * MAX_UPLOAD_BYTES, "larger than 2 MiB"),
    ],
)
def test_prepare_logo_refuses_what_is_no_logo(upload: bytes, sentence: str) -> None:
    with pytest.raises(UnableToUseLogo, match=sentence):
        prepare_logo(upload)


def test_prepare_logo_survives_a_picture_cut_at_any_byte() -> None:
    whole = picture(size=(16, 16), mode="RGBA")

    for length in range(len(whole)):
        try:
            made = prepare_logo(whole[:length])
        except UnableToUseLogo:
            continue
        assert read(made).size == (16, 16)
