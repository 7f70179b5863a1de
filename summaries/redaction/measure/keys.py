# ruff: noqa: E501 - a table of formats reads best one to a line; they are formats, not secrets
"""Keys and tokens by chance, in every form that their issuers publish."""

import base64
import json
import random
from collections.abc import Iterator
from functools import partial

from summaries.redaction.measure.samples import Maker, Sample, fill, in_contexts

#: {issuer's format: how it looks}; see `samples.ALPHABETS`.
FORMATS = {
    "AWS access key": "AKIA<U16>", "AWS session key": "ASIA<U16>", "Google API key": "AIza<w35>", "Google OAuth token": "ya29.<w64>",
    "Google client secret": "GOCSPX-<w28>", "Google refresh token": "1//0<d1><w60>", "Azure client secret": "<A3>8Q~<A34>", "Azure DevOps token": "<A52>JQQJ99<U10>AAAAAAAAAAAASAZDO<A4>",
    "Alibaba access key": "LTAI<A20>", "Tencent secret id": "AKID<A32>", "DigitalOcean token": "dop_v1_<h64>", "DigitalOcean OAuth": "doo_v1_<h64>",
    "DigitalOcean refresh": "dor_v1_<h64>", "Heroku": "HRKU-AA<w58>", "Netlify": "nfp_<A36>", "Fly": "fo1_<w43>", "PlanetScale token": "pscale_tkn_<w43>",
    "PlanetScale password": "pscale_pw_<w43>", "Supabase": "sbp_<h40>", "Supabase secret": "sb_secret_<w31>", "Databricks": "dapi<h32>", "Dynatrace": "dt0c01.<U24>.<U64>",
    "Terraform Cloud": "<A14>.atlasv1.<A67>", "Vault service": "hvs.<w95>", "Vault batch": "hvb.<w140>", "Vault recovery": "hvr.<w40>", "Doppler": "dp.pt.<A43>", "Pulumi": "pul-<h40>",
    "Tailscale": "tskey-auth-<A16>-<A32>", "1Password service": "ops_eyJ<w300>", "age": "AGE-SECRET-KEY-1<U58>", "Cloudflare origin": "v1.0-<h24>-<h146>",
    "GitHub token": "ghp_<A36>", "GitHub OAuth": "gho_<A36>", "GitHub user": "ghu_<A36>", "GitHub server": "ghs_<A36>", "GitHub refresh": "ghr_<A36>", "GitHub fine-grained": "github_pat_<A22>_<A59>",
    "GitLab token": "glpat-<w20>", "GitLab routable token": "glpat-<w27>.<a2>.<a9>", "GitLab deploy": "gldt-<w20>", "GitLab runner": "glrt-<w20>", "GitLab trigger": "glptt-<h40>", "GitLab job": "glcbt-<a2>_<w20>", "GitLab feed": "glft-<w20>",
    "GitLab SCIM": "glsoat-<w20>", "GitLab mail": "glimt-<w25>", "GitLab agent": "glagent-<w50>", "GitLab application": "gloas-<h64>", "Bitbucket app password": "ATBB<A32>", "Bitbucket token": "ATCTT3<w180>",
    "Atlassian token": "ATATT3<w186>=<H8>", "Sourcegraph": "sgp_<h16>_<h40>", "Buildkite": "bkua_<h40>", "CircleCI": "CCIPAT_<A22>_<h40>", "SonarQube project": "sqp_<h40>", "SonarQube user": "squ_<h40>",
    "Slack bot": "xoxb-<d12>-<d12>-<A24>", "Slack user": "xoxp-<d12>-<d12>-<d12>-<h32>", "Slack refresh": "xoxe-1-<A140>", "Slack configuration": "xoxe.xoxp-1-<A160>", "Slack app": "xapp-1-<U11>-<d13>-<h64>",
    "Slack webhook": "https://hooks.slack.com/services/|T<U8>/B<U10>/<A24>", "Discord bot": "M<A23>.<w6>.<w38>", "Discord webhook": "https://discord.com/api/webhooks/|<d18>/<w68>", "Telegram bot": "<d10>:AA<w33>",
    "Teams webhook": "https://acme.webhook.office.com/webhookb2/|<h8>-<h4>-<h4>-<h4>-<h12>@<h8>-<h4>-<h4>-<h4>-<h12>/IncomingWebhook/<h32>/<h8>-<h4>-<h4>-<h4>-<h12>",
    "Twilio key": "SK<h32>", "SendGrid": "SG.<w22>.<w43>", "Mailgun": "key-<h32>", "Mailchimp": "<h32>-us<d2>", "Brevo": "xkeysib-<h64>-<A16>",
    "Stripe secret": "sk_live_<A24>", "Stripe long secret": "sk_test_<A99>", "Stripe restricted": "rk_live_<A24>", "Stripe webhook": "whsec_<A32>", "Square": "sq0atp-<w22>", "Square secret": "sq0csp-<w43>",
    "PayPal Braintree": "access_token$production$<a16>$<h32>", "Plaid": "access-production-<h8>-<h4>-<h4>-<h4>-<h12>", "Razorpay": "rzp_live_<A14>", "Flutterwave": "FLWSECK-<h32>-X", "Shippo": "shippo_live_<h40>", "EasyPost": "EZAK<A54>",
    "Shopify access": "shpat_<h32>", "Shopify secret": "shpss_<h32>", "Shopify custom": "shpca_<h32>", "Shopify private": "shppa_<h32>", "OpenAI": "sk-<A20>T3BlbkFJ<A20>", "OpenAI project": "sk-proj-<w74>T3BlbkFJ<w74>",
    "Anthropic": "sk-ant-api03-<w93>AA", "Hugging Face": "hf_<L34>", "Replicate": "r8_<A37>", "Groq": "gsk_<A52>", "Perplexity": "pplx-<A48>", "xAI": "xai-<A80>",
    "npm": "npm_<A36>", "PyPI": "pypi-AgEIcHlwaS5vcmc<w90>", "RubyGems": "rubygems_<h48>", "Clojars": "CLOJARS_<a60>", "NuGet": "oy2<a43>", "crates.io": "cio<A32>", "Docker Hub": "dckr_pat_<w27>", "Docker organisation": "dckr_oat_<w32>", "Artifactory": "AKCp<A69>",
    "Grafana cloud": "glc_<B60>", "Grafana service account": "glsa_<A32>_<h8>", "New Relic": "NRAK-<U27>", "Sentry organisation": "sntrys_eyJ<B80>", "Sentry user": "sntryu_<h64>", "Linear": "lin_api_<A40>", "Notion": "ntn_<d11><A35>", "Notion old": "secret_<A43>",
    "Figma": "figd_<w40>", "Airtable": "pat<A14>.<h64>", "Postman": "PMAK-<h24>-<h34>", "HubSpot": "pat-na1-<h8>-<h4>-<h4>-<h4>-<h12>", "Contentful": "CFPAT-<w43>", "Dropbox": "sl.<w130>", "Facebook": "EAA<A120>", "Mapbox secret": "sk.eyJ<A60>.<w22>",
    "Typeform": "tfp_<w44>_<w14>", "Readme": "rdme_<a70>", "Prefect": "pnu_<a36>", "Adafruit": "aio_<A28>", "LaunchDarkly": "sdk-<h8>-<h4>-<h4>-<h4>-<h12>", "Infracost": "ico-<A32>", "Duffel": "duffel_live_<w43>", "Artifactory reference": "cmVmdGtu<A56>",
}  # fmt: skip
TUNED_CONTEXTS = (
    "{}", "please use {} for now", "here it is: {}", 'curl -H "X-Auth: {}" https://api.example/x', '  "value": "{}",',
    "$ tool login --with {}", "export THING={}", "the key is {}.", "{} <- from the mail",
)  # fmt: skip
HELD_OUT_CONTEXTS = (
    "I pasted {}, is that right?", "    value = '{}'", "it was ({}) I think", "https://api.example/v1/things?x={}&page=2",
    "echo {} > /tmp/x", "<value>{}</value>", "| prod | {} | 2026 |", "Set-Thing -Value {}", "`{}`", "- {}", "ENV THING {}", "old={};new=",
)  # fmt: skip
#: Secrets without a shape of their own, in the places that name them.
_NAMED = {
    "AWS secret": "<B40>", "hexadecimal key": "<h32>", "long hexadecimal key": "<h64>", "Azure storage key": "<B86>==", "base32 key": "<A32>",
}  # fmt: skip
TUNED_NAMES = (
    "aws_secret_access_key = {}", "export API_KEY={}", "api_key: {}", "X-Api-Key: {}", "Authorization: Bearer {}",
    'token = "{}"', "--token {}", '"client_secret": "{}"', "AccountKey={};EndpointSuffix=core.example",
)  # fmt: skip
HELD_OUT_NAMES = (
    "AWS_SECRET_ACCESS_KEY={}", "DD_API_KEY: {}", "    secretKey: '{}',", "$env:SERVICE_TOKEN = '{}'", "-H 'PRIVATE-TOKEN: {}'",
    "Authorization: token {}", "set apikey={}", "auth_token={}", '<add key="x" ApiKey="{}" />', "our api key is {}", "X-Auth-Token: {}",
)  # fmt: skip
_KEY_KINDS = (
    "RSA PRIVATE KEY",
    "OPENSSH PRIVATE KEY",
    "PRIVATE KEY",
    "EC PRIVATE KEY",
    "ENCRYPTED PRIVATE KEY",
    "DSA PRIVATE KEY",
)


def _json_web_token(chance: random.Random) -> str:
    def part(what: dict[str, str]) -> str:
        return base64.urlsafe_b64encode(json.dumps(what).encode()).decode().rstrip("=")

    return ".".join((part({"alg": "HS256", "typ": "JWT"}), part({"sub": fill("<d9>", chance)}), fill("<w43>", chance)))


def _makers() -> Iterator[tuple[str, Maker]]:
    yield "JSON web token", _json_web_token
    for name, form in FORMATS.items():
        yield name, partial(fill, form)


def tokens(chance: random.Random, *, held_out: bool, each: int = 4) -> Iterator[Sample]:
    contexts, names = (HELD_OUT_CONTEXTS, HELD_OUT_NAMES) if held_out else (TUNED_CONTEXTS, TUNED_NAMES)
    yield from in_contexts("TOKEN", _makers(), contexts, chance, each=each)
    named = [(name, partial(fill, form)) for name, form in _NAMED.items()]
    yield from in_contexts("TOKEN", named, names, chance, each=len(names))


def private_keys(chance: random.Random, *, each: int = 5) -> Iterator[Sample]:
    """The kind of key, 4 to 24 lines of it. Its lines are the values: none may stay."""
    for kind in _KEY_KINDS:
        for _ in range(each):
            lines = [fill("<B64>", chance) for _ in range(chance.randint(4, 24))]
            text = "\n".join(("$ cat key", f"-----BEGIN {kind}-----", *lines, f"-----END {kind}-----", "$ exit"))
            yield Sample("PRIVATE_KEY", kind, text, tuple(lines))
