"""The picture in a letterhead: looked at as data, taken apart and written anew, so that nothing else comes along."""

import warnings
from io import BytesIO

from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

MAX_UPLOAD_BYTES = 2 * 1024 * 1024
#: Asked of the picture's head, before a pixel is unpacked: a few kilobytes can unpack to gigabytes.
MAX_PIXELS = 16_000_000
#: 60 × 20 mm at 300 dots an inch; nothing sharper can be printed there.
MAX_SIZE = (708, 236)
MIN_SIDE = 8
_KINDS = ("PNG", "JPEG")


class UnableToUseLogo(Exception):
    """The picture was not stored; the sentence says why and what would do."""


def prepare_logo(upload: bytes) -> bytes:
    """Return the picture of *upload* as a PNG of ours: small enough for a letterhead, without anything but pixels.

    Raises UnableToUseLogo for anything but a PNG or JPEG of reasonable size.
    """
    if len(upload) > MAX_UPLOAD_BYTES:
        raise UnableToUseLogo(_("The file is larger than 2 MiB. Save the logo smaller and choose it again."))
    try:
        # What is too large for the library warns or raises there; both are one answer here.
        with warnings.catch_warnings(action="error"), Image.open(BytesIO(upload), formats=_KINDS) as picture:
            _check_size(*picture.size)
            # A JPEG is unpacked at a fraction of its size where that is enough.
            picture.draft(None, MAX_SIZE)
            has_gaps = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
            plain = picture.convert("RGBA" if has_gaps else "RGB")
    except UnableToUseLogo:
        raise
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Warning, Image.DecompressionBombError) as error:
        raise UnableToUseLogo(_("The file is no PNG or JPEG that can be read. Choose another file.")) from error
    plain.thumbnail(MAX_SIZE, Image.Resampling.LANCZOS)
    # A new picture of the same pixels: texts, profiles and hidden parts of the file stay behind.
    clean = Image.new(plain.mode, plain.size)
    clean.paste(plain)
    written = BytesIO()
    clean.save(written, "PNG", optimize=True)
    return written.getvalue()


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise UnableToUseLogo(
            _("The picture has %(width)s × %(height)s pixels. Save it with 4,000 × 4,000 at most.")
            % {"width": width, "height": height}
        )
    if min(width, height) < MIN_SIDE:
        raise UnableToUseLogo(_("The picture is too small. Choose one that is at least 8 pixels wide and high."))
