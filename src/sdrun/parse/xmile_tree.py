"""The XML tree of an XMILE file, read strictly: no entities, no network, no repair."""

import importlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sdrun.errors import ModelError, Place, Problem
from sdrun.parse.hardened import shortened

Element = Any
"""A node of lxml, which has no types."""

Lines = Sequence[bytes]
"""The lines of a file."""

LAST_LINE = 65534
"""Beyond it, libxml2's line numbers are guesses."""

TOLERATED = ("NS_", "WAR_NS_")
"""Flaws of the XML that change no model: some programs wrote undeclared prefixes, or namespaces that are no URI."""

VARIABLES = ("stock", "flow", "aux", "gf")


def root_of(path: Path, content: bytes) -> Element:
    """The <xmile> node of a file; a `ModelError` where the file is no XML, no XMILE, or declares entities."""
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
    return root


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


def variable_nodes(root: Element) -> list[Element]:
    """The stocks, flows, auxiliaries and graphical functions of the model, in the file's order."""
    return [node for node in _declared(root) if local_name(node) in VARIABLES]


def _declared(root: Element) -> Iterator[Element]:
    for model in children(root, "model"):
        for variables in children(model, "variables"):
            yield from variables.iterchildren(f"{{{root.nsmap[None]}}}*")


def declared_nodes(root: Element) -> list[Element]:
    """Everything that stands in <variables>: also modules and groups."""
    return list(_declared(root))


def local_name(node: Element) -> str:
    """The name of a tag without its namespace."""
    return str(node.tag).rpartition("}")[2]


def line_of(lines: Lines, node: Element) -> int | None:
    """The line where a tag begins; None where libxml2 cannot count so far."""
    line: int | None = node.sourceline
    if line is None or line > min(len(lines), LAST_LINE):
        return None
    opening = f"<{local_name(node)}".encode()
    while line > 0 and opening not in lines[line - 1]:  # libxml2 gives the line where the tag ends
        line -= 1
    return line or None
