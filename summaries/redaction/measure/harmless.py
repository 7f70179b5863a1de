# ruff: noqa: E501 - a table of lines reads best one to a line
"""Lines of terminals, logs, code and chats in which nothing may be masked."""

import random
from collections.abc import Iterator

from summaries.redaction.measure.samples import Sample, fill

TUNED = (
    "commit <h40>", "<h7> Fix the printer queue", "index <h7>..<h7> 100644", "<h64>  image.iso", "<h32>  backup.tar.gz", "sha256:<h64>",
    "Digest: sha256:<h64>", "<h8>-<h4>-4<h3>-a<h3>-<h12>", "UUID=\"<h8>-<h4>-<h4>-<h4>-<h12>\" TYPE=\"ext4\"", "ether <h2>:<h2>:<h2>:<h2>:<h2>:<h2>",
    "2026-11-<d1><d1>T10:0<d1>:1<d1>Z started", "2026-1<d1>-0<d1> 1<d1>:2<d1>:3<d1>,<d3> INFO ready", "Nov 2<d1> 10:02:1<d1> web01 nginx[<d4>]: ready", "1732<d6>.<d3>",
    "libssl3:amd64 (3.<d1>.1<d1>-1~deb12u<d1>)", "nginx version: nginx/1.2<d1>.<d1>", "Python 3.1<d1>.<d1>", "v2.<d1>.<d2>.<d1>", "node v2<d1>.1<d1>.0", "version 10.0.1904<d1>.<d4>",
    "order 4<d7> was shipped", "Order number: <d3>-<d7>-<d7>", "invoice RE-2026-<d5>", "INC00<d5> closed", "ticket #<d5>", "case 0<d7>", "serial number <U10>", "Part no. <d3>-<d5>-<d2>",
    "/var/lib/docker/overlay2/<h64>/merged", "C:\\Windows\\System32\\drivers\\etc\\hosts", "/usr/lib/python3.11/site-packages/pip-2<d1>.0.dist-info", "-rw-r--r-- 1 root root <d8> Nov 2<d1> 09:14 syslog.<d1>",
    "/dev/sda1  <d8>  <d8>  <d7>  9<d1>% /", "root  <d4>  0.0  0.1  <d6> <d4> ?  Ss  10:0<d1>  0:00 /sbin/init", "total <d5>", "PID <d5> exited with 1", "listening on port <d4>", "exit code 3221225<d3>", "0x<h8>", "error 0x8007<h4>",
    "def check_password(self, password):", "if token is None:", "password = getpass.getpass()", "for i in range(<d3>):", "SELECT id FROM t WHERE n = <d6>;", "const key = props.key;", "return sum(x[<d1>:<d2>])", "Get-Service | Where-Object Status -eq Running", "std::vector<int> a(<d3>);",
    "Enter password:", "The password has expired", "forgot my password again", "Please change your password soon.", "the token is invalid", "reset the password for him", "passwd: password updated successfully", "sudo: 3 incorrect password attempts",
    "SHA256:<B43>", "ssh-ed25519 key fingerprint is SHA256:<B43>.", "\"integrity\": \"sha512-<B86>==\",", "web-7d9f<h6>-<a5>  1/1  Running", "container <h12> stopped", "git@code.example:team/repo.git", "getty@tty1.service loaded active",
    "GET /index.html HTTP/1.1 200 <d5>", "rate 12.<d2> MB/s, <d3> s", "price 1,<d3>.<d2> EUR", "EAN 400<d10>", "screen 1920x1080+<d4>+0", "temperature 4<d1>.5 C", "that worked, thank you!", "it fails since Monday", "room 3.<d2>, second floor", "127.0.0.1:80<d2>", "::1 localhost",
    "10:02:1<d1>:<d3>", "offset 00000<h3>: <h2> <h2> <h2> <h2>", "<d2>/<d2>/2026 0<d1>:3<d1> PM", "bytes <d6>-<d7>/<d8>", "255.255.255.0", "KB50<d5> installed", "build <d4>.<d4>", "mtu 1500 qdisc noqueue state UP", "Ticks: 6389<d14>",
)  # fmt: skip
HELD_OUT = (
    "Author date: Fri Nov 2<d1> 10:02:1<d1> 2026 +0<d1>00", "blob <h40> <d5>", "ETag: \"<h32>\"", "md5 = <h32>", "request_id=<h8>-<h4>-<h4>-<h4>-<h12>", "S-1-5-21-<d10>-<d10>-<d9>-<d4>", "{<h8>-<h4>-<h4>-<h4>-<h12>}",
    "wlan0: <h2>:<h2>:<h2>:<h2>:<h2>:<h2> associated", "MAC <H2>-<H2>-<H2>-<H2>-<H2>-<H2>", "[   <d2>.<d6>] usb 1-1: new device", "time=2026-11-2<d1>T10:0<d1>:00+01:00 level=info", "tracking 1Z<U6><d10>", "customer number <d8>", "PO <d10>", "delivery note <d4>-<d6>",
    "Setting up python3.11-minimal (3.11.<d1>-<d1>) ...", "chrome 131.0.<d4>.<d2>", "Firmware 4.<d1>.<d2>.<d4>", "driver 31.0.15.<d4>", "kernel 6.1.0-<d2>-amd64", "OpenSSH_9.2p1 Debian-2+deb12u<d1>", "tag: release-2026.<d1>.<d2>",
    "D:\\data\\2026\\export_<d8>.csv", "~/.cache/pip/http/<h1>/<h1>/<h56>", "/proc/<d5>/fd/<d2>", "\\\\server\\share\\file<d3>.xlsx", "s3://bucket/logs/2026/11/<d2>/part-<d5>.gz", "drwxr-xr-x 2 www-data www-data 4096 Nov 2<d1> 2026 html", "tmpfs <d7> 0 <d7> 0% /run/user/1000",
    "if (password.length < 8) {", "token = lexer.next_token()", "secret = os.environ['SECRET']", "self.key = key", "assert hash == 0x<h16>", "x = <d3>.<d5>", "git checkout <h10>", "UPDATE users SET password_hash = NULL WHERE id = <d4>;", "<td>passwords</td>", "int main(void) { return <d1>; }",
    "wrong password, try again", "your password was changed yesterday", "a password is required", "New password:", "access token expired", "key: value", "api key missing", "passwords do not match", "my password does not work any more",
    "RSA key fingerprint is <h2>:<h2>:<h2>:<h2>:<h2>:<h2>:<h2>:<h2>:<h2>:<h2>:<h2>:<h2>:<h2>:<h2>:<h2>:<h2>.", "resolved \"https://registry.example/a/-/a-<d1>.<d1>.<d1>.tgz#<h40>\"", "pod/api-6c<h8>-<a5> created", "image: registry.example/app@sha256:<h64>", "user@1000.service", "icon@2x.png",
    "HTTP/1.1\" 304 0 \"-\" \"Mozilla/5.0\"", "<d3> packets transmitted, <d3> received", "rtt 0.<d3>/0.<d3>/1.<d3> ms", "1 EUR = 1.0<d3> USD", "ISBN 978-3-<d5>-<d3>-<d1>", "page <d2> of <d3>", "-- 2<d1>:5<d1>:0<d1> --", "DPI 96, 2560 x 1440", "meeting on 2<d1>.11.2026 at 14:30", "the cable is 12.<d1> m long", "thanks, it is fine now", "row <d6>: column <d2>", "0.0.0.0:* LISTEN", "fsck: <d6>/<d7> files, <d7>/<d8> blocks", "Event ID <d4>, level 3", "PRINTER-0<d1> offline", "VLAN <d3> trunk", "lat 52.<d5>, lon 13.<d5>", "RAM: <d2>.<d1> GiB of 32", "checksum <d10>", "job <d6> queued", "session <d1><h7> closed",
)  # fmt: skip


def harmless(chance: random.Random, *, held_out: bool, each: int = 8) -> Iterator[Sample]:
    """*each* lines of every form."""
    for form in HELD_OUT if held_out else TUNED:
        for _ in range(each):
            yield Sample("", form, fill(form, chance))
