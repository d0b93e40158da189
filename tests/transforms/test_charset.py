"""A page's text whatever its encoding: by mark, UTF-8, header, declaration, and detection last."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.charset import decode_page, find_codec

CYRILLIC = "Ракета влучила у житловий будинок у Кривому Розі, загинули 12 людей, повідомив міський голова. " * 5
FRENCH = "<p>À Bamako, trois personnes ont été tuées et neuf blessées, a déclaré la préfecture après l'enquête. " * 5


@pytest.mark.parametrize(
    ("text", "encoding", "content_type", "declared"),
    [
        (CYRILLIC, "utf-8", None, ""), (CYRILLIC, "utf-8", "text/html; charset=iso-8859-1", '<meta charset="windows-1251">'),
        (CYRILLIC, "utf-8-sig", "text/html; charset=latin1", ""), (CYRILLIC, "utf-16", None, ""), (CYRILLIC, "utf-32", None, ""),
        (CYRILLIC, "utf-16-le", "text/html; charset=utf-16", ""),
        (CYRILLIC, "cp1251", "text/html; charset=windows-1251", ""), (CYRILLIC, "cp1251", None, '<meta charset="windows-1251">'),
        (CYRILLIC, "koi8-u", "text/html; charset=KOI8-U", '<meta charset="windows-1251">'),
        (CYRILLIC, "cp1251", "text/html; charset=x-made-up", '<META HTTP-EQUIV="Content-Type" CONTENT="text/html; CHARSET=Windows-1251">'),
        (FRENCH, "cp1252", "text/html; charset=iso-8859-1", ""), (FRENCH, "cp1252", None, ""), (CYRILLIC, "cp1251", None, ""),
        ("<p>爆炸造成十二人死亡,四十人受伤。" * 20, "gb18030", "text/html; charset=gb2312", ""),
        ("<p>市場で爆発があり、12人が死亡した。" * 20, "shift_jis", None, '<meta charset="Shift_JIS">'),
        ("<p>市場で爆発があり、12人が死亡した。" * 20, "iso-2022-jp", "text/html; charset=iso-2022-jp", ""),
    ],
)  # fmt: skip
def test_text_comes_out_as_it_was(text: str, encoding: str, content_type: str | None, declared: str) -> None:
    page = f"<html><head>{declared}</head><body>{text}</body></html>"
    assert decode_page(page.encode(encoding), content_type) == page


def test_one_broken_byte_spoils_nothing_else() -> None:
    page = f"<p>{CYRILLIC}".encode() + b"\xff" + CYRILLIC.encode()
    assert decode_page(page).replace("\ufffd", "") == f"<p>{CYRILLIC}{CYRILLIC}"


@pytest.mark.parametrize("label", ["utf-7", "unicode_escape", "rot13", "base64", "hex", "idna", "x-made-up", "", "\0", "zlib_codec"])
def test_labels_that_are_no_encodings_of_pages(label: str) -> None:
    assert find_codec(label) is None


@given(st.binary(max_size=300), st.text(max_size=30))
def test_any_bytes_give_text(page: bytes, label: str) -> None:
    assert isinstance(decode_page(page, f"text/html; charset={label}"), str)
    assert isinstance(decode_page(b'<meta charset="' + label.encode("utf-8", "replace") + b'">' + page), str)
