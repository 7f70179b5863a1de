import subprocess
import sys

from accounts.enums import EngineName
from summaries.engines.builtin import BuiltInEngine
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

_CLIENT_AFTER_A_FORK = """
import os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "insights_portal.test_settings"
django.setup()
from summaries.engines.claude_client import http_client
inherited = http_client()
child = os.fork()
if child == 0:
    os._exit(0 if http_client() is not inherited and http_client() is http_client() else 1)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), http_client() is inherited)
"""


def printed_by(script: str) -> str:
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout


def test_engine_for_gives_the_claude_engine():
    engine = engine_for(ai_settings=loopback_settings("https://engine.example"), name=EngineName.CLAUDE)

    assert isinstance(engine, ClaudeEngine)


def test_engine_for_gives_the_built_in_engine():
    engine = engine_for(ai_settings=loopback_settings(""), name=EngineName.BUILT_IN)

    assert isinstance(engine, BuiltInEngine)


def test_registry_does_not_load_the_sdk_before_it_is_asked():
    assert printed_by(_WHAT_IS_LOADED) == "[]\n"


def test_http_client_is_one_per_process_and_not_inherited():
    assert printed_by(_CLIENT_AFTER_A_FORK) == "0 True\n"
