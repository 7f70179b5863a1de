from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from credits.domain.orders import LONGEST_ADDRESS, LONGEST_REFERENCE
from credits.domain.packs import LONGEST_NAME
from credits.models.orders import HIGHEST_PRICE, MOST_CREDITS


class OrderForm(forms.Form):
    """What a buyer adds to a pack. The key makes one order of a form that is sent twice; *agreed* names its terms."""

    purchase_reference = forms.CharField(
        label=_("Your reference"),
        max_length=LONGEST_REFERENCE,
        required=False,
        help_text=_("Optional. A purchase order number, for your own books: it stands on the receipt."),
    )
    billing_address = forms.CharField(
        label=_("Billing address"),
        max_length=LONGEST_ADDRESS,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "street-address"}),
        help_text=_("Stands on the receipt below the name of your company."),
    )
    request_key = forms.UUIDField(widget=forms.HiddenInput)
    agreed = forms.CharField(max_length=80, widget=forms.HiddenInput)

    @classmethod
    def empty(cls, *, address: str, terms_key: str) -> "OrderForm":
        return cls(initial={"billing_address": address, "request_key": uuid4(), "agreed": terms_key})


class PackForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME)
    credits = forms.IntegerField(label=_("Credits"), min_value=1, max_value=MOST_CREDITS)
    price = forms.DecimalField(
        label=_("Net price"), min_value=0, max_value=HIGHEST_PRICE, decimal_places=3, help_text=_("Without tax.")
    )
    currency = forms.CharField(
        label=_("Currency"), max_length=3, min_length=3, help_text=_("Three letters, such as EUR or USD.")
    )
    tax_percent = forms.DecimalField(
        label=_("Tax in per cent"),
        min_value=0,
        max_value=100,
        decimal_places=2,
        initial=0,
        help_text=_("Added to the net price."),
    )
    is_offered = forms.BooleanField(label=_("Offered: companies can order it"), required=False, initial=True)
