"""Two administrators at once: whoever saves last learns what the other one changed, and overwrites nothing unseen."""

from hashlib import sha256

from django.utils.translation import gettext as _

from accounts.models import AISettings

_SHOWN_CHARS = 60


class SettingsChanged(Exception):
    """Someone saved the same settings since the page was opened. Nothing was saved."""

    def __init__(self, labels: list[str]) -> None:
        super().__init__(
            _(
                "Someone else saved these settings while this page was open: %(changes)s. "
                "Nothing of yours was saved. Check your entries and save again to replace theirs."
            )
            % {"changes": "; ".join(labels)}
        )


def version_of(ai_settings: AISettings, fields: tuple[str, ...]) -> str:
    """What *fields* hold, as a short text that tells nothing of their values: `language:1f0c…,engine:9ab2…`."""
    return ",".join(f"{name}:{_digest(getattr(ai_settings, name))}" for name in fields)


def changed_labels(*, ai_settings: AISettings, fields: tuple[str, ...], version: str) -> list[str]:
    """What of *fields* is not as *version* says, in words: “language: now German”."""
    seen = dict(pair.split(":", 1) for pair in version.split(",") if ":" in pair)
    return [_label(ai_settings, name) for name in fields if seen.get(name) != _digest(getattr(ai_settings, name))]


def _digest(value: object) -> str:
    return sha256(repr(value).encode()).hexdigest()[:16]


def _label(ai_settings: AISettings, name: str) -> str:
    label = str(getattr(AISettings._meta.get_field(name), "verbose_name", name))
    if name == "engine_key_encrypted":
        return _("the key was replaced or removed")
    value = getattr(ai_settings, name)
    if isinstance(value, bool):
        return (_("%(label)s: now on") if value else _("%(label)s: now off")) % {"label": label}
    shown = str(getattr(ai_settings, f"get_{name}_display", lambda: value)() if value not in (None, "") else _("empty"))
    return _("%(label)s: now %(value)s") % {"label": label, "value": shown[:_SHOWN_CHARS]}
