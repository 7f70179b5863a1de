from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from insights_portal.lib.fields import fits_a_key
from summaries.domain.redaction import rules as redaction_rules
from summaries.domain.redaction import trial as redaction_trial
from summaries.domain.redaction.rules import NamedRule, UnableToSaveRules
from summaries.redaction.own_rules import PatternKind
from summaries.redaction.report import describe_counts
from summaries.views.access import READ_REPORTS, MemberRequest, may
from summaries.views.settings.forms import SettingsForm
from summaries.views.settings.frame import address_of, render_tab, saved, settings_of

TAB = "redaction"


class RuleForm(SettingsForm):
    replaces = forms.CharField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(label=gettext_lazy("Name of the rule"), required=False, max_length=redaction_rules.MAX_NAME)
    label = forms.CharField(
        label=gettext_lazy("Replacement"),
        required=False,
        max_length=redaction_rules.MAX_LABEL,
        help_text=gettext_lazy(
            "Capital letters and _. STAFF_NUMBER puts [STAFF_NUMBER-1] in place of the first value."
        ),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind of pattern"), choices=PatternKind.choices)
    pattern = forms.CharField(
        label=gettext_lazy("Pattern"),
        strip=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        required=False,
        help_text=gettext_lazy(
            "Whole words, in capitals or not. * stands for any characters without a space, ? for one of "
            "them. A regular expression is looked for as written, within one line."
        ),
    )
    is_on = forms.BooleanField(label=gettext_lazy("On"), required=False)
    text = forms.CharField(
        label=gettext_lazy("Try it on a text"),
        strip=False,
        required=False,
        max_length=redaction_trial.MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}),
        help_text=gettext_lazy("It is stored nowhere."),
    )
    session = forms.RegexField(
        r"^\s*(?:[Ss]-)?\d{1,9}\s*$",
        label=gettext_lazy("Try it on a past session"),
        required=False,
        help_text=gettext_lazy(
            "Its number, for example S-1042. It shows what the rule would mask besides, and changes nothing."
        ),
        error_messages={"invalid": gettext_lazy("Enter the number of a session, for example S-1042.")},
    )

    def rule(self) -> NamedRule:
        entered = self.cleaned_data
        name, label = " ".join(entered["name"].split()), entered["label"].strip().upper()
        return NamedRule(name, label, entered["kind"], entered["pattern"].replace("\r\n", "\n"), entered["is_on"])


def page(request: MemberRequest) -> HttpResponse:
    do = request.POST.get("do", "") if request.method == "POST" else ""
    if do in ("switch", "remove"):
        return _switch(request) if do == "switch" else _remove(request)
    row = redaction_rules.rules_row(company=request.company)
    form = RuleForm(request.POST if request.method == "POST" else None, initial=_initial(request, row))
    trial: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        try:
            if do == "try":
                trial = _try(request, form)
            else:
                return _save(request, form)
        except UnableToSaveRules as refusal:
            form.add_error(refusal.field or None, str(refusal))
            form.show_again(version=str(row.version if row else 0))
    off = row.switched_off if row else []
    context = {
        "form": form,
        "version": row.version if row else 0,
        "own": redaction_rules.own_rules(row),
        "kinds": dict(PatternKind.choices),
        "switchable": [(rule, rule.code not in off) for rule in redaction_rules.SWITCHABLE],
        "always": [_(rule.plural) for rule in redaction_rules.ALWAYS_ON],
    }
    return render_tab(request, TAB, settings_of(request), context | trial)


def _initial(request: MemberRequest, row: Any) -> dict[str, Any]:
    initial = {"version": row.version if row else 0, "is_on": True}
    changed = next((each for each in redaction_rules.own_rules(row) if each.name == request.GET.get("rule")), None)
    if changed is None:
        return initial
    named = ("name", "label", "kind", "pattern", "is_on")
    return initial | {"replaces": changed.name} | {name: getattr(changed, name) for name in named}


def _version(value: str) -> int:
    return int(value) if fits_a_key(value) else 0


def _save(request: MemberRequest, form: RuleForm) -> HttpResponse:
    rule, entered = form.rule(), form.cleaned_data
    redaction_rules.save_rule(
        company=request.company,
        rule=rule,
        replaces=entered["replaces"],
        version=_version(entered["version"]),
        actor=request.user,
        at=timezone.now(),
    )
    return saved(
        request, TAB, _("The rule “%(name)s” was saved. It masks what comes in from now on.") % {"name": rule.name}
    )


def _try(request: MemberRequest, form: RuleForm) -> dict[str, Any]:
    """What the rule as entered would mask; without a pattern, what the rules as they are mask in the text."""
    entered = form.cleaned_data
    rule = form.rule() if entered["pattern"].strip() else None
    if rule:
        rule = replace(rule, label=rule.label or "MASKED")
        redaction_rules.check_usable(rule=rule)
    shown: dict[str, Any] = {}
    if entered["text"].strip():
        rules = redaction_trial.drafted_rules(company=request.company, draft=rule, replaces=entered["replaces"])
        found = redaction_trial.try_on_text(rules=rules, text=entered["text"])
        shown["on_text"] = {"trial": found, "masked": describe_counts(found.counts)}
    if entered["session"].strip():
        shown["on_session"] = _try_on_session(request, rule, int(entered["session"].strip().lstrip("Ss-")))
    if not shown:
        raise UnableToSaveRules(_("Enter a text or the number of a session to try the rules on."), field="text")
    return shown


def _try_on_session(request: MemberRequest, rule: NamedRule | None, number: int) -> dict[str, Any]:
    if rule is None:
        raise UnableToSaveRules(_("Enter the pattern to try on the session."), field="pattern")
    missing = UnableToSaveRules(_("There is no such session, or you may not read it."), field="session")
    if not any(may(request, permission) for permission in READ_REPORTS):
        raise missing
    try:
        found = redaction_trial.try_on_session(company=request.company, viewer=request.user, number=number, rule=rule)
    except Http404:
        raise missing from None
    return {"trial": found, "label": f"S-{number}", "masked": describe_counts(found.counts)}


def _switch(request: MemberRequest) -> HttpResponse:
    return _done(
        request,
        _("The built-in rules were saved. They mask what comes in from now on."),
        lambda: redaction_rules.switch_rules(
            company=request.company,
            on=request.POST.getlist("on"),
            version=_version(request.POST.get("version", "")),
            actor=request.user,
            at=timezone.now(),
        ),
    )


def _remove(request: MemberRequest) -> HttpResponse:
    return _done(
        request,
        _("The rule was removed. What it masked stays masked."),
        lambda: redaction_rules.remove_rule(
            company=request.company,
            name=request.POST.get("name", ""),
            version=_version(request.POST.get("version", "")),
            actor=request.user,
            at=timezone.now(),
        ),
    )


def _done(request: MemberRequest, sentence: str, change: Any) -> HttpResponse:
    try:
        change()
    except UnableToSaveRules as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, sentence)
    return redirect(address_of(TAB))
