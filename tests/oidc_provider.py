"""A company's OpenID Connect provider on loopback: discovery, keys, token and userinfo; its ID tokens are signed RS256.

It checks what a real one checks (client, code once, PKCE, redirect URI), and can be told to misbehave.
"""

import base64
import hashlib
import json
import secrets
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID, CLIENT_SECRET = "session-insights", "s3cret-of-the-client"


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Misbehaviour:
    """What to do otherwise than right."""

    claims: dict[str, Any] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    algorithm: str = "RS256"
    key: Any = None
    userinfo: dict[str, Any] | None = None
    configuration: dict[str, Any] = field(default_factory=dict)
    #: {path: (status, headers, body)} sent instead.
    answers: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)


class OidcProvider:
    def __init__(self) -> None:
        self.key = new_key()
        self.wrong = Misbehaviour()
        self.codes: dict[str, dict[str, str]] = {}
        self.person = "bob@northwind.example"
        self.requests: list[str] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def sign_in(self, authorisation_address: str, email: str) -> str:
        """What the person does at the provider: return the address to which the browser is sent back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(authorisation_address).query).items()}
        code = secrets.token_urlsafe(8)
        self.codes[code] = {**asked, "email": email}
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def configuration(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            **self.wrong.configuration,
        }

    def jwks(self) -> dict[str, Any]:
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [{**public, "kid": "1", "use": "sig", "alg": "RS256"}]}

    def token(self, form: dict[str, str], login: str) -> dict[str, Any] | None:
        expected = "Basic " + base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        asked = self.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if asked is None or login != expected or challenge != asked["code_challenge"]:
            return None
        if form.get("redirect_uri") != asked["redirect_uri"]:
            return None
        return {"access_token": "at", "token_type": "Bearer", "id_token": self.id_token(asked)}

    def id_token(self, asked: dict[str, str]) -> str:
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "sub": "person-1",
            "iat": now,
            "exp": now + 300,
            "auth_time": now,
            "nonce": asked["nonce"],
            "email": asked["email"],
            "email_verified": True,
            **self.wrong.claims,
        }
        claims = {name: value for name, value in claims.items() if name not in self.wrong.without}
        key = None if self.wrong.algorithm == "none" else self.wrong.key or self.key
        return jwt.encode(claims, key, algorithm=self.wrong.algorithm, headers={"kid": "1"})

    def _handler(provider) -> type[BaseHTTPRequestHandler]:  # noqa: N805 - `self` is the request's here
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path.startswith("/authorize?"):
                    # The person is signed in there already.
                    self.send_response(302)
                    self.send_header("Location", provider.sign_in(self.path, provider.person))
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                pages = {
                    "/.well-known/openid-configuration": provider.configuration,
                    "/jwks": provider.jwks,
                    "/userinfo": lambda: provider.wrong.userinfo,
                }
                self._send(pages[self.path]())

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                form = {name: values[0] for name, values in parse_qs(body).items()}
                self._send(provider.token(form, self.headers.get("Authorization", "")))

            def _send(self, answer: Any) -> None:
                provider.requests.append(self.path)
                status, headers, body = provider.wrong.answers.get(
                    self.path, (200 if answer else 400, {}, json.dumps(answer or {"error": "invalid"}).encode())
                )
                self.send_response(status)
                for name, value in {"Content-Type": "application/json", **headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: Any) -> None:
                pass

        return Handler
