"""The XML tree of an XMILE file, read strictly: no entities, no network, no repair."""

import importlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sdrun.errors import ModelError, Place, Problem
from sdrun.parse.hardened import shortened

Element = Any
"""A node of lxml, which has no types."""

LAST_LINE = 65534
"""Beyond it, libxml2's line numbers are guesses."""

TOLERATED = ("NS_", "WAR_NS_", "ERR_HYPHEN_IN_COMMENT")
"""Flaws of the XML that change no model: some programs wrote undeclared prefixes, or namespaces that are no URI."""

VARIABLES = ("stock", "flow", "aux", "gf")


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """An XMILE file."""

    path: Path
    root: Element
    """The <xmile> node."""
    lines: Sequence[bytes]

    def line(self, node: Element) -> int | None:
        """The line where a tag begins; None where libxml2 cannot count so far."""
        line: int | None = node.sourceline
        if line is None or line > min(len(self.lines), LAST_LINE):
            return None
        opening = f"<{local_name(node)}".encode()
        while line > 0 and opening not in self.lines[line - 1]:  # libxml2 gives the line where the tag ends
            line -= 1
        return line or None


def file_of(path: Path, content: bytes) -> File:
    """The file; a `ModelError` where it is no XML, no XMILE, or declares entities."""
    etree: Any = importlib.import_module("lxml.etree")
    if re.search(rb"<!(DOCTYPE|ENTITY)", content, re.IGNORECASE):
        raise _refused(path, "the model declares a DOCTYPE or entities, which XMILE does not know")
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _refused(path, f"'{path.name}' is no XML: {shortened(str(error), 100)}") from None
    for flaw in parser.error_log:
        if not flaw.type_name.startswith(TOLERATED):
            raise _refused(path, f"'{path.name}' is no XML: {shortened(flaw.message, 100)}", flaw.line)
    if root is None:
        raise _refused(path, f"'{path.name}' is no XML")
    if root.getroottree().docinfo.doctype:
        raise _refused(path, "the model declares a DOCTYPE, which XMILE does not know")
    name = etree.QName(root).localname
    if name != "xmile":
        raise _refused(path, f"'{path.name}' is no XMILE model: its root is <{name}>, not <xmile>", root.sourceline)
    if root.nsmap.get(None) is None or root.tag != f"{{{root.nsmap[None]}}}xmile":
        help = 'write <xmile xmlns="http://docs.oasis-open.org/xmile/ns/XMILE/v1.0">'
        raise _refused(path, "<xmile> lacks its default namespace", root.sourceline, help)
    return File(path=path, root=root, lines=content.split(b"\n"))


def _refused(path: Path, what: str, line: int | None = None, help: str | None = None) -> ModelError:
    return ModelError(Problem(what=what, place=Place(path=path, line=line), help=help))


def children(node: Element, name: str) -> list[Element]:
    """The child nodes called `name`, in the namespace of XMILE."""
    return list(node.iterchildren(f"{{{node.nsmap[None]}}}{name}"))


def grandchildren(node: Element, outer: str, inner: str) -> list[Element]:
    """The nodes called `inner` in the children called `outer`."""
    return [grandchild for child in children(node, outer) for grandchild in children(child, inner)]


def child_text(node: Element, name: str) -> str:
    """The text of the first child called `name`; empty where there is none."""
    return next((child.text or "" for child in children(node, name)), "")


def models(root: Element) -> list[Element]:
    """The models of a file; the first that has no name, or the first, is the whole, the others stand in modules."""
    return children(root, "model")


def is_main(model: Element) -> bool:
    """Whether a model is the whole."""
    together = models(model.getparent())
    return model is next((one for one in together if not one.attrib.get("name", "").strip()), together[0])


def declared_nodes(node: Element) -> list[Element]:
    """Everything that a model or a macro declares, in the file's order; before XMILE 1.0 it stood there without <variables>."""
    return [*_declared(node)]


def _declared(node: Element) -> Iterator[Element]:
    namespace = node.nsmap[None]
    for child in node.iterchildren(f"{{{namespace}}}*"):
        if local_name(child) == "variables":
            yield from child.iterchildren(f"{{{namespace}}}*")
        elif local_name(child) in (*VARIABLES, "module"):
            yield child


def variable_nodes(node: Element) -> list[Element]:
    """The stocks, flows, auxiliaries and graphical functions of a model or a macro."""
    return [child for child in _declared(node) if local_name(child) in VARIABLES]


def module_nodes(node: Element) -> list[Element]:
    """The modules that a model holds."""
    return [child for child in _declared(node) if local_name(child) == "module"]


def local_name(node: Element) -> str:
    """The name of a tag without its namespace."""
    return str(node.tag).rpartition("}")[2]
