import pytest

from summaries.domain.taxonomy.defaults import APPLICATIONS, ISSUE_TYPES, create_default_taxonomy
from summaries.models import Application, IssueType


@pytest.mark.parametrize("labels", [ISSUE_TYPES, APPLICATIONS])
def test_default_labels_are_unique_and_fit(labels):
    names = [label.name.casefold() for label in labels]
    assert len(set(names)) == len(names)
    assert max(map(len, names)) <= 80
    assert all(keyword for label in labels for keyword in label.keywords)


def test_create_default_taxonomy_completes_one_company_only(cast):
    mine = IssueType.objects.filter(company=cast.northwind)
    theirs = IssueType.objects.filter(company=cast.contoso)
    mine.filter(name="Printer").update(name="PRINTER", keywords=["plotter"])
    mine.filter(name="VPN").delete()
    Application.objects.filter(company=cast.northwind, name="Git").delete()
    theirs.filter(name="VPN").delete()
    create_default_taxonomy(company=cast.northwind)
    assert mine.count() == len(ISSUE_TYPES)
    assert mine.get(name="PRINTER").keywords == ["plotter"]
    assert Application.objects.filter(company=cast.northwind).count() == len(APPLICATIONS)
    assert theirs.count() == len(ISSUE_TYPES) - 1
