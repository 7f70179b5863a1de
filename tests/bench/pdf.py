"""One two-page service report, warm, beside WeasyPrint as it comes: `python -m tests.bench.pdf --json`.

The limit lays the same words out in the same style as most reports do: the particulars and the steps as rows of
tables, fonts and stylesheet set up for each document. Processor time, so that other work on the machine counts for
neither; measured in turn.
"""

import argparse
import io
import json
import os
import statistics
import time
from collections.abc import Callable
from dataclasses import replace

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "insights_portal.test_settings")
django.setup()

from django.template import Context, Template  # noqa: E402 - settings come first
from pypdf import PdfReader  # noqa: E402
from weasyprint import CSS, HTML  # noqa: E402
from weasyprint.text.fonts import FontConfiguration  # noqa: E402

from accounts.models import Company, User  # noqa: E402
from policies.models import Device  # noqa: E402
from summaries.content import Statement, Step  # noqa: E402
from summaries.domain.reports.connection_reports import build_report  # noqa: E402
from summaries.domain.reports.export import STYLESHEET, render_report  # noqa: E402
from summaries.domain.reports.report_values import ServiceReport  # noqa: E402
from summaries.models import Summary  # noqa: E402
from tests.summaries.report_examples import PRINTER, revision_of, session_of  # noqa: E402

GOAL = 0.6
AS_IT_COMES = Template("""<!DOCTYPE html>
<html lang="{{ report.language }}" data-page="{{ report.page }}" data-of="{{ report.of }}">
<head><title>{{ report.name }} {{ report.number }}: {{ report.title }}</title></head><body>
<header><table><tr><td><p class="company">{{ report.letterhead.company }}</p>{% for line in report.letterhead.lines %}<p>{{ line }}</p>{% endfor %}</td>
<td><p class="number">{{ report.name }} {{ report.number }}</p><p>{{ report.ticket }}</p><p>{{ report.date }}</p></td></tr>
</table></header><h1>{{ report.title }}</h1><p class="subtitle">{{ report.subtitle }}</p>
<table>{% for each in report.particulars %}<tr><td class="label">{{ each.label }}</td>
<td class="value">{{ each.value }}</td></tr>{% endfor %}</table>
{% for section in report.sections %}<h2>{{ section.heading }}</h2><table>{% for line in section.lines %}<tr>
<td>{{ forloop.counter }}.</td><td class="clock">{{ line.clock }}</td>
<td>{% if section.badge %}<span class="badge">{{ section.badge }}</span> {% endif %}{% for run in line.runs %}{% if run.is_code %}<code>{{ run.text }}</code>{% else %}{{ run.text }}{% endif %}{% endfor %}</td></tr>{% endfor %}</table>{% endfor %}
<p class="notice">{{ report.notice }}</p>
<table><tr>{% for each in report.signatures %}<td>{{ each }}</td>{% endfor %}</tr></table></body></html>""")  # noqa: E501


TABLES = "table { width: 100%; border-collapse: collapse; } td { padding: 0 1mm 0.8mm 0; vertical-align: top; }"


def two_page_report() -> ServiceReport:
    company = Company(
        name="Northwind IT Services",
        address="Harbour Road 12, 20457 Hamburg",
        contact_email="support@northwind.example",
        time_zone="Europe/Berlin",
    )
    device = Device(name="ACC-14", operating_system="Windows 11", customer="Acme Accounting")
    steps = tuple(
        Step(
            Statement(f"Looked into the log of service {n} and set the value back to the documented one.", (n,)),
            "Terminal",
            (f"journalctl -u app-{n} --since today --no-pager",) if n % 2 else (),
            n * 20_000,
        )
        for n in range(1, 37)
    )
    return build_report(
        session=session_of(company, User(name="Mia Berg"), device=device),
        summary=Summary(),
        revision=revision_of(company, replace(PRINTER, steps=steps)),
        language="en",
    )


def as_it_comes(report: ServiceReport) -> bytes:
    fonts = FontConfiguration()
    html = AS_IT_COMES.render(Context({"report": report}))
    css = CSS(string=STYLESHEET.read_text(encoding="utf-8") + TABLES, font_config=fonts)
    pdf: bytes = HTML(string=html).write_pdf(font_config=fonts, stylesheets=[css], pdf_variant="pdf/ua-1")
    return pdf


def milliseconds(work: Callable[[], bytes]) -> float:
    started = time.process_time()
    work()
    return (time.process_time() - started) * 1000


def measure(rounds: int) -> dict[str, object]:
    report = two_page_report()
    works = (lambda: render_report(report), lambda: as_it_comes(report))
    for work in works:
        pages = len(PdfReader(io.BytesIO(work())).pages)
        assert pages == 2, f"The report has {pages} pages; this bench is about two."
    taken = [[milliseconds(work) for work in works] for _ in range(rounds)]
    ours, limit = (statistics.median(column) for column in zip(*taken, strict=True))
    return {
        "name": "pdf",
        "ours": round(ours, 1),
        "limit": round(limit, 1),
        "ratio": round(ours / limit, 3),
        "goal": GOAL,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    parser.add_argument("--rounds", type=int, default=15)
    wish = parser.parse_args()
    result = measure(wish.rounds)
    if wish.json:
        print(json.dumps(result))
    else:
        print("{name}: {ours} ms, as it comes {limit} ms, ratio {ratio} (goal {goal} or less)".format(**result))


if __name__ == "__main__":
    main()
