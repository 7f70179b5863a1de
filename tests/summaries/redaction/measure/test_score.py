from summaries.enums import Kind
from summaries.redaction.base import RedactionMemory, RedactionReport
from summaries.redaction.measure.run import HELD_OUT_SEED, TUNING_SEED, generated
from summaries.redaction.measure.samples import Sample
from summaries.redaction.measure.score import GOALS, score, stays
from summaries.redaction.redactor import Redactor
from summaries.sources.base import CapturedInteraction


class Blind:
    """Finds nothing."""

    def mask(self, batch: list[CapturedInteraction]) -> list[CapturedInteraction]:
        return batch

    def report(self) -> RedactionReport:
        return RedactionReport({})

    def memory(self) -> RedactionMemory:
        return {}


class Everything(Blind):
    def mask(self, batch: list[CapturedInteraction]) -> list[CapturedInteraction]:
        return [CapturedInteraction(row.offset_ms, Kind.OUTPUT, "[TOKEN-1]") for row in batch]


SAMPLES = (Sample("TOKEN", "x", "use abcdefghi1 now", ("abcdefghi1",)), Sample("", "line", "nothing here"))


def test_redactor_that_finds_nothing_scores_nothing_and_damages_nothing() -> None:
    result = score(SAMPLES, redactor=Blind)

    assert (result.recall("TOKEN"), result.damage(), result.below_goal()) == (0.0, 0.0, ["TOKEN"])


def test_redactor_that_masks_everything_finds_all_and_damages_all() -> None:
    result = score(SAMPLES, redactor=Everything)

    assert (result.recall("TOKEN"), result.damage(), result.below_goal()) == (1.0, 1.0, ["damage"])


def test_value_of_which_a_third_can_be_read_counts_as_missed() -> None:
    sample = Sample("TOKEN", "x", "use abcdefghijkl now", ("abcdefghijkl",))

    assert [stays(sample, text) for text in ("use abcd[TOKEN-1] now", "use abc[TOKEN-1] now", "use [TOKEN-1] now")] == [
        True,
        False,
        False,
    ]


def test_every_goal_is_reached_on_what_the_rules_were_tuned_on_and_on_what_was_held_out() -> None:
    parts = {seed: generated(seed, held_out=seed == HELD_OUT_SEED) for seed in (TUNING_SEED, HELD_OUT_SEED)}

    scores = {seed: score(samples, redactor=lambda: Redactor("measure")) for seed, samples in parts.items()}

    assert {seed: (each.below_goal(), set(each.asked)) for seed, each in scores.items()} == {
        seed: ([], set(GOALS)) for seed in parts
    }
