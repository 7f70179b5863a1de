"""The README names every variable of the environment that the settings read."""

import re
from pathlib import Path

import pytest
from django.conf import settings

READ = re.compile(r'env\.\w+\(\s*"([A-Z_]+)"')
SOURCES = [Path(settings.BASE_DIR) / "insights_portal" / name for name in ("settings.py", "sign_in_settings.py")]
VARIABLES = sorted({name for source in SOURCES for name in READ.findall(source.read_text("utf-8"))})


def test_the_settings_read_the_environment() -> None:
    assert {"SECRET_KEY", "HTTPS", "LOG_LEVEL"} <= set(VARIABLES)


@pytest.mark.parametrize("variable", VARIABLES)
def test_the_readme_names_each_variable(variable: str) -> None:
    readme = (Path(settings.BASE_DIR) / "README.md").read_text("utf-8")

    assert re.search(rf"`{variable}[`=]", readme)
