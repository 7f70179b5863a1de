import json
from argparse import BooleanOptionalAction
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from credits.domain import packs
from credits.domain.money import money
from credits.management.lookups import decimal_of
from credits.models import Pack


class Command(BaseCommand):
    help = "List the packs of credits that companies can order, add one or change one. Without options: the list."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--add", metavar="NAME", help="add a pack of this name; needs --credits, --price, --currency"
        )
        parser.add_argument("--change", metavar="NAME", help="change the pack of this name")
        parser.add_argument("--name", help="with --change: its new name")
        parser.add_argument("--credits", type=int)
        parser.add_argument("--price", help="net price, for example 49.90")
        parser.add_argument("--currency", help="ISO 4217, for example EUR")
        parser.add_argument("--tax", metavar="PERCENT", help="tax that is added, in per cent")
        parser.add_argument("--offered", action=BooleanOptionalAction, help="whether companies can order it")
        parser.add_argument("--json", action="store_true", help="print the list as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["add"] is not None:
                self._say(_add(options), "is added")
            elif options["change"] is not None:
                self._say(_change(options), "is changed")
            else:
                self._list(as_json=options["json"])
        except packs.UnableToSavePack as refusal:
            raise CommandError(str(refusal)) from refusal

    def _say(self, pack: Pack, what: str) -> None:
        self.stdout.write(f"The pack {what}: {_line(pack)}")

    def _list(self, *, as_json: bool) -> None:
        found = list(packs.all_packs(viewer=None))
        if as_json:
            rows = [{name: getattr(pack, name) for name in packs.CHANGEABLE} for pack in found]
            self.stdout.write(json.dumps(rows, default=str))
            return
        for pack in found:
            self.stdout.write(_line(pack))
        if not found:
            self.stdout.write("No packs yet. Add one with --add.")


def _line(pack: Pack) -> str:
    terms = packs.terms_of(pack)
    total = money(terms.total, terms.currency)
    tax = f", {pack.tax_percent} % tax in it" if pack.tax_percent else ""
    return f"{pack.name}: {pack.credits:,} credits for {total}{tax}, {'' if pack.is_offered else 'not '}offered"


def _wanted(options: dict[str, Any]) -> dict[str, Any]:
    """Those fields of a pack that the command line names."""
    wanted = {"credits": options["credits"], "currency": options["currency"], "is_offered": options["offered"]}
    amounts = {"price": options["price"], "tax_percent": options["tax"]}
    found = wanted | {name: decimal_of(text) for name, text in amounts.items() if text is not None}
    return {name: value for name, value in found.items() if value is not None}


def _add(options: dict[str, Any]) -> Pack:
    wanted = _wanted(options)
    missing = [f"--{name}" for name in ("credits", "price", "currency") if name not in wanted]
    if missing:
        raise CommandError(f"A new pack needs {', '.join(missing)} too.")
    return packs.create_pack(name=options["add"], actor=None, **wanted)


def _change(options: dict[str, Any]) -> Pack:
    pack = packs.pack_by_name(name=options["change"])
    if pack is None:
        raise CommandError(f"There is no pack “{options['change']}”.")
    renamed = {"name": options["name"]} if options["name"] is not None else {}
    return packs.change_pack(pack=pack, values=_wanted(options) | renamed, actor=None)
