"""Writes the recordings of tools that don't run here, byte by byte as those tools write them.

    python -m tests.recordings.encode

Guacamole needs its server and a desktop, Steps Recorder Windows, ActivityWatch days of use, Teleport a cluster.
"""

from pathlib import Path

from tests.summaries.sources import activity_records as aw
from tests.summaries.sources import guacamole_records as guacamole
from tests.summaries.sources import steps_records as steps
from tests.summaries.sources import teleport_records as teleport

FOLDER = Path(__file__).parent


def scanner_share() -> bytes:
    """A technician repairs the folder that a scanner writes to, over SSH in the browser."""
    lines = [
        (4, "df -h /srv/scans"),
        (14, "ls -ld /srv/scans"),
        (25, "sudo chown -R scanner: /srv/scans"),
        (29, "Lantern-River-82"),
        (38, "ls -ld /srv/scans"),
        (47, "sudo systemctl restart smbd"),
        (60, "systemctl status smbd"),
    ]
    parts = [guacamole.instruction("name", "support@scan-02: ~")]
    for second, line in lines:
        parts.append(guacamole.typed(line + "\n", second * 1000) + guacamole.sync(second * 1000 + 2500))
    parts.append(guacamole.clipboard("The scanner may write again since 09:41."))
    return guacamole.recorded(*parts, guacamole.sync(70_000), guacamole.instruction("disconnect"))


def wrong_printer() -> bytes:
    """A clerk shows how the invoice comes out of the wrong printer."""
    word = {"FileName": "WINWORD.EXE", "FileDescription": "Microsoft Word", "CommandLine": "WINWORD.EXE"}
    settings = {"FileName": "ApplicationFrameHost.exe", "FileDescription": "Application Frame Host"}
    window = steps.level("invoice 2207 - Word", "window")
    shown = [
        ("9:40:12 AM", "Mouse Left Click", 'User left click on "File Tab (button)" in "invoice 2207 - Word"', word),
        ("9:40:20 AM", "Mouse Left Click", 'User left click on "Print (list item)" in "invoice 2207 - Word"', word),
        (
            "9:40:41 AM",
            "Mouse Left Click",
            'User left click on "Which Printer (combo box)" in "invoice 2207 - Word"',
            word,
        ),
        ("9:41:30 AM", "Mouse Left Click", 'User left click on "Printers & scanners" in "Start - Settings"', settings),
        (
            "9:41:52 AM",
            "Mouse Left Click",
            'User left click on "Set as default (button)" in "Start - Settings"',
            settings,
        ),
        ("9:42:15 AM", "Keyboard Input", 'User keyboard input in "invoice 2207 - Word" [... Ctrl-P Enter ...]', word),
    ]
    actions = [
        steps.action(
            number,
            time,
            what,
            said,
            window if program is word else steps.level("Start - Settings", "window"),
            **program,
        )
        for number, (time, what, said, program) in enumerate(shown, 1)
    ]
    comments = {
        3: "The label printer stands here again, although I chose the laser printer.",
        6: "Now it prints on the right one.",
    }
    pages = [steps.step(number, "11/22/2026", comments.get(number, "")) for number in range(1, 7)]
    xml = steps.report(*actions, stop="9:42:40 AM", missed=1)
    return steps.zipped(steps.document(steps.page(xml, *pages), pictures=2), "Recording_20261122_0942.mht")


def time_sheets() -> bytes:
    """Somebody looks why time sheets are not sent, with a stopwatch running."""
    windows = [
        aw.window(0, 90, "outlook.exe", "Inbox - Outlook"),
        aw.window(90, 240, "chrome.exe", "Time sheets - Google Chrome"),
        aw.window(330, 0, "explorer.exe", "Task Switching"),
        aw.window(331, 200, "excel.exe", "hours-november.xlsx - Excel"),
        aw.window(331, 150, "excel.exe", "hours-november.xlsx - Excel"),
        aw.window(900, 120, "chrome.exe", "Time sheets - Google Chrome"),
        aw.window(1020, 60, "outlook.exe", "excluded"),
    ]
    tab = {"url": "https://hours.acme.example/upload", "title": "Time sheets", "audible": False, "incognito": False}
    return aw.export(
        aw.bucket(aw.WINDOW, *windows),
        aw.bucket(
            aw.AFK,
            aw.here(0, 560),
            aw.here(0, 300),
            aw.here(560, 330, "afk"),
            aw.here(890, 200),
            client="aw-watcher-afk",
        ),
        aw.bucket(aw.TAB, aw.event(95, 200, tabCount=4, **tab), client="aw-watcher-web-chrome"),
        aw.bucket(
            aw.STOPWATCH, aw.event(80, 980, label="Time sheets are not sent", running=False), client="aw-stopwatch"
        ),
    )


def full_log_folder() -> bytes:
    """A server whose log folder is full, with enhanced recording of the commands."""
    return teleport.log(
        teleport.begun(),
        teleport.command(6, "df", "-h", "/var/log"),
        teleport.command(15, "du", "-xsh", "/var/log/shop"),
        teleport.command(31, "logrotate", "--force", "/etc/logrotate.d/shop"),
        teleport.command(44, "df", "-h", "/var/log"),
        teleport.event("sftp", 58, code="TS001I", path="/etc/logrotate.d/shop", action="upload"),
        teleport.command(70, "systemctl", "restart", "shop"),
        teleport.event("session.data", 81, code="T2006I", ei=2147483646, tx=4096, rx=512),
        teleport.ended(80, participants=["dana"], session_stop="2026-11-22T09:41:20Z"),
    )


def address_list() -> bytes:
    """A log of a user interface: double addresses leave a list."""
    rows = [
        "timeStamp,userID,targetApp,eventType,url,content,target.sheetName,target.id,target.type,target.name,target.value",
        "2026-11-22T09:40:00.100Z,dana,Excel,openWorkbook,,,Addresses,,,,",
        "2026-11-22T09:40:09.400Z,dana,Excel,editCell,,,Addresses,C14,,,removed",
        "2026-11-22T09:40:12.000Z,,OS-Clipboard,copy,,Harbour Lane 7,,,,,",
        "2026-11-22T09:40:20.500Z,dana,Chrome,navigate_to,https://crm.acme.example/contacts,,,,,,",
        "2026-11-22T09:40:24.900Z,dana,Chrome,paste,https://crm.acme.example/contacts,Harbour Lane 7,,,text,street,",
        "2026-11-22T09:40:31.000Z,dana,Chrome,clickButton,https://crm.acme.example/contacts,,,,submit,Save,",
    ]
    return ("\ufeff" + "\r\n".join(rows) + "\r\n").encode()


RECORDINGS = {
    "scanner-share-repaired.guac": scanner_share,
    "invoice-wrong-printer.zip": wrong_printer,
    "time-sheets-not-sent.json": time_sheets,
    "log-folder-full.jsonl": full_log_folder,
    "address-list-cleaned.csv": address_list,
}


def main() -> None:
    for name, encode in RECORDINGS.items():
        (FOLDER / name).write_bytes(encode())
        print(f"{name}: {(FOLDER / name).stat().st_size} bytes")


if __name__ == "__main__":
    main()
