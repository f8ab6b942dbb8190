"""Texts of the modeller, cleaned."""


def cleaned(text: str) -> str:
    """Stripped, runs of blanks collapsed."""
    return " ".join(text.split())


def label_of(name: str) -> str:
    """A name as the modeller wrote it, without the quotes that only mark where it ends.

    >>> label_of(' "Power  share (%)" ')
    'Power share (%)'
    """
    text = cleaned(name)
    return text[1:-1].strip() if len(text) > 1 and text[0] == text[-1] == '"' else text
