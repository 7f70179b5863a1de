"""Keys of one issuer each: what they begin with and how they go on, as the issuers publish it.

A hundred forms, in one pass. RE2 reads a text once, whatever the number of forms and whatever the text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import re2

from summaries.redaction.spans import Span
from summaries.redaction.view import Scan, encodable

#: One form to a line. RE2 syntax; none looks around, so `_stands_alone` does.
_FORMS = r"""
1//0[0-9][A-Za-z0-9_-]{40,}
[A-Za-z0-9_~.]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}
[A-Za-z0-9]{52}JQQJ99[A-Za-z0-9]{10,40}AZDO[A-Za-z0-9]{4}
LTAI[A-Za-z0-9]{12,24}
AKID[A-Za-z0-9]{32}
dor_v1_[a-f0-9]{64}
HRKU-[A-Za-z0-9_-]{30,}
nfp_[A-Za-z0-9]{36,}
fo1_[A-Za-z0-9_-]{43}
fm[12][ar]?_[A-Za-z0-9+/=_-]{40,}
pscale_(?:tkn|pw|oauth)_[A-Za-z0-9_.=-]{32,}
sbp_(?:oauth_)?[a-f0-9]{40}
sb_secret_[A-Za-z0-9_-]{20,}
dapi[a-f0-9]{32}(?:-[0-9])?
dt0c0[0-9]\.[A-Z0-9]{24}\.[A-Z0-9]{64}
[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,}
hv[br]\.[A-Za-z0-9_-]{24,}
dp\.(?:pt|st|sa|ct|scim|audit)\.(?:[a-z0-9_-]{2,35}\.)?[A-Za-z0-9]{40,44}
pul-[a-f0-9]{40}
ops_eyJ[A-Za-z0-9_=-]{40,}
v1\.0-[a-f0-9]{24}-[a-f0-9]{100,}
gl(?:cbt|ft|soat|imt|agent|oas|ffct|rtr)-[A-Za-z0-9_-]{20,}
ATBB[A-Za-z0-9_=]{20,}
AT(?:CTT3|ATT3|BTT3)[A-Za-z0-9_=+/.-]{50,}
sgp_(?:[a-f0-9]{16}_|local_)?[a-f0-9]{40}
bkua_[a-z0-9]{40}
CCIP(?:AT|RJ)_[A-Za-z0-9]{22}_[a-f0-9]{40}
sq[pua]_[a-f0-9]{40}
M[A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40}
[NO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40}
SK[a-f0-9]{32}
key-[a-f0-9]{32}
[a-f0-9]{32}-us[0-9]{1,2}
xkeysib-[a-f0-9]{64}-[A-Za-z0-9]{16}
sq0[a-z]{3}-[A-Za-z0-9_-]{22,43}
access_token\$production\$[a-z0-9]{16}\$[a-f0-9]{32}
access-(?:production|development|sandbox)-[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}
rzp_(?:live|test)_[A-Za-z0-9]{14}
FLWSECK(?:_TEST)?-[a-f0-9]{12,32}-X
shippo_(?:live|test)_[a-f0-9]{40}
EZ[AT]K[A-Za-z0-9]{54}
shppa_[a-fA-F0-9]{32}
r8_[A-Za-z0-9]{37}
gsk_[A-Za-z0-9]{40,}
pplx-[A-Za-z0-9]{40,}
xai-[A-Za-z0-9]{40,}
rubygems_[a-f0-9]{48}
CLOJARS_[A-Za-z0-9]{60}
oy2[a-z0-9]{43}
cio[A-Za-z0-9]{32}
dckr_oat_[A-Za-z0-9_-]{20,}
AKCp[A-Za-z0-9]{60,}
cmVmdGtu[A-Za-z0-9+/=]{40,}
glc_[A-Za-z0-9+/=]{32,}
glsa_[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}
NRAK-[A-Z0-9]{27}
NRJS-[a-f0-9]{19}
sntry[su]_[A-Za-z0-9+/=_]{40,}
lin_(?:api|oauth)_[A-Za-z0-9]{32,}
ntn_[A-Za-z0-9]{40,}
secret_[A-Za-z0-9]{43}
figd_[A-Za-z0-9_-]{30,}
pat[A-Za-z0-9]{14}\.[a-f0-9]{64}
PMAK-[a-f0-9]{24}-[a-f0-9]{34}
pat-(?:na|eu|ap)[0-9]-[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}
CFPAT-[A-Za-z0-9_-]{43}
sl\.[A-Za-z0-9_-]{100,}
EAA[A-Za-z0-9]{60,}
tfp_[A-Za-z0-9_.=-]{40,}
rdme_[a-z0-9]{70}
pnu_[A-Za-z0-9]{36}
aio_[A-Za-z0-9]{28}
(?:sdk|mob|api)-[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}
ico-[A-Za-z0-9]{32}
duffel_(?:live|test)_[A-Za-z0-9_=-]{43}
lob_?(?:live|test)_[a-f0-9]{35}
"""
#: What leads to a hook is no secret; the path behind it is.
_HOOKS = (
    r"discord(?:app)?\.com/api/(?:v[0-9]+/)?webhooks/([0-9]{17,20}/[A-Za-z0-9_-]{60,})"
    r"|\.webhook\.office\.com/webhookb2/([a-f0-9@-]{36,80}/IncomingWebhook/[A-Za-z0-9/_-]{32,120})"
    r"|hooks\.zapier\.com/hooks/catch/([0-9]{4,10}/[a-z0-9]{6,10})"
)
_BEFORE = re.compile(r"[A-Za-z0-9_-]")


@dataclass(frozen=True, slots=True)
class IssuedTokens:
    rule: str = "TOKEN"

    def may_find(self, scan: Scan) -> bool:
        return _ANY.search(scan.encoded) is not None

    def find(self, scan: Scan) -> Iterator[Span]:
        for match in _ANY.finditer(encodable(scan.text)):
            group = match.lastindex or 0
            start, end = match.span(group)
            value = scan.text[start:end]
            if group or _stands_alone(scan.text, start, value):
                yield Span(start, end, self.rule, value)


def _stands_alone(text: str, start: int, value: str) -> bool:
    """No end of a longer word, and no word of a sentence itself."""
    is_within = start and _BEFORE.match(text, start - 1)
    return not is_within and (any(map(str.isdigit, value)) or not (value.islower() or value.isupper()))


def _without_groups(form: str) -> str:
    return form.replace("(?:", "(").replace("(", "(?:")


_ANY = re2.compile("|".join((*map(_without_groups, _FORMS.split()), _HOOKS)))
