"""The function by which PostgreSQL takes one credit for one session, its plans kept by the server.

It returns the id of the reservation that stands, or NULL when no credit may be taken: the company only counts, its
free credits of the month are not given yet, or nothing is left. The reservation is written before the grant's row is
locked, so that the row on which all of a company's sessions wait is held only for the entry and the commit; always in
this order, so that two sessions cannot wait for each other. A grant that was emptied meanwhile is passed over; a credit
that came back to an earlier one meanwhile is found by the next call.
"""

from django.db import migrations

_DRAW = """
CREATE FUNCTION draw_credit(
    for_company bigint, for_session uuid, for_month date, moment timestamptz,
    label text, for_member bigint, by_policy text, of_group text
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    mine bigint;
    its_state text;
    may_draw boolean;
    chosen bigint;
    taken bigint;
    is_new boolean := false;
BEGIN
    SELECT
        EXISTS (SELECT 1 FROM credits_grant
            WHERE company_id = for_company AND month_date = for_month AND kind = 'MONTHLY_FREE')
            AND NOT EXISTS (SELECT 1 FROM accounts_aisettings WHERE company_id = for_company AND meter_only),
        (SELECT id FROM credits_grant
            WHERE company_id = for_company AND remaining > 0 AND starts_at <= moment AND ends_at > moment
            ORDER BY ends_at, id LIMIT 1)
        INTO may_draw, chosen;

    IF may_draw AND chosen IS NOT NULL THEN
        INSERT INTO credits_reservation (company_id, session_id, state, grant_id, month_date, reserved_at,
            session_label, member_id, policy, device_group)
        VALUES (for_company, for_session, 'RESERVED', chosen, for_month, moment, label, for_member, by_policy, of_group)
        ON CONFLICT (company_id, session_id) DO NOTHING RETURNING id INTO mine;
        is_new := FOUND;
    END IF;
    IF NOT is_new THEN
        -- The session has a reservation, or another client makes one at the same moment. By the two columns alone, so
        -- that no plan that was made for an empty table walks all of a company's reservations.
        SELECT id, state INTO mine, its_state FROM credits_reservation
        WHERE company_id = for_company AND session_id = for_session;
        IF its_state <> 'RELEASED' THEN
            RETURN mine;
        END IF;
        IF NOT FOUND OR NOT may_draw OR chosen IS NULL THEN
            RETURN NULL;
        END IF;
        SELECT state INTO its_state FROM credits_reservation WHERE id = mine FOR NO KEY UPDATE;
        IF its_state <> 'RELEASED' THEN
            RETURN mine;
        END IF;
    END IF;

    taken := chosen;
    LOOP
        UPDATE credits_grant SET remaining = remaining - 1 WHERE id = taken AND remaining > 0;
        EXIT WHEN FOUND;
        -- The emptied row stays locked, so only a later one may follow: whoever locks several takes them in this order.
        SELECT id INTO taken FROM credits_grant
        WHERE company_id = for_company AND remaining > 0 AND starts_at <= moment AND ends_at > moment
            AND (ends_at, id) > (SELECT ends_at, id FROM credits_grant WHERE id = taken)
        ORDER BY ends_at, id LIMIT 1;
        IF NOT FOUND THEN
            IF is_new THEN
                DELETE FROM credits_reservation WHERE id = mine;
            END IF;
            RETURN NULL;
        END IF;
    END LOOP;

    IF taken <> chosen OR NOT is_new THEN
        UPDATE credits_reservation SET state = 'RESERVED', grant_id = taken, month_date = for_month,
            reserved_at = moment, settled_at = NULL, session_label = label, member_id = for_member,
            policy = by_policy, device_group = of_group
        WHERE id = mine;
    END IF;
    INSERT INTO credits_entry (company_id, kind, grant_id, reservation_id, amount, held, at, note)
    VALUES (for_company, 'RESERVE', taken, mine, 0, 1, moment, '');
    RETURN mine;
END $$
"""
_BACK = "DROP FUNCTION draw_credit(bigint, uuid, date, timestamptz, text, bigint, text, text)"


def create(_apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(_DRAW)


def drop(_apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(_BACK)


class Migration(migrations.Migration):
    dependencies = [("credits", "0009_grant_indexes_without_remaining")]

    operations = [migrations.RunPython(create, drop)]
