"""Writes audit events of Teleport, as its log has them and as `tsh play --format=json` prints them."""

import base64
import json

SESSION = "8b1f0a62-6c1d-4f0e-9d7e-3f5f2a4d9c11"


def event(name: str, second: float = 0, **fields: object) -> dict[str, object]:
    known = {"ei": 0, "event": name, "uid": f"u-{second}", "code": "T2000I", "cluster_name": "acme.example"}
    known |= {"time": f"2026-11-22T09:{40 + int(second) // 60:02}:{second % 60:06.3f}Z", "sid": SESSION}
    return (
        known
        | {"user": "dana", "login": "root", "server_hostname": "web-01", "addr.remote": "192.0.2.7:50122"}
        | fields
    )


def begun(second: float = 0) -> dict[str, object]:
    return event("session.start", second, size="100:30", proto="ssh")


def ended(second: float, **fields: object) -> dict[str, object]:
    known = {"code": "T2004I", "interactive": True, "enhanced_recording": True, "participants": ["dana", "omar"]}
    return event("session.end", second, **(known | fields))


def command(second: float, *argv: str, **fields: object) -> dict[str, object]:
    path = f"/usr/bin/{argv[0]}"
    known = {"program": argv[0], "path": path, "argv": list(argv[1:]), "return_code": 0, "ppid": 1, "code": "T4000I"}
    return event("session.command", second, **(known | fields))


def printed(second: float, text: str | bytes, ms: int = 0) -> dict[str, object]:
    data = text.encode() if isinstance(text, str) else text
    encoded = base64.b64encode(data).decode()
    return event("print", second, data=encoded, bytes=len(data), ms=ms, offset=0, ci=0, code="")


def log(*events: object) -> bytes:
    return "".join(json.dumps(item) + "\n" for item in events).encode()


def played(*events: object) -> bytes:
    """The list that tsh prints, each event over many lines."""
    return ("[\n    " + ",\n    ".join(json.dumps(item, indent=4) for item in events) + "\n]\n").encode()
