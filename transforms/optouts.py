"""How publishers say that machines shall not use their pages: robots rules for language models, noai, reservations of text mining."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from protego import Protego

# Crawlers that fetch texts for language models, by the names that robots.txt files give them.
AI_AGENTS = (
    "AI2Bot", "Amazonbot", "anthropic-ai", "Applebot-Extended", "Bytespider", "CCBot", "ChatGPT-User", "ClaudeBot", "Claude-Web",
    "cohere-ai", "Diffbot", "FacebookBot", "Google-Extended", "GPTBot", "ImagesiftBot", "meta-externalagent", "OAI-SearchBot", "Omgilibot",
    "PerplexityBot", "Timpibot", "YouBot",
)  # fmt: skip
HONOURED = {"none": frozenset[str](), "tdm": frozenset({"tdm_reservation"}), "all": frozenset({"tdm_reservation", "noai", "robots_ai"})}
HEAD_BYTES = 100_000  # in which a page's meta elements are looked for
MAX_RULES = 1_000  # locations of a tdmrep.json that are read

_META = re.compile(rb"<meta\s[^<>]{1,1000}>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([a-zA-Z-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_NOAI = re.compile(r"(?:^|[\s,:])no(?:image)?ai(?:$|[\s,])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Signal:
    """One opt-out: what is reserved, where it stands (vocabularies.OPT_OUT_SIGNAL, OPT_OUT_ORIGIN), and whose or whither."""

    signal: str
    origin: str
    detail: str | None = None


def find_ai_rules(robots: Protego, text: str, site: str) -> Signal | None:
    """Return the robots rules that shut crawlers of language models out of a site that is open to others; None: there are none.

    Args:
        robots: The parsed robots.txt.
        text: Its text: most files name none of these agents, and that is seen at once.
        site: Scheme and host.
    """
    lowered = text.lower()
    named = [agent for agent in AI_AGENTS if agent.lower() in lowered]
    shut = [agent for agent in named if not robots.can_fetch(f"{site}/", agent)]
    return Signal("robots_ai", "robots_txt", ", ".join(shut)) if shut and robots.can_fetch(f"{site}/", "Vigil") else None


def find_signals(headers: Iterable[tuple[str, str]], body: bytes) -> list[Signal]:
    """Return what the headers and the meta elements of one answer reserve, each kind and origin once.

    Source: TDM Reservation Protocol (W3C community group), sections on headers and HTML metadata; `noai` as DeviantArt defined it.
    """
    listed = [(name.lower(), value.strip()) for name, value in headers]
    names = [(name, value, "header") for name, value in listed]
    for element in _META.findall(body[:HEAD_BYTES]):
        cells = {m[1].lower(): html.unescape(m[2] or m[3] or m[4] or "") for m in _ATTRIBUTE.finditer(element.decode("utf-8", "replace"))}
        names.append((cells.get("name", "").lower(), cells.get("content", "").strip(), "meta"))
    found: dict[tuple[str, str], Signal] = {}
    policies = {origin: value[:500] for name, value, origin in names if name == "tdm-policy" and value.startswith(("http://", "https://"))}
    for name, value, origin in names:
        if name == "tdm-reservation" and value == "1":
            found.setdefault(("tdm_reservation", origin), Signal("tdm_reservation", origin, policies.get(origin)))
        elif name in {"x-robots-tag", "robots", "vigil"} and _NOAI.search(value):
            found.setdefault(("noai", origin), Signal("noai", origin))
    return list(found.values())


def find_reservation(tdmrep: str, url: str) -> Signal | None:
    """Return the reservation that a /.well-known/tdmrep.json makes for an address; None: none, or the file is unreadable.

    Of several locations that fit the most exact counts, as in robots.txt; `*` stands for anything, `$` for the end.

    Source: TDM Reservation Protocol, section on the TDM file.
    """
    try:
        rules: Any = json.loads(tdmrep)
    except (ValueError, RecursionError):
        return None
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    best: tuple[int, Any] = (-1, None)
    for rule in rules[:MAX_RULES] if isinstance(rules, list) else ():
        location = rule.get("location") if isinstance(rule, dict) else None
        if isinstance(location, str) and len(location) > best[0] and _fits(location[:500], path):
            best = (len(location), rule)
    rule = best[1]
    if rule is None or str(rule.get("tdm-reservation")).strip() != "1":
        return None
    policy = rule.get("tdm-policy")
    return Signal("tdm_reservation", "tdmrep", policy[:500] if isinstance(policy, str) else None)


def _fits(location: str, path: str) -> bool:
    """Tell whether a location fits a path, in steps that cannot explode: each piece is looked for once, from left to right."""
    ends, pieces = location.endswith("$"), location.removesuffix("$").split("*")
    if not path.startswith(pieces[0]):
        return False
    at = len(pieces[0])
    for piece in pieces[1:]:
        found = path.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return not ends or (path.endswith(pieces[-1]) and (at == len(path) or len(pieces) > 1))
