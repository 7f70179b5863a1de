"""Makes a recording by running a real tool: types a scenario into a shell that asciinema, script(1) or tlog records.

    python tests/recordings/record.py SCENARIO.json OUTPUT [--tool asciinema|script|script-advanced|tlog]

A scenario is JSON: {"host": "ws-14", "user": "support", "setup": ["shell line", …], "keys": [step, …]} and a step is
one of {"type": "text"}, {"wait": seconds}, {"wait_for": "pattern", "timeout": seconds}, {"secret": "text"},
{"press": "C-c"}. Needs root (a namespace gives the host its name), pexpect, and asciinema, util-linux or tlog.
"""

import argparse
import json
import random
import subprocess
import sys
import time
from pathlib import Path

import pexpect

PRESSES = {
    "C-c": "\x03",
    "C-d": "\x04",
    "Up": "\x1b[A",
    "Tab": "\t",
    "Escape": "\x1b",
    "Enter": "\r",
    "BackSpace": "\x7f",
}


def prepare_shell(scenario: dict, home: Path) -> None:
    (home / ".bashrc").write_text(
        f"PS1='\\[\\e]0;{scenario['user']}@{scenario['host']}: \\w\\a\\]{scenario['user']}@{scenario['host']}:\\w$ '\n"
        "export LANG=C.UTF-8 PAGER=cat SYSTEMD_PAGER=cat\nunset HISTFILE\ncd ~\n"
    )


def command_of(tool: str, output: Path) -> str:
    timing = output.with_suffix(".timing")
    if tool == "script":
        return f"script --quiet --command 'bash -i' --log-out {output} --log-timing {timing} --logging-format classic"
    if tool == "script-advanced":
        # What is typed and what is shown in one file, told apart by the timing file.
        return f"script --quiet --command 'bash -i' --log-io {output} --log-timing {timing}"
    if tool == "tlog":
        # Small messages, so that characters and lines are split over them.
        return f"tlog-rec --log-input=true --latency=2 --payload=400 --writer=file --file-path={output} /bin/bash"
    return f"asciinema rec --quiet --overwrite --stdin --cols 100 --rows 30 --command 'bash -i' {output}"


def play(scenario: dict, terminal: pexpect.spawn, hand: random.Random) -> None:
    for step in scenario["keys"]:
        if "type" in step or "secret" in step:
            for key in step.get("type", step.get("secret")):
                terminal.send(key)
                time.sleep(hand.uniform(0.02, 0.09))
            terminal.send("\r")
            terminal.expect_exact("\n", timeout=20)
        elif "press" in step:
            terminal.send(PRESSES[step["press"]])
        elif "wait_for" in step:
            terminal.expect(step["wait_for"], timeout=step.get("timeout", 60))
        drain(terminal, step.get("wait", 0.6))


def drain(terminal: pexpect.spawn, seconds: float) -> None:
    ends = time.monotonic() + seconds
    while (left := ends - time.monotonic()) > 0:
        terminal.expect([pexpect.TIMEOUT, r".+"], timeout=min(left, 0.5))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("scenario", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--tool", choices=["asciinema", "script", "script-advanced", "tlog"], default="asciinema")
    options = parser.parse_args()
    scenario = json.loads(options.scenario.read_text())
    home = Path("/home") / scenario["user"]
    home.mkdir(parents=True, exist_ok=True)
    prepare_shell(scenario, home)
    for line in scenario.get("setup", []):
        subprocess.run(["bash", "-c", line], check=True, cwd=home)
    inner = command_of(options.tool, options.output)
    terminal = pexpect.spawn(
        "unshare",
        ["--uts", "bash", "-c", f"hostname {scenario['host']} && exec {inner}"],
        env={
            "PATH": f"{Path(sys.executable).parent}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": str(home),
            "TERM": "xterm-256color",
            "SHELL": "/bin/bash",
            "LANG": "C.UTF-8",
        },
        dimensions=(30, 100),
        encoding="utf-8",
        timeout=60,
        codec_errors="replace",
    )
    drain(terminal, 2.0)
    play(scenario, terminal, random.Random(options.output.stem))
    terminal.send("exit\r")
    terminal.expect(pexpect.EOF, timeout=30)


if __name__ == "__main__":
    main()
