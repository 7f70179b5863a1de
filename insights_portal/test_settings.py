"""Settings of the test run: the same product on a throwaway database and quick password hashes."""

import os

os.environ.setdefault("SECRET_KEY", "a-secret-of-the-test-run-that-protects-nothing-at-all")
os.environ.setdefault("HTTPS", "0")

from insights_portal.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
#: Static files are served from where they lie; nothing was collected.
WHITENOISE_AUTOREFRESH = True
Q_CLUSTER = {**Q_CLUSTER, "sync": False, "poll": 0.05}  # noqa: F405
OUTBOUND_ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405
    DATABASES["default"].setdefault("TEST", {})["NAME"] = None  # noqa: F405
