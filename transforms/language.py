"""Which language a text is in."""

from __future__ import annotations

import py3langid

_SAMPLE = 600  # characters; of 3,074 captured articles none changed its language with 2,000
_SURE = 200  # characters; below, the declared language decides


def find_language(text: str, declared: str | None = None) -> str:
    """Return the ISO 639-1 code of a text; "und" for a text without letters.

    Args:
        text: Title and body.
        declared: What the page or feed declares; believed only for texts too short to tell.
    """
    sample = text[:_SAMPLE]
    if not any(char.isalpha() for char in sample):
        return "und"
    if declared and len(sample) < _SURE:
        return declared[:2].lower()
    return str(py3langid.classify(sample.lower() if sample.isupper() else sample)[0])
