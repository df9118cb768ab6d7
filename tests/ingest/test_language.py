"""The language of a stretch of text: script first, then the letters; silence where nothing tells."""

import subprocess
import sys

import pytest

from kb.ingest import language


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("تبسيط المساطر الإدارية", "ar"),
        ("منصة e-TAMKEEN لتقوية الكفاءات", "ar"),
        ("L’accès à l’information", "fr"),
        ("LOI N° 55-19 RELATIVE À LA SIMPLIFICATION", "fr"),
        ("reforme de l'administration publique", "fr"),
        ("open government data", "en"),
        ("La administración pública ofrece servicios a los ciudadanos de la región", "es"),
        ("ⵜⴰⴳⵍⴷⵉⵜ ⵏ ⵍⵎⵖⵔⵉⴱ", "zgh"),
        ("المملكة المغربية Royaume du Maroc", "ar"),
        ("القانون 55.19 Loi relative à la simplification des procédures administratives", "fr"),
    ],
)
def test_the_language_is_told(text: str, code: str) -> None:
    assert language.of(text, "?") == code


@pytest.mark.parametrize("text", ["", "2020-2021", "a) b) c)", "service", "→ • *", "日本語", "Δοκιμή", "\ud800"])
def test_what_tells_nothing_is_left_to_the_caller(text: str) -> None:
    assert language.of(text, "?") == "?"


def test_half_arabic_and_half_tifinagh_is_arabic() -> None:
    assert language.of("المغرب ⵍⵎⵖⵔⵉⴱ", "?") == "ar"


def test_the_model_is_not_loaded_for_arabic() -> None:
    code = "import sys; from kb.ingest.language import of; of('وزارة الاقتصاد', ''); sys.exit('numpy' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
