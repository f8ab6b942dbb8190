"""The text of a Vensim file: the encoding its first line names, else UTF-8, else Windows'."""

import codecs
import re
from pathlib import Path

from sdrun.errors import ModelError, Place, Problem

_HEADER = re.compile(rb"\s*\{([^}\r\n]{1,40})\}")
_KNOWN = re.compile(
    r"utf[-_ ]?(8|16)|(us-?)?ascii|latin-?1|(cp|windows-?)\d+|iso[-_ ]?8859[-_ ]?\d+|koi8.*|gb.*|big5|shift[-_]jis|euc.*", re.I
)
"""Python's list of encodings holds more than those of texts; a first line may as well be a comment."""


def decoded(path: Path, content: bytes) -> str:
    """The text in `content`, lines ending with \\n; a `ModelError` where it is none."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _text(path, content, "utf-16")
    content = content.removeprefix(codecs.BOM_UTF8)
    if b"\0" in content:
        raise ModelError(Problem(what=f"'{path.name}' is no text file", place=Place(path=path)))
    named = _named_encoding(content)
    if named:
        return _text(path, content, named)
    try:
        return _text(path, content, "utf-8")
    except ModelError:
        return _text(path, content, "cp1252", errors="replace")


def _named_encoding(content: bytes) -> str | None:
    header = _HEADER.match(content)
    name = header[1].decode("ascii", errors="replace").strip() if header else ""
    if not _KNOWN.fullmatch(name):
        return None
    try:
        return codecs.lookup(name).name
    except LookupError:
        return None


def _text(path: Path, content: bytes, encoding: str, errors: str = "strict") -> str:
    try:
        text = content.decode(encoding, errors)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        what = f"the model says that its encoding is {encoding.upper()}, but byte {content[error.start]:#04x} is not"
        help = "save the file as UTF-8, or name its encoding in the first line: {windows-1252}"
        raise ModelError(Problem(what=what, place=Place(path=path, line=line), help=help)) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")
