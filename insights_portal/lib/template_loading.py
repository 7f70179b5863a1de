"""Templates whose unchanging parts are printed once for each language.

A good part of a page never changes: its text, translated words, addresses of pages, names of files. Django works out
each of them anew for every page; here what stands side by side is one text, and a template that is included by its
name is looked up once.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.template import Engine, Template
from django.template.base import FilterExpression, Node, NodeList, TextNode, TokenType, Variable
from django.template.context import Context
from django.template.defaulttags import CommentNode, IfNode, LoadNode, URLNode
from django.template.loader_tags import IncludeNode
from django.template.loaders import cached
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.templatetags.static import StaticNode
from django.urls import get_script_prefix
from django.utils.translation import get_language

#: Django's own order: what lies in `templates/` stands before what an application brings.
_LOADERS = ("django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader")


class Loader(cached.Loader):
    """Django's loader that keeps templates, with their unchanging parts joined.

    What a template says is the same; only where `{% static %}` and `{% url %}` lead must not change while the process
    runs.
    """

    def __init__(self, engine: Engine, loaders: Sequence[Any] = _LOADERS) -> None:
        super().__init__(engine, loaders)

    def get_template(self, template_name: str, skip: Any = None) -> Template:
        is_kept = self.cache_key(template_name, skip) in self.get_template_cache
        template: Template = super().get_template(template_name, skip)
        if not is_kept:
            template.nodelist = _joined(template.nodelist)
        return template


class _Unchanging(Node):
    """Nodes that say the same on every page of one language."""

    child_nodelists = ()

    def __init__(self, nodes: Iterable[Node]) -> None:
        self._nodes = tuple(nodes)
        self._texts: dict[tuple[str | None, str, bool], str] = {}

    def render_annotated(self, context: Context) -> str:
        key = (get_language(), get_script_prefix(), context.autoescape)
        text = self._texts.get(key)
        if text is None:
            text = self._texts[key] = "".join([str(node.render_annotated(context)) for node in self._nodes])
        return text

    render = render_annotated


class _Named:
    """The template that an `{% include %}` names, in the place of its name."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._found: Template | None = None

    def resolve(self, context: Context) -> Template:
        if self._found is None:
            engine: Engine = context.template.engine  # type: ignore[union-attr]
            self._found = engine.get_template(self._name)
        return self._found


def _joined(nodes: NodeList) -> NodeList:
    """*nodes* with each run of unchanging ones as one, in all that they hold too.

    Whatever is replaced is replaced whole: another thread may be printing it.
    """
    found, run = NodeList(), list[Node]()
    found.contains_nontext = nodes.contains_nontext
    for node in nodes:
        if _is_unchanging(node):
            run.append(node)
            continue
        found += _as_one(run)
        run = []
        _join_within(node)
        found.append(node)
    found += _as_one(run)
    return found


def _join_within(node: Node) -> None:
    if isinstance(node, IfNode):
        node.conditions_nodelists = [(condition, _joined(held)) for condition, held in node.conditions_nodelists]
        return
    if isinstance(node, IncludeNode) and (name := _literal(node.template)) and not name.startswith("."):
        node.template = _Named(name)  # type: ignore[assignment]
    for attribute in node.child_nodelists:
        if isinstance(held := getattr(node, attribute, None), NodeList):
            setattr(node, attribute, _joined(held))


def _as_one(run: list[Node]) -> list[Node]:
    said = [node for node in run if not isinstance(node, (LoadNode, CommentNode))]
    texts = [node.s for node in said if isinstance(node, TextNode)]
    if len(texts) < len(said):
        return [_Unchanging(said)]
    return [TextNode("".join(texts))] if texts else []


def _is_unchanging(node: Node) -> bool:
    return any(isinstance(node, kind) and says_always_the_same(node) for kind, says_always_the_same in _KINDS)


def _literal(expression: FilterExpression) -> str:
    """The text that an expression of a template is, without filters; empty for anything else."""
    said = expression.var.literal if isinstance(expression.var, Variable) else expression.var
    return said if isinstance(said, str) and not expression.filters else ""


def _is_only_text(node: BlockTranslateNode) -> bool:
    named = (node.extra_context, node.plural, node.message_context, node.asvar)
    return not any(named) and all(token.token_type == TokenType.TEXT for token in node.singular)


_KINDS: list[tuple[type[Node], Callable[[Any], bool]]] = [
    (TextNode, lambda _: True),
    (LoadNode, lambda _: True),
    (CommentNode, lambda _: True),
    (TranslateNode, lambda node: bool(_literal(node.filter_expression)) and not (node.asvar or node.message_context)),
    (BlockTranslateNode, _is_only_text),
    (URLNode, lambda node: bool(_literal(node.view_name)) and not (node.args or node.kwargs or node.asvar)),
    (StaticNode, lambda node: bool(_literal(node.path)) and not node.varname),
]
