"""Numbers of receipts: without gaps and never twice, whatever happens at the same moment."""

from django.db.models import F

from credits.models import NumberSeries


def next_number(series: str) -> int:
    """The next number of *series*. Call it in the transaction that stores the number, last of its locks.

    The row is held until that transaction ends: the next one waits, and an undone one leaves no gap.
    """
    NumberSeries.objects.get_or_create(name=series)
    row = NumberSeries.objects.filter(name=series)
    row.update(last=F("last") + 1)
    return row.get().last
