"""What a provider answers that makes no sense is a clear error, and signs nobody in."""

import pytest

from tests.accounts.sign_in.test_oidc import come_back, refusal


@pytest.mark.parametrize("name", ["nonce", "azp", "email"])
def test_claim_in_other_letters_signs_nobody_in(client, oidc, name):
    oidc.wrong.claims = {name: "é@\U0001f511"}

    assert refusal(come_back(client, oidc))


@pytest.mark.parametrize(
    "wrong",
    [
        {"token_endpoint": "https://[::1"},
        {"token_endpoint": "http://127.0.0.1:99999/"},
        {"token_endpoint": ["https://idp.example"]},
        {"token_endpoint": None},
        {"token_endpoint_auth_methods_supported": None},
        {"token_endpoint_auth_methods_supported": 5},
        {"jwks_uri": "https://ex ample/\x00"},
        {"jwks_uri": "https://é\u2024/"},
        {"userinfo_endpoint": None},
    ],
)
def test_configuration_that_makes_no_sense_is_a_clear_error(client, oidc, wrong):
    oidc.wrong.configuration = wrong
    oidc.wrong.without = ("email",)

    assert refusal(come_back(client, oidc))


@pytest.mark.parametrize(
    "keys", [b'{"keys": [1]}', b'{"keys": 1}', b"{}", b'{"keys": [{"kty": "RSA"}]}', b"[" * 50_000]
)
def test_keys_that_make_no_sense_are_a_clear_error(client, oidc, keys):
    oidc.wrong.answers["/jwks"] = (200, {}, keys)

    assert refusal(come_back(client, oidc))
