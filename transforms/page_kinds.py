"""What a page is that is no article: not there (answered with 200), a consent page, a check for robots, or behind a paywall.

Judged on what the page says of itself and on how little else it says. A title alone never decides: an article may be called
"Page not found" or report 404 dead.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

KINDS = ("soft_404", "consent", "robot_check", "paywall")
SHORT = 600  # characters of body below which a page may be no article
SHORTEST = 200  # characters of body that are no more than a notice
TEASER = 1_500  # characters of body below which a page that says it is not free shows only its beginning
_NOT_FOUND = re.compile(
    r"^(?:(?:oops|sorry)\W+)?(?:(?:error|http|fehler|erreur)\W*)?(?:404|410)(?:\W*(?:error|page|not found|gone|file|$).*)?$"
    r"|\b(?:page|article|story|content|file|url)\b.{0,25}\b(?:not found|not be found|does(?:n.t| not) exist|no longer (?:available|exists?)"
    r"|has (?:been removed|expired|moved)|was removed|is missing|unavailable)"
    r"|^(?:not found|nothing found|page introuvable|seite nicht gefunden|p[aá]gina no encontrada|p[aá]gina n[aã]o encontrada"
    r"|pagina non trovata|pagina niet gevonden|страница не найдена|сторінку не знайдено|sayfa bulunamad[ıi]|الصفحة غير موجودة)\b",
    re.IGNORECASE,
)
_CONSENT = re.compile(
    r"^(?:before you continue|(?:your )?(?:privacy|cookie)s?\W.{0,30}(?:choices|settings|preferences|consent|matters?)"
    r"|we (?:value|care about) your privacy|(?:cookie|privacy) (?:consent|notice|wall)|manage (?:your )?(?:cookies|privacy|consent)"
    r"|consent(?:\b.{0,20})?$|datenschutz|zustimmung)",
    re.IGNORECASE,
)
_CONSENT_WORDS = re.compile(
    r"\b(?:cookies?|consent|our partners|privacy (?:policy|choices)|personal data|legitimate interest)\b", re.IGNORECASE
)
_CONSENT_PLACE = re.compile(
    r"^(?:consent|guce|cmp|privacy-?gate|zustimmung)\.|/(?:consent|privacy-?gate|cookie-?(?:wall|consent)|zustimmung)(?:/|$|\?)"
)
_ROBOT_TITLE = re.compile(
    r"^(?:just a moment|attention required|access (?:to this page has been )?denied|are you (?:a )?(?:human|robot)|robot (?:check|or human)"
    r"|pardon our interruption|please wait|checking your browser|security check|verify(?:ing)? you are human|ddos.guard|captcha"
    r"|blocked$)",
    re.IGNORECASE,
)
_ROBOT_WORDS = re.compile(
    r"enable (?:javascript|cookies|js)|unusual (?:traffic|activity)|you are (?:not )?a (?:human|robot|bot)|ray id|reference #?\d|captcha"
    r"|checking your browser|automated (?:access|requests)|security (?:service|check)|permission to access|moment\.\.\.",
    re.IGNORECASE,
)
_PAYWALL = re.compile(
    r"\b(?:subscribe|sign up|register|log ?in|become a (?:member|subscriber)|start your (?:free )?trial)\b.{0,60}"
    r"\b(?:to (?:continue|keep|read)|for (?:full|unlimited) access|to unlock)"
    r"|\b(?:this (?:article|story|content) is (?:only |exclusively )?(?:for|available to) (?:our )?(?:paying )?(?:subscribers|members))"
    r"|\b(?:already a (?:subscriber|member)|you have (?:reached|read) your (?:limit|last)|continue reading with a)\b",
    re.IGNORECASE,
)


def judge_page(
    *, titles: Sequence[str | None], body: str, visible: str, url: str | None, asked_url: str | None, is_free: bool | None
) -> str | None:
    """Return the kind of `KINDS` that a page is; None: it may be an article.

    Args:
        titles: Its title and first headings.
        body: The article text that the cleaner found; may be empty.
        visible: Beginning of all its visible text: notices that the cleaner takes for furniture stand there.
        url: Address that answered.
        asked_url: Address that was asked for.
        is_free: What it declares (schema.org isAccessibleForFree); None: nothing.
    """
    named = [" ".join(title.split()) for title in titles if title]
    if len(body) < SHORT:
        if (url and _CONSENT_PLACE.search(_place(url))) or (_has(_CONSENT, named) and len(_CONSENT_WORDS.findall(visible)) >= 2):
            return "consent"
        if _has(_ROBOT_TITLE, named) and _ROBOT_WORDS.search(visible):
            return "robot_check"
        if len(body) < SHORTEST and _ROBOT_WORDS.search(body):
            return "robot_check"
        if _has(_NOT_FOUND, named) or is_home_instead(url, asked_url):
            return "soft_404"
        if _PAYWALL.search(visible):
            return "paywall"
    return "paywall" if is_free is False and len(body) < TEASER else None


def is_home_instead(url: str | None, asked_url: str | None) -> bool:
    """Tell whether an article was asked for and a home page answered, which is how many sites say that it is gone."""
    if not url or not asked_url or url == asked_url:
        return False
    found, asked = urlsplit(url), urlsplit(asked_url)
    return not found.path.strip("/") and not found.query and bool(asked.path.strip("/"))


def media_kind(content_type: str | None, body: bytes) -> str | None:
    """Return pdf, image, video, audio or archive for a body that is one, by its first bytes, else by its declared type."""
    for mark, kind in _MAGIC:
        if body.startswith(mark):
            return kind
    if body[4:8] == b"ftyp":
        return "video"
    if body.startswith(b"RIFF"):
        return {b"WEBP": "image", b"WAVE": "audio"}.get(body[8:12], "video")
    family = (content_type or "").split("/", 1)[0].strip().lower()
    if family in {"image", "video", "audio"}:
        return family
    declared = (content_type or "").split(";", 1)[0].strip().lower()
    return {"application/pdf": "pdf", "application/zip": "archive", "application/gzip": "archive"}.get(declared)


_MAGIC = (
    (b"%PDF-", "pdf"), (b"\x89PNG", "image"), (b"\xff\xd8\xff", "image"), (b"GIF8", "image"),
    (b"\x1aE\xdf\xa3", "video"),
    (b"ID3", "audio"), (b"OggS", "audio"), (b"PK\x03\x04", "archive"), (b"\x1f\x8b", "archive"), (b"BZh", "archive"),
    (b"\xfd7zXZ", "archive"),
    (b"\x28\xb5\x2f\xfd", "archive"), (b"7z\xbc\xaf", "archive"), (b"\x7fELF", "archive"),
)  # fmt: skip


def _has(pattern: re.Pattern[str], texts: Sequence[str]) -> bool:
    return any(pattern.search(text) for text in texts)


def _place(url: str) -> str:
    parts = urlsplit(url)
    return f"{(parts.hostname or '').lower()}{parts.path.lower()}" if parts.path else (parts.hostname or "").lower()
