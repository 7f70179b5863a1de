"""An engine on loopback that takes its time: a process of its own, which answers any number of calls at once.

    python -m tests.bench.slow_engine SECONDS    # prints its port, serves until its standard input ends

It answers each message with a summary of the numbers that stand in the record, with the first issue type that is
offered, after SECONDS. GET / tells how many calls are waiting now, how many waited at most, how many were answered, and
the processor's time that all this took, in seconds.
"""

import asyncio
import json
import re
import sys
import time

NUMBER = re.compile(rb"\\n(\d+) \[\d+:\d\d\] ")
LABEL = re.compile(rb"\\nissue_types: ([^|\\]+) \|")


class Engine:
    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.waiting = self.most = self.answered = 0
        #: Integral of `waiting` over time, for an average.
        self.area, self.since, self.began = 0.0, 0.0, 0.0

    def count(self, change: int) -> None:
        now = asyncio.get_running_loop().time()
        self.began = self.began or now
        self.area += self.waiting * (now - (self.since or now))
        self.since = now
        self.waiting += change
        self.most = max(self.most, self.waiting)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            if head.startswith(b"get"):
                self.count(0)
                body = json.dumps(vars(self) | {"cpu": time.process_time()}).encode()
            else:
                length = re.search(rb"content-length: (\d+)", head)
                sent = await reader.readexactly(int(length[1]) if length else 0)
                self.count(1)
                try:
                    await asyncio.sleep(self.seconds)
                finally:
                    self.count(-1)
                self.answered += 1
                body = answer(sent)
            writer.write(
                b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n"
                b"content-length: %d\r\n\r\n" % len(body) + body
            )
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass  # the caller went away
        finally:
            writer.close()


def answer(sent: bytes) -> bytes:
    numbers = [int(number) for number in NUMBER.findall(sent)] or [1]
    first, last = numbers[0], numbers[-1]
    content = {
        "title": "Service checked",
        "problem": [{"text": "The service was looked at.", "evidence": [first]}],
        "cause": [],
        "steps": [
            {"text": "The state was read.", "evidence": [first, last], "application": "", "commands": []},
        ],
        "outcome": "UNKNOWN",
        "outcome_statements": [],
        "open_points": [],
        "missing_data": [],
        "issue_types": [label[1].decode() for label in LABEL.finditer(sent)],
        "applications": [],
    }
    return json.dumps(
        {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "model": "slow-1",
            "content": [{"type": "text", "text": json.dumps(content)}],
            "stop_reason": "end_turn",
            "stop_sequence": None,
            "usage": {"input_tokens": len(sent) // 4, "output_tokens": 150},
        }
    ).encode()


async def main(seconds: float) -> None:
    engine = Engine(seconds)
    server = await asyncio.start_server(engine.serve, "127.0.0.1", 0, backlog=4096)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1])))
