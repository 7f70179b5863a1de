from dataclasses import replace

from summaries.domain.evidence.prose import Run
from tests.summaries.domain.reports.test_connection_reports import report_of
from tests.summaries.report_examples import PRINTER


def test_a_report_in_german_has_german_labels() -> None:
    report = report_of(replace(PRINTER, language="de"))

    assert (report.language, report.direction) == ("de", "ltr")
    assert report.date == "22. November 2026"
    assert [each.heading for each in report.sections] == [
        "Problem",
        "Durchgeführte Arbeiten",
        "Ergebnis",
        "Offene Punkte",
        "Anwendungen",
    ]
    assert report.particulars[5].value == "14 min, 15 min (5-Min.-Schritte)"


def test_a_report_in_arabic_is_written_from_right_to_left() -> None:
    report = report_of(replace(PRINTER, language="ar"))

    assert (report.language, report.direction, report.name) == ("ar", "rtl", "تقرير الخدمة")


def test_in_arabic_times_stay_beside_the_applications_that_they_tell_of() -> None:
    report = report_of(replace(PRINTER, language="ar"), ticket="4711-12")

    [applications] = [each for each in report.sections if each.heading == "التطبيقات"]
    assert applications.lines[0].runs == (Run("\u2068Print Spooler\u2069 9 د، \u2068Settings\u2069 3 د"),)
    assert report.ticket == "التذكرة \u20684711-12\u2069"
    assert report.particulars[3].value == "22 نوفمبر 2026، \u206810:02 CET\u2069"
