"""The languages we can analyse, and the two analysers that search may be built with."""

from kb.languages import arabic, european, tifinagh
from kb.languages.analyzer import Analyzer
from kb.languages.light10 import Light10
from kb.languages.product import Language, Product

LANGUAGES: dict[str, Language] = {
    "arabic": arabic.terms,
    "fr": european.french,
    "en": european.english,
    "latin": european.either,
    "other": tifinagh.terms,
}

PRODUCT: Analyzer = Product(LANGUAGES)
LIGHT10: Analyzer = Light10()
