"""Which sessions an export was of, as the audit log keeps it."""

from summaries.domain.jobs.selection import Selection

#: What may hold words of a session or a person's name: that it was asked by is told, by what is not.
_IN_FREE_WORDS = ("q",)


def asked_of(selection: Selection) -> dict[str, object]:
    """The list and its filters, or how many sessions of it were picked one by one."""
    told: dict[str, object] = {"list": selection.list_name.lower()}
    if selection.numbers:
        return told | {"chosen": len(selection.numbers)}
    found: dict[str, list[str]] = {}
    for name, value in [*selection.filters.pairs(), ("period", selection.filters.period)]:
        found.setdefault(name, []).append("…" if name in _IN_FREE_WORDS else value)
    return told | {"filters": {name: ", ".join(dict.fromkeys(values)) for name, values in found.items()}}
