"""What somebody with the database's own password could do to the audit log."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def unprotected_log() -> Iterator[None]:
    """Inside the block no trigger and no foreign key guards the audit log; afterwards all is as it was before."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            run("SET CONSTRAINTS ALL IMMEDIATE")
            run("SET LOCAL session_replication_role = replica")
        else:
            for name in rows("SELECT name FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%append-only%'"):
                run(f'DROP TRIGGER "{name}"')
        yield
        transaction.set_rollback(True)


def run(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)


def rows(statement: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return [row[0] for row in cursor.fetchall()]


@contextmanager
def refused_seals(company_id: int) -> Iterator[None]:
    """The database answers each new seal of the company as it does when another process took the place."""
    if connection.vendor == "sqlite":
        run(
            "CREATE TRIGGER refuse_seals BEFORE INSERT ON accounts_auditseal "
            f"WHEN NEW.company_id = {company_id} BEGIN SELECT RAISE(ABORT, 'taken'); END"
        )
    else:
        run(
            "CREATE FUNCTION refuse_seals() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'taken' USING ERRCODE = 'unique_violation'; END $$"
        )
        run(
            "CREATE TRIGGER refuse_seals BEFORE INSERT ON accounts_auditseal FOR EACH ROW "
            f"WHEN (NEW.company_id = {company_id}) EXECUTE FUNCTION refuse_seals()"
        )
    try:
        yield
    finally:
        if connection.vendor == "sqlite":
            run("DROP TRIGGER refuse_seals")
        else:
            run("DROP FUNCTION refuse_seals CASCADE")
