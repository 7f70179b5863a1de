from datetime import timedelta


def billable_minutes(duration: timedelta, step: int) -> int:
    """Return *duration* rounded up to full steps of *step* minutes; nothing for no time.

    Raises ValueError for a step under one minute or a negative duration.
    """
    if step < 1:
        raise ValueError("A billing step is at least one minute.")
    if duration < timedelta(0):
        raise ValueError("A session can't end before it starts.")
    full_steps, rest = divmod(duration, timedelta(minutes=step))
    return (full_steps + bool(rest)) * step
