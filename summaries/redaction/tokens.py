"""Keys that are known by their shape (the forms their issuers publish), and headers that carry one."""

import base64
import binascii
import re

from summaries.redaction.detectors import Anchored, Detector, OneOf
from summaries.redaction.issuers import IssuedTokens

_START = r"(?<![A-Za-z0-9])"

#: (what it begins with, in lower case; its shape)
_SHAPES = (
    (("akia", "asia", "aroa", "abia"), _START + r"(?:AKIA|ASIA|AROA|ABIA)[A-Z0-9]{16}(?![A-Za-z0-9])"),
    (("ghp_", "gho_", "ghu_", "ghs_", "ghr_"), r"gh[pousr]_[A-Za-z0-9]{20,}+"),
    (("github_pat_",), r"github_pat_[A-Za-z0-9_]{22,}+"),
    (("glpat-", "gldt-", "glrt-", "glptt-"), r"gl(?:pat|dt|rt|ptt)-[A-Za-z0-9_.-]{20,}+"),
    (("xox",), r"xox[a-z](?:\.xox[a-z])?-[A-Za-z0-9-]{10,}+"),
    (("xapp-",), r"xapp-\d-[A-Za-z0-9-]{10,}+"),
    (("hooks.slack.com/",), r"hooks\.slack\.com/(?:services|workflows)/([A-Za-z0-9/_-]{20,}+)"),
    (("aiza",), r"AIza[A-Za-z0-9_-]{35,}+"),
    (("ya29.",), r"ya29\.[A-Za-z0-9_-]{20,}+"),
    (("gocspx-",), r"GOCSPX-[A-Za-z0-9_-]{20,}+"),
    (("sk_live_", "sk_test_", "rk_live_", "rk_test_"), r"[sr]k_(?:live|test)_[A-Za-z0-9]{16,}+"),
    (("whsec_",), r"whsec_[A-Za-z0-9+/=]{20,}+"),
    (("sk-",), _START + r"sk-(?:ant-|proj-|svcacct-|or-)?(?=[A-Za-z_-]{0,64}\d)[A-Za-z0-9_-]{20,}+"),
    (("npm_",), _START + r"npm_[A-Za-z0-9]{36,}+"),
    (("pypi-",), r"pypi-Ag[A-Za-z0-9_-]{40,}+"),
    (("hf_",), _START + r"hf_[A-Za-z0-9]{30,}+"),
    (("dop_v1_", "doo_v1_"), r"do[op]_v1_[a-f0-9]{64,}+"),
    (("sg.",), _START + r"SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}+"),
    (("shpat_", "shpss_", "shpca_"), r"shp(?:at|ss|ca)_[a-fA-F0-9]{32,}+"),
    (("dckr_pat_",), r"dckr_pat_[A-Za-z0-9_-]{20,}+"),
    (("hvs.",), r"hvs\.[A-Za-z0-9_-]{20,}+"),
    (("tskey-",), r"tskey-[A-Za-z0-9-]{16,}+"),
    (("age-secret-key-1",), r"AGE-SECRET-KEY-1[A-Z0-9]{20,}+"),
    ((":aa",), r"(?<=\d{8}):AA[A-Za-z0-9_-]{33,}+"),
)  # fmt: skip


def _is_basic(match: "re.Match[str]") -> bool:
    """Base64 of name:password."""
    try:
        return ":" in base64.b64decode(match[1] + "==").decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return False


_FLAGS = re.IGNORECASE
WEB_TOKENS = Anchored(
    "TOKEN",
    ("eyj",),
    re.compile(r"eyJ[A-Za-z0-9_-]{8,}+(?:\.[A-Za-z0-9_-]{8,}+(?:\.[A-Za-z0-9_-]*+){0,3})?"),
    lambda match: "." in match[0],
    skips_rejected=True,
)
SHAPED_TOKENS: tuple[Detector, ...] = (
    OneOf(tuple(Anchored("TOKEN", anchors, re.compile(shape)) for anchors, shape in _SHAPES)),
    WEB_TOKENS,
    IssuedTokens(),
)
HEADERS = (
    Anchored("TOKEN", ("bearer ",), re.compile(r"bearer[ \t]{1,4}([\w.~+/=-]{16,}+)", _FLAGS)),
    Anchored("TOKEN", ("basic ",), re.compile(r"basic[ \t]{1,4}([A-Za-z0-9+/]{8,}+={0,2})", _FLAGS), _is_basic),
    Anchored(
        "TOKEN",
        ("authorization",),
        re.compile(
            r"authorization[\"']?[ \t]{0,4}[:=][ \t]{0,4}[\"']?(?:(?:bearer|basic|token|apikey|ntlm)[ \t]{1,4})?"
            r"([\w.~+/=-]{8,}+)", _FLAGS,
        ),
    ),
    Anchored("TOKEN", ("cookie:",), re.compile(r"cookie:[ \t]{0,4}([^\s\"'\x00=]{1,64}=[^\n\"'\x00]{6,}+)", _FLAGS)),
)  # fmt: skip
