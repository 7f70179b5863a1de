"""A company's own model of issue types: trained on its labelled texts, replaced by the next one, removed at will."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from accounts.domain.administrators import lock_company
from accounts.domain.audit import record
from accounts.models import Company, User
from summaries.domain.taxonomy.labelled_texts import LabelledTexts
from summaries.engines.builtin.issue_types.model import NONE, IssueTypeModel
from summaries.engines.builtin.issue_types.storage import pack
from summaries.engines.builtin.issue_types.training import train
from summaries.models import IssueType, IssueTypeClassifier


class UnknownIssueTypes(Exception):
    """Labels that are no issue types of the company; the sentence names them."""


class NoTrainedModel(Exception):
    """The company has no model of its own that could be removed."""


def train_for(
    *, company: Company, labelled: LabelledTexts, create: bool, actor: User | None, at: datetime
) -> IssueTypeClassifier:
    """Train and store; replaces an earlier model. Raises UnknownIssueTypes, UnableToTrain.

    The label “-” stands for texts that belong to no issue type. Training takes seconds to minutes and runs outside
    any transaction.
    """
    names = _names_in(company, labelled.labels)
    missing = sorted(set(labelled.labels) - names.keys() - {NONE})
    if missing and not create:
        raise UnknownIssueTypes(
            gettext(
                "%(company)s has no issue type %(missing)s. Correct the labels, or let them be created with --create."
            )
            % {"company": company, "missing": ", ".join(f"“{label}”" for label in missing)}
        )
    labels = [names.get(label, label) for label in labelled.labels]
    model = train(texts=labelled.texts, labels=_alike(labels))
    return _store(company=company, model=model, create=missing, actor=actor, at=at)


def _names_in(company: Company, labels: Sequence[str]) -> dict[str, str]:
    """{label: name of the company's issue type}, whatever the case."""
    names = IssueType.objects.filter(company=company).values_list("name", flat=True)
    known = {name.casefold(): name for name in names}
    return {label: known[label.casefold()] for label in set(labels) if label.casefold() in known}


def _alike(labels: Sequence[str]) -> list[str]:
    """Labels that differ in case only are one, in the spelling that is used most."""
    spelled: dict[str, str] = {}
    for label, _ in sorted(Counter(labels).items(), key=lambda item: (-item[1], item[0])):
        spelled.setdefault(label.casefold(), label)
    return [spelled[label.casefold()] for label in labels]


@transaction.atomic
def _store(
    *, company: Company, model: IssueTypeModel, create: Sequence[str], actor: User | None, at: datetime
) -> IssueTypeClassifier:
    lock_company(company=company)
    labels = [label for label in model.labels if label != NONE]
    known = _names_in(company, labels)
    new = [label for label in labels if label not in known and label in create]
    IssueType.objects.bulk_create(IssueType(company=company, name=label) for label in new)
    before = IssueTypeClassifier.objects.filter(company=company).values_list("version", flat=True).first() or 0
    classifier, _ = IssueTypeClassifier.objects.update_or_create(
        company=company,
        defaults={
            "version": before + 1,
            "data": pack(model),
            "issue_types": labels,
            "texts": model.texts,
            "trained_at": at,
        },
    )
    details = {"version": classifier.version, "texts": model.texts, "issue_types": len(labels), "created": len(new)}
    record(
        company=company, action="issuetypeclassifier.trained", at=at, actor=actor, target=classifier, details=details
    )
    return classifier


@transaction.atomic
def remove_model(*, company: Company, actor: User | None, at: datetime) -> None:
    """The ready-made model is used from now on. Raises NoTrainedModel."""
    lock_company(company=company)
    classifier = IssueTypeClassifier.objects.filter(company=company).first()
    if classifier is None:
        raise NoTrainedModel(gettext("%(company)s has no model of its own.") % {"company": company})
    details = {"version": classifier.version}
    record(
        company=company, action="issuetypeclassifier.removed", at=at, actor=actor, target=classifier, details=details
    )
    classifier.delete()


def packed_model_of(*, company_id: int) -> bytes:
    """The company's own model for an engine; empty without one."""
    found = IssueTypeClassifier.objects.filter(company=company_id).values_list("data", flat=True).first()
    return bytes(found) if found else b""
