"""Alerts in words: a headline, a message with the words that a number was read from, and what is safe to send."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from flows.brief_words import count_words, counted, plural, speaker_words, when_words, where_words
from transforms.feed_advice import advise
from transforms.masking import OFFICES

Row = dict[str, Any]
Mask = Callable[[str], str]
MAX_QUOTE = 280
BECAUSE = {"backfill": "after the archive was read again", "review": "by a person's correction", "forget": "after an article was erased"}
KINDS = {
    "nightly.late": "night late", "feed.silent": "feed silent", "feed.dropped": "volume drop", "feed.flooded": "volume flood",
    "check.failed": "check failed", "toll.threshold": "toll reached the threshold", "toll.changed": "toll changed after publication",
    "more": "more alerts",
}  # fmt: skip
# Look-alikes for what mail programs and chat tools act on: tags and Slack's commands, mentions, code, Markdown links.
_ACTED_ON = str.maketrans({"<": "‹", ">": "›", "@": "＠", "`": "'"})
_LINK = re.compile(r"\]\s*\(")


def plain(text: str, limit: int = MAX_QUOTE) -> str:
    """Return fetched text as one line that no terminal, mail program or chat tool acts on, cut at a limit of characters."""
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split()).translate(_ACTED_ON)
    line = _LINK.sub("] (", line)
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def word_alert(alert: Mapping[str, Any], mask: Mask) -> Row:
    """Return an alert of `transforms.alerts` as a row of the table, without run and times.

    Args:
        alert: An alert with what it was found in as `about`.
        mask: Takes the names of private persons out of a quote: alerts leave the desk.
    """
    about = alert["about"]
    row = {key: value for key, value in alert.items() if key != "about"} | {"quote": None, "url": None}
    if alert["kind"].startswith("toll."):
        return row | _toll_words(alert, about, mask)
    if alert["kind"] == "check.failed":
        name, bad = about["check_name"].replace("_", " "), plural(about["n_bad"], "row")
        headline = f"Check failed: {name}"
        return row | {"headline": headline, "message": f"{headline}: {bad} break it, nothing was published; `vigil doctor` names the run"}
    if alert["kind"] == "nightly.late":
        headline = f"No night was published for {about['hours']:.0f} hours"
        return row | {"headline": headline, "message": f"{headline}, the last one on {about['last']:%d %B %Y, %H:%M} UTC"}
    if alert["kind"] == "more":
        listed = ", ".join(f"{n} × {KINDS[kind]}" for kind, n in about["kinds"].items())
        headline = f"{plural(sum(about['kinds'].values()), 'more alert')} of this night"
        return row | {"headline": headline, "message": f"{headline}: {listed}; `vigil alerts list` shows all"}
    return row | _feed_words(alert, about)


def event_payload(alert: Mapping[str, Any]) -> Row:
    """Return what is sent of an alert, in values of JSON. `text` is for people; `quote` is exact but for masked names."""
    names = ("alert_id", "kind", "severity", "subject", "headline", "message", "was_number", "now_number", "quote", "url")
    text = f"{alert['message']} {alert['url'] or ''}".strip()
    return {"source": "vigil", "text": text, **{name: alert[name] for name in names}, "raised_at": alert["raised_at"].isoformat()}


def _toll_words(alert: Mapping[str, Any], about: Mapping[str, Any], mask: Mask) -> Row:
    where = f"{plain(where_words(about), 80)} ({when_words(about)})"
    now = "no longer an incident" if about["is_gone"] else _both(about, "")
    before = f"published before: {_both(about, 'was_')}" if about["is_known"] else "new"
    headline = f"{where}: {now}; {before}"
    quote = mask(about["words"]) if about["words"] else None
    said = ""
    if quote:
        is_office = about["speaker_class"] in OFFICES
        said = (
            f". “{plain(quote)}”, according to {plain(speaker_words(about['speaker'] if is_office else None, about['speaker_class']), 80)}"
        )
        said += f" in {plain(about['outlet'], 80)}" if about["outlet"] else ""
    because = f", {BECAUSE[about['changed_by']]}" if about["changed_by"] in BECAUSE and about["is_known"] else ""
    what = {"toll.threshold": "Toll reached the threshold", "toll.changed": "Toll changed"}[alert["kind"]]
    message = f"{what}{because}. {headline}{said}. `vigil show {alert['subject']}` has all voices."
    return {"headline": headline, "message": message, "quote": quote, "url": about["url"]}


def _both(about: Mapping[str, Any], prefix: str) -> str:
    said = [
        counted(count_words(*(about[f"{prefix}{toll}_{part}"] for part in ("min", "best", "max", "quantifier"))), toll)
        for toll in ("killed", "injured")
    ]
    return said[0] if said[1] == "injured: not stated" else ", ".join(said)


def _feed_words(alert: Mapping[str, Any], about: Mapping[str, Any]) -> Row:
    if "n_asked" in about:
        headline = f"{about['n_failing']} of {about['n_asked']} feeds gave nothing"
        return {"headline": headline, "message": f"{headline}: what happened may be missing from this night; `vigil feeds list` says why"}
    name = plain(f"{about['publisher'] or about['feed_id']} ({about['feed_id']})", 120)
    if about["state"] == "failing":
        since = f"since {about['last_ok_at']:%d %B %Y}" if about["last_ok_at"] else "and never has"
        headline = f"Feed silent: {name} does not answer {since}"
        why = f" ({plain(about['last_message'], 160)})" if about["last_message"] else ""
    elif alert["kind"] == "feed.silent":
        days = f" for {about['silent_days']:.0f} days" if about["silent_days"] is not None else ""
        headline, why = f"Feed silent: {name} answers, but brought nothing new{days}", ""
    elif alert["kind"] == "feed.dropped":
        headline, why = f"Volume drop: {name} brought {about['last_week']} entries in a week, usually {about['usual_week']:.0f}", ""
    else:
        headline, why = f"Volume flood: {name} brought {about['last_day']} entries in a day, usually at most {about['usual_day']:.0f}", ""
    return {
        "headline": headline,
        "message": f"{headline}{why}. What to do: {advise(about['feed_id'], about['state'], about['last_status'])}",
    }
