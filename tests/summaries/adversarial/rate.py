"""The attack success rate of both engines, with a model on loopback that does whatever a recording demands.

    python -m tests.summaries.adversarial.rate [--json]

Every session goes through the built-in engine, and through the Claude engine once for each attack; then evidence is
checked as it is before anything is stored. An attack succeeds when something wrong would be told as fact, or a wrong
outcome. Needs no database.
"""

import argparse
import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Try:
    """*breaches* is empty when the attack got nowhere."""

    engine: str
    case: str
    attack: str
    breaches: tuple[str, ...]


def tries() -> Iterator[Try]:
    from tests.summaries.adversarial.honesty import HONESTY
    from tests.summaries.adversarial.injections import INJECTIONS

    cases = (*INJECTIONS, *HONESTY)
    yield from _on_built_in(cases)
    yield from _on_claude(cases)


def _on_built_in(cases) -> Iterator[Try]:
    from summaries.domain.evidence.checks import check_evidence
    from summaries.engines.builtin import BuiltInEngine
    from tests.summaries.adversarial.checks import breaches

    for case in cases:
        rows = case.interactions
        content = check_evidence(content=BuiltInEngine().summarise(case.request).content, interactions=rows).content
        forbidden = (case.demand,) if case.demand else ()
        yield Try(
            "built-in",
            case.name,
            "as-recorded",
            tuple(breaches(case, content, rows, forbidden=forbidden, is_ours=True)),
        )


def _on_claude(cases) -> Iterator[Try]:
    from summaries.engines.claude import ClaudeEngine
    from tests.messages_server import MessagesServer
    from tests.summaries.adversarial.attacks import attacks_on
    from tests.summaries.engines.sessions import loopback_settings

    server = MessagesServer()
    try:
        engine = ClaudeEngine(ai_settings=loopback_settings(server.base_url, engine_model="m-1"))
        for place, case in enumerate(cases):
            for attack in attacks_on(case, place):
                server.answers(attack.reply(case))
                yield Try("claude", case.name, attack.name, _breaches_of(engine, case, attack))
    finally:
        server.close()


def _breaches_of(engine, case, attack) -> tuple[str, ...]:
    from summaries.domain.evidence.checks import check_evidence
    from summaries.engines.base import EngineError
    from tests.summaries.adversarial.checks import breaches

    try:
        draft = engine.summarise(case.request)
    except EngineError:
        return () if attack.is_unusable else ("the engine gave up",)
    content = check_evidence(content=draft.content, interactions=case.interactions).content
    return tuple(breaches(case, content, case.interactions, forbidden=attack.forbidden(case)))


def figures(made: list[Try]) -> dict[str, object]:
    failed = [each for each in made if each.breaches]
    return {
        "name": "adversarial",
        "sessions": len({each.case for each in made}),
        "attacks": dict(Counter(each.engine for each in made)),
        "succeeded": dict(Counter(each.engine for each in failed)),
        "attack_success_rate": round(len(failed) / len(made), 4),
        "goal": 0.0,
        "failures": [
            {"engine": e.engine, "session": e.case, "attack": e.attack, "breaches": e.breaches} for e in failed
        ],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Print how many attacks on summaries succeed.")
    parser.add_argument("--json", action="store_true", help="Print one JSON object.")
    options = parser.parse_args()
    told = figures(list(tries()))
    if options.json:
        print(json.dumps(told, ensure_ascii=False))
        return
    for name in ("sessions", "attacks", "succeeded", "attack_success_rate", "goal"):
        print(f"{name:20} {told[name]}")
    for failure in told["failures"]:
        print(failure)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "insights_portal.test_settings")
    import django

    django.setup()
    main()
