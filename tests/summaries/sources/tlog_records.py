"""Writes what tlog logs, message by message, as its recorder does."""

import json
import struct

START_SECONDS = 1_795_340_400.25  # 2026-11-22 09:40:00.25 UTC
PROMPT = "\x1b[?2004hada@web1:~$ "
ACCEPTED = "\r\n\x1b[?2004l\r"


def message(number: int, timing: str = "", pos: int = 0, **fields: object) -> dict[str, object]:
    known = {"ver": "2.3", "host": "web1", "rec": "rec-1", "user": "ada", "term": "xterm", "session": 5, "id": number}
    known |= {"pos": pos, "time": START_SECONDS + pos / 1000, "timing": timing}
    return known | {"in_txt": "", "in_bin": [], "out_txt": "", "out_bin": []} | fields


def steps(*played: tuple[str, str], wait_ms: int = 50) -> dict[str, object]:
    """Timing and texts of what was typed ("i") and printed ("o"), one after the other."""
    timing = "".join(f"+{wait_ms}{'<' if kind == 'i' else '>'}{len(text)}" for kind, text in played)
    typed = "".join(text for kind, text in played if kind == "i")
    return {"timing": timing, "in_txt": typed, "out_txt": "".join(text for kind, text in played if kind == "o")}


def keyed(text: str) -> list[tuple[str, str]]:
    """A line that is typed and shown key by key."""
    shown = [part for key in text for part in (("i", key), ("o", key))]
    return [*shown, ("i", "\r"), ("o", ACCEPTED)]


def hidden(text: str) -> list[tuple[str, str]]:
    """A line that is typed and not shown."""
    return [*(("i", key) for key in text), ("i", "\r"), ("o", "\r\n")]


def lines(*messages: object) -> bytes:
    return "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in messages).encode()


def journal_json(*messages: object, binary: bool = False) -> bytes:
    """`journalctl -o json`: a text, or the bytes of one that is no text to the journal."""
    entries = []
    for number, item in enumerate(messages):
        text = json.dumps(item, ensure_ascii=False)
        content = list(text.encode()) if binary else text
        entries.append({"__CURSOR": f"s={number}", "__REALTIME_TIMESTAMP": "1795340405000000", "MESSAGE": content})
    return "".join(json.dumps(entry) + "\n" for entry in entries).encode()


def journal_export(*messages: object, binary: bool = False) -> bytes:
    """`journalctl -o export`, with an entry of another program before each message."""
    other = b"__CURSOR=s=0\n__REALTIME_TIMESTAMP=1795340400000000\nMESSAGE=Started a service.\n\n"
    found = b""
    for item in messages:
        text = json.dumps(item, ensure_ascii=False).encode()
        content = b"MESSAGE\n" + struct.pack("<Q", len(text)) + text + b"\n" if binary else b"MESSAGE=" + text + b"\n"
        found += other + b"__CURSOR=s=1\n__REALTIME_TIMESTAMP=1795340405000000\n" + content + b"TLOG_REC=rec-1\n\n"
    return found
