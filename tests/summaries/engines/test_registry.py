import subprocess
import sys

from accounts.enums import EngineName
from summaries.engines.claude import ClaudeEngine
from summaries.engines.registry import engine_for
from tests.summaries.engines.sessions import loopback_settings

_WHAT_IS_LOADED = """
import os, sys, django
os.environ["DJANGO_SETTINGS_MODULE"] = "insights_portal.test_settings"
django.setup()
import summaries.engines.registry
print(sorted(name for name in ("anthropic", "summaries.engines.claude") if name in sys.modules))
"""


def test_engine_for_gives_the_claude_engine():
    engine = engine_for(ai_settings=loopback_settings("https://engine.example"), name=EngineName.CLAUDE)

    assert isinstance(engine, ClaudeEngine)


def test_registry_does_not_load_the_sdk_before_it_is_asked():
    loaded = subprocess.run([sys.executable, "-c", _WHAT_IS_LOADED], capture_output=True, text=True, check=True)

    assert loaded.stdout == "[]\n"
