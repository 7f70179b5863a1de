"""MeshCentral's file sessions (protocol 5): what was uploaded, downloaded, renamed, deleted. Contents are not kept."""

from collections.abc import Iterator
from typing import Any

from summaries.enums import Actor, Kind
from summaries.sources.base import CapturedInteraction, RecordingNotes
from summaries.sources.meshcentral_blocks import Block
from summaries.sources.meshcentral_control import Reader, is_control

_DOWNLOAD_PREFIX_BYTES = 4
_LAST_PIECE = 1
_MAX_NAMES = 50
_ASKED = {"mkdir": "New folder", "rm": "Delete", "zip": "Zip", "unzip": "Unzip", "set": "Edit"}
_FAILURES = {"uploaderror": "The upload failed", "downloaderror": "The download failed"}


class FilesReader(Reader):
    application = "Files"

    def __init__(self, notes: RecordingNotes) -> None:
        super().__init__(notes)
        self._folder: str | None = None
        self._download: str | None = None
        self._download_bytes = 0
        self._last: tuple[Block, int] | None = None

    def take(self, block: Block, offset_ms: int) -> Iterator[CapturedInteraction]:
        self._last = (block, offset_ms)
        if block.is_binary and self._is_content(block):
            yield from self._take_content(block, offset_ms)
            return
        message = self.json_of(block)
        if message is None:
            return
        if is_control(message):
            yield from self.control(message, block, offset_ms)
        elif block.is_from_supporter:
            yield from self._requested(message, block, offset_ms)
        elif message.get("action") in _FAILURES or (
            message.get("action") == "download" and message.get("sub") == "cancel"
        ):
            yield from self._failed(message, block, offset_ms)

    def finish(self) -> Iterator[CapturedInteraction]:
        if self._download is not None and self._last:
            block, offset_ms = self._last
            text = f"Download not finished: {self._download} ({self._download_bytes} bytes)"
            yield self.interaction(offset_ms, Kind.FILE_TRANSFER, text, block)

    def _is_content(self, block: Block) -> bool:
        return block.is_from_supporter or (self._download is not None and not block.data.startswith(b"{"))

    def _take_content(self, block: Block, offset_ms: int) -> Iterator[CapturedInteraction]:
        if block.is_from_supporter or len(block.data) < _DOWNLOAD_PREFIX_BYTES:
            return
        self._download_bytes += len(block.data) - _DOWNLOAD_PREFIX_BYTES
        if block.data[3] & _LAST_PIECE:
            text = f"Download: {self._download} ({self._download_bytes} bytes)"
            self._download = None
            yield self.interaction(offset_ms, Kind.FILE_TRANSFER, text, block)

    def _requested(self, message: dict[str, Any], block: Block, offset_ms: int) -> Iterator[CapturedInteraction]:
        action, path = _word(message, "action"), _word(message, "path")
        if action == "download":
            if message.get("sub") == "start":
                yield from self.finish()
                self._download, self._download_bytes = path or _word(message, "id"), 0
            return
        if action == "ls":
            if path and path != self._folder:
                self._folder = path
                yield self.interaction(offset_ms, Kind.NOTE, f"Opened the folder {path}", block)
            return
        text = _told(action, path, message)
        if text:
            yield self.interaction(offset_ms, Kind.FILE_TRANSFER, text, block)

    def _failed(self, message: dict[str, Any], block: Block, offset_ms: int) -> Iterator[CapturedInteraction]:
        words = _FAILURES.get(_word(message, "action"), "The download failed")
        name = self._download if message.get("action") != "uploaderror" else None
        if name:
            self._download = None
        text = f"{words}: {name}" if name else words
        yield self.interaction(offset_ms, Kind.FILE_TRANSFER, text, block, actor=Actor.SYSTEM)


def _told(action: str, path: str, message: dict[str, Any]) -> str:
    """Say what a request asks for; empty for those that only keep a transfer going."""
    if action == "upload":
        size = message.get("size")
        amount = f" ({size} bytes)" if type(size) is int and size >= 0 else ""
        return f"Upload: {_joined(path, _word(message, 'name'))}{amount}"
    if action == "rename":
        return f"Rename: {_joined(path, _word(message, 'oldname'))} to {_word(message, 'newname')}"
    if action in ("copy", "move"):
        source, target = _word(message, "scpath"), _word(message, "dspath")
        return f"{action.capitalize()}: {_all_joined(source, _names(message, 'names'))} to {target}"
    asked = _ASKED.get(action)
    name = _word(message, "output") or _word(message, "name")
    return f"{asked}: {_all_joined(_joined(path, name), _names(message, 'delfiles'))}" if asked else ""


def _all_joined(folder: str, names: list[str]) -> str:
    return ", ".join(_joined(folder, name) for name in names) or folder


def _joined(folder: str, name: str) -> str:
    if not folder or not name:
        return folder or name
    separator = "\\" if "\\" in folder and "/" not in folder else "/"
    return f"{folder.rstrip(separator)}{separator}{name}"


def _word(message: dict[str, Any], key: str) -> str:
    value = message.get(key)
    return value[:1000] if isinstance(value, str) else ""


def _names(message: dict[str, Any], key: str) -> list[str]:
    value = message.get(key)
    return [name[:1000] for name in value[:_MAX_NAMES] if isinstance(name, str)] if isinstance(value, list) else []
