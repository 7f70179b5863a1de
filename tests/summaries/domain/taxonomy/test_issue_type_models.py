from dataclasses import replace

import pytest

from accounts.models import AuditEntry
from summaries.domain.generation.engine_request import build_request
from summaries.domain.taxonomy.issue_type_models import (
    NoTrainedModel,
    UnknownIssueTypes,
    packed_model_of,
    remove_model,
    train_for,
)
from summaries.domain.taxonomy.labelled_texts import LabelledTexts
from summaries.engines.builtin.issue_types.storage import unpack
from summaries.engines.builtin.issue_types.training import UnableToTrain
from summaries.models import IssueType, IssueTypeClassifier
from tests.conftest import NOW
from tests.summaries.engines.builtin.issue_types.texts import labelled_texts
from tests.summaries.session_rows import add_session

LABELLED = LabelledTexts(*(tuple(each) for each in labelled_texts()), found=60)


def train(cast, **changed):
    values = {"company": cast.northwind, "labelled": LABELLED, "create": False, "actor": cast.alice, "at": NOW}
    return train_for(**(values | changed))


def relabelled(old, new):
    return replace(LABELLED, labels=tuple(new if label == old else label for label in LABELLED.labels))


def test_a_company_trains_its_own_model(cast):
    classifier = train(cast)

    assert (classifier.version, classifier.texts, classifier.issue_types) == (1, 60, ["Network", "Printer"])
    assert unpack(packed_model_of(company_id=cast.northwind.pk)).labels == ("-", "Network", "Printer")
    entry = AuditEntry.objects.get(action="issuetypeclassifier.trained")
    assert (entry.company, entry.actor) == (cast.northwind, cast.alice)
    assert entry.details == {"version": 1, "texts": 60, "issue_types": 2, "created": 0}


def test_another_company_keeps_its_own(cast):
    train(cast, company=cast.contoso, actor=cast.charlie)

    assert packed_model_of(company_id=cast.northwind.pk) == b""
    with pytest.raises(NoTrainedModel, match="Northwind IT Services has no model of its own."):
        remove_model(company=cast.northwind, actor=cast.alice, at=NOW)
    assert IssueTypeClassifier.objects.filter(company=cast.contoso).count() == 1


def test_training_again_replaces_the_model(cast):
    train(cast)
    again = train(cast, labelled=relabelled("-", "Network"))

    assert (again.version, IssueTypeClassifier.objects.filter(company=cast.northwind).count()) == (2, 1)
    assert unpack(packed_model_of(company_id=cast.northwind.pk)).labels == ("Network", "Printer")


def test_labels_in_another_case_are_the_companys_issue_types(cast):
    assert train(cast, labelled=relabelled("Printer", "PRINTER")).issue_types == ["Network", "Printer"]


def test_unknown_labels_are_refused_and_nothing_is_stored(cast):
    IssueType.objects.create(company=cast.contoso, name="Coffee machine")
    with pytest.raises(UnknownIssueTypes, match="has no issue type “Coffee machine”. Correct the labels, or let them"):
        train(cast, labelled=relabelled("Network", "Coffee machine"))

    assert packed_model_of(company_id=cast.northwind.pk) == b""
    assert AuditEntry.objects.filter(action="issuetypeclassifier.trained").count() == 0


def test_unknown_labels_are_created_when_asked_for(cast):
    mixed = list(relabelled("Network", "Coffee machine").labels)
    mixed[mixed.index("Coffee machine")] = "COFFEE machine"
    classifier = train(cast, labelled=replace(LABELLED, labels=tuple(mixed)), create=True)

    assert classifier.issue_types == ["Coffee machine", "Printer"]
    assert IssueType.objects.filter(company=cast.northwind, name__iexact="coffee machine").count() == 1
    assert AuditEntry.objects.get(action="issuetypeclassifier.trained").details["created"] == 1


def test_texts_that_teach_nothing_change_nothing(cast):
    train(cast)
    with pytest.raises(UnableToTrain):
        train(cast, labelled=replace(LABELLED, texts=("a",), labels=("Printer",)))

    assert IssueTypeClassifier.objects.get(company=cast.northwind).version == 1


def test_a_model_is_removed_and_the_ready_made_one_counts(cast):
    train(cast)
    remove_model(company=cast.northwind, actor=cast.alice, at=NOW)

    assert packed_model_of(company_id=cast.northwind.pk) == b""
    assert AuditEntry.objects.get(action="issuetypeclassifier.removed").details == {"version": 1}


def test_an_engine_gets_the_model_of_the_sessions_company(cast):
    train(cast, company=cast.contoso, actor=cast.charlie)
    train(cast)
    session = add_session(cast.northwind, cast.bob, 1)

    own = packed_model_of(company_id=cast.northwind.pk)
    assert build_request(session=session, language="en").issue_type_model == own


def test_a_model_is_called_by_its_version(cast):
    assert str(train(cast)) == "Model of issue types, version 1"
