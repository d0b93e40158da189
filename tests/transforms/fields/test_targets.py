"""Target classes: only what was hit, not what a text mentions."""

from __future__ import annotations

import pytest

from transforms.fields.targets import find_targets


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A missile struck a residential area and killed four people.", [("residential", "residential area")]),
        ("Gunmen attacked a police station at dawn.", [("police", "police station")]),
        ("A bomb exploded inside a mosque during prayers, killing nine.", [("place_of_worship", "mosque")]),
        ("The school was bombed on Tuesday and two teachers were killed.", [("school", "school")]),
        ("Shells fell on a market. The wounded were taken to a hospital.", [("market", "market")]),
        ("The strike killed five people. Their families met in a church.", []),
        ("A missile hit the city of Sumy and killed four people.", []),
        ("The hospital said twelve people were wounded in the attack.", []),
        ("", []),
    ],
)
def test_targets(make_document, whole, text, expected):
    doc = make_document(text)
    assert [(f.value, doc.quote(f.span)) for f in find_targets(doc, whole(doc))] == expected
