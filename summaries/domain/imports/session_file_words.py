"""What became of a file of sessions, in words."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from insights_portal.lib.numbers import grouped
from insights_portal.lib.text import listed
from summaries.models import SessionFile
from summaries.sources.registry import label_of


def sentence_of(file: SessionFile) -> str:
    """For example “212 sessions, 3 already there, 2 records could not be taken: line 14: the start is no time”."""
    said = [ngettext("%(count)s session", "%(count)s sessions", file.created) % {"count": grouped(file.created)}]
    if file.known:
        said.append(_("%(known)s already there") % {"known": grouped(file.known)})
    if file.running:
        said.append(
            _("%(running)s still running, to be imported again when ended") % {"running": grouped(file.running)}
        )
    if file.unmatched:
        said.append(_("%(unmatched)s of a supporter who is no member") % {"unmatched": grouped(file.unmatched)})
    if file.bad:
        said.append(_bad(file))
    if file.failure:
        said.append(_("the rest was not read: %(failure)s") % {"failure": file.failure})
    return listed(said)


def format_label(file: SessionFile) -> str:
    return label_of(file.source_format)


def _bad(file: SessionFile) -> str:
    known = {"count": grouped(file.bad)}
    if not file.bad_records:
        told = ngettext("%(count)s record could not be taken", "%(count)s records could not be taken", file.bad)
        return told % known
    first = file.bad_records[0]
    told = ngettext(
        "%(count)s record could not be taken: %(place)s: %(problem)s",
        "%(count)s records could not be taken: %(place)s: %(problem)s",
        file.bad,
    )
    return told % {**known, "place": f"{_(first['unit'].lower())} {first['place']}", "problem": _(first["problem"])}
