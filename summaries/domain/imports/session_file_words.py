"""What became of a file of sessions, in words."""

from summaries.models import SessionFile
from summaries.sources.registry import label_of


def sentence_of(file: SessionFile) -> str:
    """For example “212 sessions, 3 already there, 2 records could not be taken: line 14: the start is no time”."""
    said = [_counted(file.created, "session", "sessions")]
    if file.known:
        said.append(f"{file.known} already there")
    if file.running:
        said.append(f"{file.running} still running, to be imported again when ended")
    if file.unmatched:
        said.append(f"{file.unmatched} of a supporter who is no member")
    if file.bad:
        said.append(f"{_counted(file.bad, 'record', 'records')} could not be taken{_first(file)}")
    if file.failure:
        said.append(f"the rest was not read: {file.failure}")
    return ", ".join(said)


def format_label(file: SessionFile) -> str:
    return label_of(file.source_format)


def _counted(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"


def _first(file: SessionFile) -> str:
    if not file.bad_records:
        return ""
    first = file.bad_records[0]
    return f": {first['unit'].lower()} {first['place']}: {first['problem']}"
