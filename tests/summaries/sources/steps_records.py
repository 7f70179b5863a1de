"""Writes what Windows Steps Recorder saves: a MIME document with pictures, and the zip around it."""

import base64
import io
import zipfile
from html import escape

BOUNDARY = "=_NextPart_SMP_1dc5ad0f_00000004"
HEADER = (
    'From:\r\nSubject:\r\nDate:\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; type="text/html";\r\n'
    f'  boundary="{BOUNDARY}"\r\nThis is a multi-part message in MIME format.\r\n\r\n\r\n'
)
NAME = "Recording_20261122_0941.mht"


def level(name: str, kind: str = "button") -> str:
    known = 'BoundingRectangle="1,2,3,4" ClassName="X" ControlType="50000" FrameworkId="Win32"'
    return f'<Level {known} Name="{escape(name)}" LocalizedControlType="{kind}" />'


def action(
    number: int, time: str, what: str = "Mouse Left Click", said: str = "", levels: str = "", **program: str
) -> str:
    known = {"FileName": "NOTEPAD.EXE", "FileDescription": "Notepad", "CommandLine": "NOTEPAD.EXE"} | program
    attributes = " ".join(f'{key}="{escape(value)}"' for key, value in known.items())
    return (
        f'<EachAction ActionNumber="{number}" Time="{time}" Pid="7" {attributes}>'
        f"<Description>{escape(said)}</Description>"
        f"<Action>{what}</Action><CursorCoordsXY>1,2</CursorCoordsXY><UIAStack>{levels}</UIAStack>"
        f"<ScreenshotFileName>screenshot{number:04}.JPEG</ScreenshotFileName></EachAction>"
    )


def report(*actions: str, start: str = "9:40:00 AM", stop: str = "9:42:00 AM", missed: int = 0) -> str:
    session = f'SessionCount="1" StartTime="{start}" StopTime="{stop}" ActionCount="{len(actions)}"'
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\r\n<Report>'
        '<System MajorVersion="10" MinorVersion="0" BuildNumber="22631" /><UserActionData>'
        f'<RecordSession {session} MissedActionCount="{missed}">{"".join(actions)}</RecordSession>'
        "</UserActionData></Report>"
    )


def step(number: int, date: str, comment: str = "") -> str:
    said = f"<p><b>Comment: </b>{comment}</p>" if comment else "<!--CommentText-->"
    title = f"Step{number} \u200e{date} 9:40:00 AM User left click"
    said = f"<p>User</p>{said}"
    return f'<div id="Step{number}" title="{title}" tabindex="0"><p><b>Step {number}: ({date})</b></p>{said}</div>'


def page(xml: str, *steps: str) -> str:
    script = '<script type="text/javascript">var comment = "<div>";</script>'
    return (
        f'<!DOCTYPE html><html><head>{script}</head><body><xml id="recordeddata">'
        f'<script id="myXML" type="text/xml">\r\n{xml}\r\n</script></xml>'
        f'<div id="Steps">{"".join(steps)}</div></body></html>'
    )


def part(kind: str, location: str, body: str, *extra: str) -> str:
    headers = [f"Content-Type: {kind}", *extra, f"Content-Location: {location}"]
    return f"--{BOUNDARY}\r\n" + "\r\n".join(headers) + f"\r\n\r\n{body}\r\n"


def document(main: str, *, pictures: int = 1, extra: tuple[str, ...] = ()) -> bytes:
    picture = base64.encodebytes(b"\xff\xd8JPEG" * 400).decode().replace("\n", "\r\n")
    parts = [part('text/html; charset="UTF-8"', "main.htm", main, *extra), part("text/css", "main.css", "p {}")]
    for number in range(1, pictures + 1):
        location = f"screenshot{number:04}.JPEG"
        parts.append(part("image/jpeg", location, picture, "Content-Transfer-Encoding: base64"))
    return (HEADER + "".join(parts) + f"--{BOUNDARY}--\r\n").encode()


def zipped(mht: bytes, name: str = NAME, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        archive.writestr(zipfile.ZipInfo(name, (2026, 11, 22, 9, 42, 0)), mht, method)
    return target.getvalue()
