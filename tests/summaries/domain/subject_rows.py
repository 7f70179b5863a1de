"""A person's data in every place that a company keeps some: what export and erasure are tried on."""

from datetime import timedelta

from policies.enums import ConsentAnswer
from policies.models import Device
from summaries.domain.keeping.forgetting import current_search_text
from summaries.models import ConsentEntry, ConsentRequest, SupportSession
from tests.summaries.session_rows import add_interactions, add_session, add_summary

#: One word, so that the search index holds it as it stands.
CANARY = "kimcanary"


def add_rich_session(company, supporter, number, *, name=CANARY, **fields) -> SupportSession:
    """A session that names its remote user in the report, the log, the summary and the consent."""
    device = Device.objects.get_or_create(company=company, name="ACC-14")[0]
    session = add_session(
        company,
        supporter,
        number,
        **{
            "device": device,
            "remote_user": name,
            "notes": f"Call {name} back",
            "ticket": f"T-{name}",
            "source_name": f"{name}.cast",
            "interaction_count": 2,
            "bad_records": [{"unit": "LINE", "place": 3, "problem": name}],
            **fields,
        },
    )
    add_interactions(session, 2, text=f"echo {name}", title=name)
    summary = add_summary(session, title=f"Mail of {name}")
    revision = summary.current
    revision.content = {**revision.content, "title": f"Mail of {name}"}
    revision.save(update_fields=["content"])
    session.search_text = current_search_text(session)
    session.save(update_fields=["search_text"])
    question = ConsentRequest.objects.create(
        company=company,
        session=session,
        digest=f"{company.slug}-{number}",
        requested_by=supporter,
        requested_at=session.started_at,
        expires_at=session.started_at + timedelta(minutes=2),
        answer=ConsentAnswer.GIVEN,
        answered_at=session.started_at,
    )
    ConsentEntry.objects.create(
        company=company,
        session=session,
        request=question,
        answer=ConsentAnswer.GIVEN,
        statement="Agreed by phone.",
        at=session.started_at,
    )
    return session
