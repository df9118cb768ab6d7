"""Real pages and real PDFs: imported as they are, found by what a civil servant would type."""

from collections.abc import Iterator

import pytest

from kb.services.context import Services
from tests.judged import real
from tests.opening import ask
from tests.shared import needs_shared

pytestmark = [pytest.mark.slow, needs_shared]

CODE = "aminebenkii_legal-assistant-moroccan-law__code_du_travail.pdf"
CIVIL = "zakariakassemi2000_moroccan-law-rag__53750fb3.pdf"
ENVIRONMENT, BIOGRAPHY = "AhmedHamdyRa_Gradution-Project__c1e3aeae.pdf", "IbtihalMakki_arabic-rag-pdf__4b93f8f5.pdf"
WORKSHOPS, NEWS = "000_308d549d225fdc67.txt", "001_6cd9c0e79cc2152b.txt"
PROJECT, SERVICES, COMMITMENT = "002_b2fa2afe938bbbd5.txt", "003_20726d03c1c5f2be.txt", "004_c1c257a8ff9303ec.txt"

QUERIES = {
    "تبسيط المساطر": WORKSHOPS,
    "اليوم الإفريقي للمرفق العام": NEWS,
    "تقوية كفاءات الموظفين مشروع التمكين الالكتروني": PROJECT,
    "جائزة امتياز للادارة الإلكترونيه": SERVICES,
    "فضاءات الإستقبال بالمواقع النموذجية": COMMITMENT,
    "الاختصاص المحلي في دعاوى حوادث الشغل": CIVIL,
    "كيف ترفع الدعوى امام المحكمة الابتدائية؟": CIVIL,
    "المواد والنفايات الخطرة وحماية البيئة": ENVIRONMENT,
    "غازي القصيبي": BIOGRAPHY,
    "congé de maternité de la salariée": CODE,
    "licenciement abusif indemnité": CODE,
    "durée du préavis": CODE,
}


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    with real(tmp_path_factory) as (opened, summary):
        assert (summary.created, summary.refused) == (13, [])
        yield opened


@pytest.mark.parametrize("query", QUERIES)
def test_the_expected_document_comes_first(services: Services, query: str) -> None:
    first = ask(services, query).found[0]
    assert first.card.file_name == QUERIES[query]
    assert first.quotes
    assert any(quote.said.marks for quote in first.quotes)


def test_a_passage_leads_to_its_page(services: Services) -> None:
    quote = ask(services, "الاختصاص المحلي في دعاوى حوادث الشغل").found[0].quotes[0]
    assert quote.page == 16


def test_a_scan_says_that_it_holds_no_text(services: Services) -> None:
    [scan] = [f.card for f in ask(services, "", size=50).found if f.card.file_name.startswith("taherfarg")]
    assert scan.pages == 3
