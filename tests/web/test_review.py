"""The review screen as a person without scripts works at it, alone and at once with another."""

import re

import pytest
from httpx2 import Response

from kb.catalog import documents
from kb.catalog.locks import DocumentLock
from kb.catalog.tables import State
from kb.core.clock import now
from kb.services import curate
from tests.web.desks import NAMES, Desk, desk

__all__ = ["desk"]


def fields(page: str) -> dict[str, list[str]]:
    """What a browser sends of the form when nothing is changed, without its buttons."""
    form = page.partition('id="entry"')[2].partition("</form>")[0]
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        named = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if named.get("type") in {"checkbox", "radio"} and " checked" not in tag:
            continue
        found.setdefault(named["name"], []).append(named.get("value", ""))
    for name, options in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.findall(r'value="([^"]*)" selected', options) or re.findall(r'value="([^"]*)"', options)[:1]
        found.setdefault(name, []).append(chosen[0])
    for name, text in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>\n(.*?)</textarea>', form, re.DOTALL):
        found.setdefault(name, []).append(text)
    return found


def at(id: str) -> str:
    return f"/fr/desk/documents/{id}"


def opened(desk: Desk, who: str, id: str) -> dict[str, list[str]]:
    return fields(desk.page(who, at(id)))


def sent(desk: Desk, who: str, id: str, typed: dict[str, list[str]], **changed: str) -> Response:
    return desk.browsers[who].post(at(id), data={**typed, **changed})


def title(desk: Desk, id: str) -> str:
    with desk.services.database.reading() as session:
        return documents.load(session, id).title["fr"]["text"]


def test_a_document_is_published_and_the_next_one_of_the_list_is_shown(desk: Desk) -> None:
    first, second = desk.bring("Note Alpha un"), desk.bring("Note Alpha deux")
    page = desk.page("curator", at(second) + "?q=alpha")
    assert "Document 1 sur 2" in page
    answer = sent(desk, "curator", second, fields(page), do="step:published")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"{at(first)}?q=alpha&done={second}&did=published"
    assert desk.state(second) == State.PUBLISHED
    assert "Annuler la publication" in desk.page("curator", answer.headers["location"])


def test_a_publication_is_taken_back(desk: Desk) -> None:
    id = desk.bring("Note Beta")
    sent(desk, "curator", id, opened(desk, "curator", id), do="step:published")
    answer = desk.browsers["curator"].post(at(id), data={"list": "", "do": "undo"})
    assert answer.status_code == 303
    assert desk.state(id) == State.SUBMITTED
    assert desk.browsers["curator"].get(f"/fr/d/{id}").status_code == 404


def test_a_publication_that_is_taken_back_is_not_told_of(desk: Desk) -> None:
    id = desk.bring("Note Delta bis")
    for what in ("step:published", "undo", "step:published"):
        assert desk.browsers["curator"].post(at(id), data={"list": "", "do": what}).status_code == 303
    assert desk.page("contributor", "/fr/desk/notices").count(f"/fr/desk/documents/{id}") == 1


def test_what_is_typed_is_kept_before_the_step_is_taken(desk: Desk) -> None:
    id = desk.bring("Note Gamma")
    typed = opened(desk, "curator", id)
    sent(desk, "curator", id, typed, **{"title.fr": "Note Gamma revue", "do": "step:returned", "note": "La date ?"})
    assert (title(desk, id), desk.state(id)) == ("Note Gamma revue", State.RETURNED)
    assert "La date ?" in desk.page("contributor", at(id))


def test_a_step_that_owes_a_reason_asks_for_it_and_loses_nothing(desk: Desk) -> None:
    id = desk.bring("Note Delta")
    answer = sent(desk, "curator", id, opened(desk, "curator", id), **{"title.fr": "Note D", "do": "step:archived"})
    assert answer.status_code == 422
    assert 'id="e-note"' in answer.text
    assert title(desk, id) == "Note D"
    assert desk.state(id) == State.SUBMITTED


def test_a_practice_is_not_published_before_it_has_what_its_type_asks(desk: Desk) -> None:
    id = desk.bring("Pratique Epsilon", type="good_practice")
    page = desk.page("curator", at(id))
    assert 'href="#data.obstacles.0.' in page, "what is missing leads to its field"
    answer = sent(desk, "curator", id, fields(page), **{"title.fr": "Pratique E", "do": "step:published"})
    assert answer.status_code == 422
    assert "Obstacles" in answer.text.partition('id="refused"')[2][:400]
    assert title(desk, id) == "Pratique E", "what is not whole yet is kept all the same"


def test_a_page_turns_without_losing_what_is_typed(desk: Desk) -> None:
    id = desk.bring("Note Zeta")
    answer = sent(desk, "curator", id, opened(desk, "curator", id), **{"title.fr": "Autre titre", "do": "turn:1.1"})
    assert 'value="Autre titre"' in answer.text
    assert title(desk, id) == "Note Zeta"


def test_the_way_to_the_files_keeps_what_is_typed(desk: Desk) -> None:
    id = desk.bring("Note Sigma")
    answer = sent(desk, "curator", id, opened(desk, "curator", id), **{"title.fr": "Gardé", "do": "files"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{at(id)}/files")
    assert 'value="Gardé"' in desk.page("curator", at(id))


def test_the_text_and_the_file_of_a_draft_are_seen_at_the_desk_alone(desk: Desk) -> None:
    id = desk.bring("Note Eta")
    assert "Le texte de Note Eta." in desk.page("curator", at(id))
    assert desk.browsers["curator"].get(f"{at(id)}/f/1/file").content == b"Le texte de Note Eta."
    assert desk.browsers["contributor"].get(f"{at(id)}/f/1/file").status_code == 200
    assert desk.browsers["curator"].get(f"/d/{id}/f/1/file").status_code == 404


def test_who_opens_second_is_told_and_may_take_over(desk: Desk) -> None:
    id = desk.bring("Note Theta")
    desk.page("curator", at(id))
    page = desk.page("other", at(id))
    assert f"Ouvert par <bdi>{NAMES['curator']}</bdi> depuis" in page
    assert 'id="entry"' not in page, "no form before one takes over"
    desk.browsers["other"].post(at(id), data={"list": "", "do": "take-over"})
    assert "Quelqu’un a pris la main" in desk.page("curator", "/fr/desk/notices")
    assert 'id="entry"' in desk.page("other", at(id))
    assert f"Ouvert par <bdi>{NAMES['other']}</bdi> depuis" in desk.page("curator", at(id))


def mark(page: str) -> str:
    """Return what the box sends that takes over from whoever has the document open."""
    found = re.search(r'name="over" value="(\d+)"', page)
    assert found
    return found[1]


@pytest.mark.parametrize("where", ["", "/edit"])
@pytest.mark.parametrize("what", ["save", "step:published"])
def test_what_another_has_open_is_saved_or_published_only_by_taking_over_knowingly(
    desk: Desk, where: str, what: str
) -> None:
    if where and what != "save":
        return
    id = desk.bring(f"Note{where} {what}")
    mine = fields(desk.page("curator", at(id) + where))
    desk.browsers["other"].post(at(id), data={"list": "", "do": "take-over"})
    data = {**mine, "title.fr": f"Titre{where} {what}", "do": what}
    asked = desk.browsers["curator"].post(at(id) + where, data=data)
    assert asked.status_code == 409
    assert f"Ouvert par <bdi>{NAMES['other']}</bdi>" in asked.text
    assert fields(asked.text)["title.fr"] == [f"Titre{where} {what}"], "nothing that was typed is lost"
    assert (title(desk, id), desk.state(id)) == (f"Note{where} {what}", State.SUBMITTED)
    assert desk.browsers["curator"].post(at(id) + where, data={**data, "over": "1"}).status_code == 409
    taken = desk.browsers["curator"].post(at(id) + where, data={**data, "over": mark(asked.text)})
    assert taken.status_code == 303
    assert title(desk, id) == f"Titre{where} {what}"
    assert desk.state(id) == (State.PUBLISHED if "step" in what else State.SUBMITTED)
    assert f"/fr/desk/documents/{id}" in desk.page("other", "/fr/desk/notices")


def test_a_step_without_a_form_asks_alike(desk: Desk) -> None:
    id = desk.bring("Note sans formulaire")
    desk.page("curator", at(id))
    page = desk.page("other", at(id))
    assert 'id="entry"' not in page
    step = {"list": "", "do": "step:returned", "note": "À revoir"}
    asked = desk.browsers["other"].post(at(id), data=step)
    assert asked.status_code == 409
    assert 'value="À revoir"' in asked.text
    assert desk.state(id) == State.SUBMITTED
    assert desk.browsers["other"].post(at(id), data={**step, "over": mark(asked.text)}).status_code == 303
    assert desk.state(id) == State.RETURNED


def test_a_lock_that_has_ended_asks_nothing(desk: Desk) -> None:
    id = desk.bring("Note finie")
    mine = opened(desk, "curator", id)
    desk.browsers["other"].post(at(id), data={"list": "", "do": "take-over"})
    with desk.services.database.writing() as session:
        session.get_one(DocumentLock, id).ends_at = now()
    assert sent(desk, "curator", id, mine, **{"title.fr": "Titre libre", "do": "save"}).status_code == 303
    assert title(desk, id) == "Titre libre"


def test_an_earlier_version_is_not_restored_under_the_hands_of_another(desk: Desk) -> None:
    id = desk.bring("Note ancienne")
    sent(desk, "curator", id, opened(desk, "curator", id), **{"title.fr": "Note neuve", "do": "save"})
    page = desk.page("other", f"{at(id)}/revisions")
    revision = re.findall(r'name="revision" value="(\d+)"', page)[0]
    answer = desk.browsers["other"].post(f"{at(id)}/revisions", data={"number": "1", "revision": revision})
    assert "Une autre personne a ouvert ce document" in answer.text
    assert title(desk, id) == "Note neuve"


def test_two_curators_on_one_document_overwrite_nothing_in_silence(desk: Desk) -> None:
    id = desk.bring("Note Iota")
    mine = opened(desk, "curator", id)
    desk.browsers["other"].post(at(id), data={"list": "", "do": "take-over"})
    theirs = opened(desk, "other", id)
    sent(desk, "other", id, theirs, **{"title.fr": "Titre de l’autre", "summary.fr": "Résumé de l’autre", "do": "save"})
    changes = {"title.fr": "Mon titre", "data.publisher": "Mon éditeur", "do": "save"}
    asked = sent(desk, "curator", id, mine, **changes)
    assert (asked.status_code, "choose.title" in asked.text) == (409, False), "the other has it open: asked first"
    answer = sent(desk, "curator", id, mine, **changes, over=mark(asked.text))
    assert answer.status_code == 409
    assert "Mon titre" in answer.text
    assert "Titre de l’autre" in answer.text
    assert "Résumé de l’autre" not in re.sub("<input[^>]*>", "", answer.text), "only one of us changed it"
    assert title(desk, id) == "Titre de l’autre"
    merge = _hidden(answer.text)
    again = desk.browsers["curator"].post(at(id), data={**merge, "do": "merge"})
    assert again.status_code == 409, "each has to be chosen"
    done = desk.browsers["curator"].post(at(id), data={**merge, "choose.title": "mine", "do": "merge"})
    assert done.status_code == 303
    with desk.services.database.reading() as session:
        document = documents.load(session, id)
        assert document.title["fr"]["text"] == "Mon titre"
        assert document.summary["fr"]["text"] == "Résumé de l’autre"
        assert document.data["publisher"] == "Mon éditeur"


def test_their_version_can_be_chosen_and_a_step_goes_on_after_the_merge(desk: Desk) -> None:
    id = desk.bring("Note Kappa")
    mine, theirs = opened(desk, "curator", id), opened(desk, "curator", id)
    sent(desk, "curator", id, theirs, **{"title.fr": "Leur titre", "do": "save"})
    answer = sent(desk, "curator", id, mine, **{"title.fr": "Mon titre", "do": "step:published"})
    assert answer.status_code == 409
    data = {**_hidden(answer.text), "choose.title": "theirs", "do": "merge"}
    assert "did=published" in desk.browsers["curator"].post(at(id), data=data).headers["location"]
    assert (title(desk, id), desk.state(id)) == ("Leur titre", State.PUBLISHED)


def test_changes_of_different_fields_are_put_together_without_a_question(desk: Desk) -> None:
    id = desk.bring("Note Lambda")
    mine, theirs = opened(desk, "curator", id), opened(desk, "curator", id)
    sent(desk, "curator", id, theirs, **{"summary.fr": "Leur résumé", "do": "save"})
    answer = sent(desk, "curator", id, mine, **{"title.fr": "Mon titre", "do": "save"})
    assert answer.status_code == 303
    with desk.services.database.reading() as session:
        document = documents.load(session, id)
        assert (document.title["fr"]["text"], document.summary["fr"]["text"]) == ("Mon titre", "Leur résumé")


def test_the_form_at_its_own_address_merges_alike(desk: Desk) -> None:
    id = desk.bring("Note Mu")
    mine = fields(desk.page("curator", f"{at(id)}/edit"))
    sent(desk, "curator", id, opened(desk, "curator", id), **{"title.fr": "Leur titre", "do": "save"})
    answer = desk.browsers["curator"].post(f"{at(id)}/edit", data={**mine, "title.fr": "Mon titre", "do": "save"})
    assert answer.status_code == 409
    assert "choose.title" in answer.text


def _hidden(page: str) -> dict[str, list[str]]:
    form = page.partition("<main")[2]
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', form):
        if name != "csrf":
            found.setdefault(name, []).append(value)
    return found


def test_a_contributor_reads_what_they_submitted_and_calls_it_back(desk: Desk) -> None:
    id = desk.bring("Note Nu")
    page = desk.page("contributor", at(id))
    assert 'id="entry"' not in page
    desk.browsers["contributor"].post(at(id), data={"list": "tab=mine", "do": "step:draft"})
    assert desk.state(id) == State.DRAFT
    typed = opened(desk, "contributor", id)
    sent(desk, "contributor", id, typed, **{"title.fr": "Note Nu, bis", "do": "step:submitted"})
    assert (title(desk, id), desk.state(id)) == ("Note Nu, bis", State.SUBMITTED)
    answer = desk.browsers["contributor"].post(at(id), data={"list": "", "do": "step:published"})
    assert answer.status_code == 422
    assert desk.state(id) == State.SUBMITTED


def test_the_same_bytes_and_the_same_title_are_told_of(desk: Desk) -> None:
    first, second = desk.bring("Note Xi"), desk.bring("Brouillon Xi")
    curate.step(desk.services, desk.people["curator"], first, State.PUBLISHED, seen=True)
    sent(desk, "curator", second, opened(desk, "curator", second), **{"title.fr": "Note Xi", "do": "save"})
    assert f"documents/{first}" in desk.page("curator", at(second))


@pytest.mark.parametrize(
    "query", ["file=9&page=x", "file=%00", "page=999999999", "done=aaaaaaaaaa&did=%3Cb%3E", "q=%ff"]
)
def test_whatever_an_address_says_the_screen_opens(desk: Desk, query: str) -> None:
    desk.page("curator", f"{at(desk.bring('Note Rho'))}?{query}")


def test_a_document_that_one_does_not_see_is_none(desk: Desk) -> None:
    id = desk.bring("Note Omicron", by="curator", state="draft")
    for path in (at(id), f"{at(id)}/f/1/file", f"{at(id)}/edit"):
        assert desk.browsers["contributor"].get(path).status_code == 404
    assert desk.browsers["contributor"].post(at(id), data={"list": "", "do": "step:published"}).status_code == 404
