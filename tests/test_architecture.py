"""Holds ARCHITECTURE.md: direction of imports, the seam, the clock, the budgets, the shape of the apps."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

from accounts.models import Company, User
from accounts.tenancy import CompanyOwned

ROOT = Path(__file__).resolve().parent.parent
APPS = ("accounts", "policies", "credits", "summaries")
#: Which of ours a package may import.
BELOW = {
    "insights_portal": {"insights_portal"},
    "accounts": {"insights_portal", "accounts"},
    "policies": {"insights_portal", "accounts", "policies"},
    "credits": {"insights_portal", "accounts", "credits"},
    "summaries": {"insights_portal", "accounts", "policies", "credits", "summaries"},
}
#: Rooms of an app by layer; a room that is not named here is an interface.
LAYERS = {
    "enums": 0,
    "permissions": 0,
    "content": 0,
    "tenancy": 1,
    "managers": 1,
    "models": 2,
    "limits": 2,
    "redaction": 3,
    "sources": 3,
    # The domain's own outer wall: they read its pure modules, and it calls them.
    "engines": 4,
    "connectors": 4,
    "payments": 4,
    "domain": 4,
}
INTERFACE = 5
#: Rooms of the project package that domain code may use.
PORTAL_FOR_DOMAIN = {"lib", "queueing"}
#: Modules of the project package that put the apps together, and therefore know them.
KNOWS_APPS = {"insights_portal/urls.py", "insights_portal/checks.py", "insights_portal/api/urls.py"}
#: Interfaces that may touch a manager, with the reason.
SEAM = {
    "accounts/scoped_admin.py": "the seam itself",
    "accounts/scoped_api.py": "the seam itself",
    "accounts/middleware.py": "finds the request's company, which the seam needs",
}
NETWORK = {"requests", "httpx", "httpx2", "anthropic", "aiohttp", "urllib3", "socket", "smtplib", "ftplib"}
NETWORK_MODULES = {"urllib.request", "http.client", "insights_portal.lib.http", "insights_portal.lib.async_http"}
CLOCK = {("timezone", "now"), ("datetime", "now"), ("datetime", "utcnow"), ("date", "today"), ("time", "time")}

FILE_BUDGET, FUNCTION_BUDGET, TEMPLATE_BUDGET = 300, 40, 60
#: {path: reason} of files over their budget.
LARGE_FILES: dict[str, str] = {}
#: {path:function: reason} of functions over their budget.
LARGE_FUNCTIONS: dict[str, str] = {}

ROOMS_OF_EVERY_APP = {"enums.py", "apps.py", "domain", "admin", "migrations", "management"}
ROOMS = ROOMS_OF_EVERY_APP | {
    "__init__.py",
    "api",
    "api_authentication.py",
    "adapters.py",
    "connectors",
    "content.py",
    "context_processors.py",
    "engines",
    "forms.py",
    "limits.py",
    "managers.py",
    "middleware.py",
    "models",
    "models.py",
    "payments.py",
    "permissions.py",
    "reauthentication.py",
    "redaction",
    "scoped_admin.py",
    "scoped_api.py",
    "sign_in",
    "signals.py",
    "sources",
    "tasks.py",
    "templatetags",
    "tenancy.py",
    "urls.py",
    "views",
    "views.py",
}


def sources(*folders: str) -> Iterator[tuple[str, ast.Module, list[str]]]:
    """(path, syntax tree, lines) of our modules in *folders*, migrations aside."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts and "__pycache__" not in path.parts:
                text = path.read_text()
                yield str(path.relative_to(ROOT)), ast.parse(text), text.splitlines()


def imported(node: ast.AST) -> list[str]:
    """Dotted names of the modules that an import statement loads."""
    if isinstance(node, ast.ImportFrom):
        # `from package import module` names the module as package.module.
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return [alias.name for alias in node.names] if isinstance(node, ast.Import) else []


def layer_of(dotted: str) -> int:
    return LAYERS.get(dotted.split(".")[1], INTERFACE) if "." in dotted else INTERFACE


def dotted_of(path: str) -> str:
    return path.removesuffix(".py").replace("/", ".")


def is_in_layer(path: str, *rooms: str) -> bool:
    return dotted_of(path).split(".")[1] in rooms


def test_imports_go_down_only():
    wrong = []
    for path, tree, _ in sources(*BELOW):
        package, mine = path.split("/")[0], layer_of(dotted_of(path))
        for node in ast.walk(tree):
            for name in imported(node):
                other = name.split(".")[0]
                if other not in BELOW or path in KNOWS_APPS:
                    continue
                if other not in BELOW[package]:
                    wrong.append(f"{path}:{node.lineno} imports {name}, which lies above {package}")
                elif other == "insights_portal" and package != other:
                    if mine < INTERFACE and name.split(".")[1] not in PORTAL_FOR_DOMAIN:
                        wrong.append(f"{path}:{node.lineno} imports {name}: domain code uses lib and queueing only")
                elif package != "insights_portal" and layer_of(name) > mine:
                    wrong.append(f"{path}:{node.lineno} imports {name} from a layer above its own")
    assert not wrong, "\n".join(wrong)


def test_local_imports_carry_their_reason():
    wrong = []
    for path, tree, lines in sources(*BELOW):
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                wrong += [
                    f"{path}:{node.lineno}"
                    for node in ast.walk(function)
                    if isinstance(node, ast.Import | ast.ImportFrom)
                    and "#" not in "".join(lines[node.lineno - 2 : node.end_lineno])
                ]
    assert not wrong, "\n".join(wrong)


def test_interfaces_reach_a_companys_rows_through_the_seam_only():
    tenants = {model.__name__ for model in apps.get_models() if issubclass(model, CompanyOwned)}
    tenants |= {Company.__name__, User.__name__}
    wrong = []
    for path, tree, _ in sources(*APPS, "insights_portal"):
        if path in SEAM or layer_of(dotted_of(path)) < INTERFACE:
            continue
        # `Model.objects.none()` holds no row: a form's field starts with it.
        empty = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr == "none"}
        wrong += [
            f"{path}:{node.lineno} {node.value.id}.{node.attr}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute)
            and id(node) not in empty
            and node.attr in ("objects", "_default_manager", "_base_manager")
            and isinstance(node.value, ast.Name)
            and node.value.id in tenants
        ]
    assert not wrong, "\n".join(wrong)


def test_domain_and_models_do_not_speak_to_the_network():
    wrong = []
    for path, tree, _ in sources(*APPS):
        if is_in_layer(path, "domain", "models", "enums", "permissions", "tenancy", "redaction", "sources"):
            for node in ast.walk(tree):
                wrong += [
                    f"{path}:{node.lineno} imports {name}"
                    for name in imported(node)
                    if name.split(".")[0] in NETWORK
                    or any(name == module or name.startswith(f"{module}.") for module in NETWORK_MODULES)
                ]
    assert not wrong, "\n".join(wrong)


def test_domain_does_not_read_the_clock():
    wrong = []
    for path, tree, _ in sources(*APPS):
        if is_in_layer(path, "domain", "redaction", "sources"):
            wrong += [
                f"{path}:{node.lineno} reads {ast.unparse(node)}"
                for node in ast.walk(tree)
                if isinstance(node, ast.Attribute) and (ast.unparse(node.value).split(".")[-1], node.attr) in CLOCK
            ]
    assert not wrong, "\n".join(wrong)


def test_files_keep_their_budget():
    sizes = {path: len(lines) for path, _, lines in sources(*BELOW, "tests")}
    large = {path: size for path, size in sizes.items() if size > FILE_BUDGET}

    assert set(large) == set(LARGE_FILES), large


def test_functions_keep_their_budget():
    large = {
        f"{path}:{node.name}": node.end_lineno - node.lineno + 1
        for path, tree, _ in sources(*BELOW)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno - node.lineno + 1 > FUNCTION_BUDGET
    }

    assert set(large) == set(LARGE_FUNCTIONS), large


def templates() -> list[Path]:
    return sorted((ROOT / "templates").rglob("*.html"))


def test_templates_keep_their_budget():
    sizes = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in templates()}

    assert {path: size for path, size in sizes.items() if size > TEMPLATE_BUDGET} == {}


def test_templates_hold_nothing_inline():
    inline = re.compile(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)|javascript:", re.IGNORECASE)
    # A mail has no stylesheet to load: its one layout holds its own.
    mail_layout = ROOT / "templates" / "emails" / "base.html"
    pages = [path for path in templates() if "pdf" not in path.relative_to(ROOT).parts and path != mail_layout]

    assert [str(path.relative_to(ROOT)) for path in pages if inline.search(path.read_text())] == []


@pytest.mark.parametrize("app", APPS)
def test_every_app_has_the_same_shape(app):
    rooms = {path.name for path in (ROOT / app).iterdir() if path.name != "__pycache__"}

    assert ROOMS_OF_EVERY_APP - rooms == set()
    assert rooms - ROOMS == set()
    assert len(rooms & {"models", "models.py"}) == 1
    assert (ROOT / app / "management" / "commands").is_dir()
