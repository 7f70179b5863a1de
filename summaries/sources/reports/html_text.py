"""Text of a message that a web page wrote: tags go, line breaks and links stay, scripts and styles vanish."""

import re
from html.parser import HTMLParser

_BREAKS = frozenset({"br", "p", "div", "li", "tr", "h1", "h2", "h3", "h4", "blockquote", "pre"})
_SILENT = frozenset({"script", "style", "head", "template", "noscript"})
#: What pages write. Other words in angle brackets, such as "press <enter>", are what a person wrote.
_TAG = re.compile(
    r"</?(?:p|br|div|span|a|b|i|u|em|strong|ul|ol|li|img|h[1-6]|blockquote|pre|code|table|tbody|thead|tr|td|th|font|"
    r"script|style|html|body|head|iframe|svg|hr)"
    r"(?:\s+[a-zA-Z:_-]+(?:=(?:\"[^\"<>]*\"|'[^'<>]*'|[^\s\"'<>]+))?)*\s*/?>",
    re.IGNORECASE,
)
#: What is longer is cut before it is parsed.
MAX_HTML_CHARS = 200_000


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent.append(tag)
        elif tag in _BREAKS:
            self.parts.append("\n")
        elif tag == "img" and not self._silent:
            self.parts.append(f"[image {dict(attrs).get('alt') or ''}".rstrip() + "]")

    def handle_endtag(self, tag: str) -> None:
        if self._silent and tag == self._silent[-1]:
            self._silent.pop()
        elif tag in _BREAKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data)


def text_of_html(body: str) -> str:
    """*body* as plain text; what holds no tags is left as it is."""
    body = body[:MAX_HTML_CHARS]
    if not _TAG.search(body):
        return body.strip()
    parser = _Text()
    parser.feed(body)
    parser.close()
    text = re.sub(r"[ \t]+", " ", "".join(parser.parts).replace("\xa0", " "))
    return re.sub(r"\s*\n\s*", "\n", text).strip()
