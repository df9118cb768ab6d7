"""Types are data: each file is whole, and a new one needs no code."""

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from kb.catalog import content_type
from kb.catalog.content_type import ContentType
from kb.core.errors import Invalid

TYPES = content_type.load()
ROOT = Path(__file__).resolve().parents[2]
ICONS = ROOT / "kb" / "web" / "static" / "icons.svg"
DUBLIN_CORE = {
    "contributor",
    "coverage",
    "creator",
    "date",
    "description",
    "format",
    "identifier",
    "language",
    "publisher",
    "relation",
    "rights",
    "source",
    "subject",
    "title",
    "type",
}
each_type = pytest.mark.parametrize("kind", TYPES.values(), ids=TYPES)


def test_the_ten_types_come_in_order() -> None:
    assert list(TYPES) == [
        "publication", "yearly_report", "good_practice", "experience", "lesson", "workshop", "law", "news",
        "commitment", "collection",
    ]  # fmt: skip


@each_type
def test_every_label_is_said_in_three_languages(kind: ContentType) -> None:
    labels = [kind.label, kind.plural, *(group.label for group in kind.groups), *(field.label for field in kind.fields)]
    labels += [label for field in kind.fields for label in (field.choices or {}).values()]
    labels += [field.help for field in kind.fields if field.help]
    labels += [column.label for field in kind.fields for column in field.kind.columns]
    assert all(set(label) == {"ar", "fr", "en"} and all(label.values()) for label in labels)


@each_type
def test_a_field_with_choices_is_a_coded_field_and_the_reverse(kind: ContentType) -> None:
    assert all(field.kind.coded == (field.choices is not None) for field in kind.fields)


@each_type
def test_dublin_core_elements_exist(kind: ContentType) -> None:
    assert {field.dc for field in kind.fields} <= DUBLIN_CORE | {None}


@pytest.mark.skipif(not ICONS.exists(), reason="the icon sheet belongs to the web pages")
@each_type
def test_icons_are_on_the_sheet(kind: ContentType) -> None:
    sheet = ICONS.read_text("utf-8")
    assert all(f'id="{icon}"' in sheet for icon in (kind.icon, *(group.icon for group in kind.groups)))


def test_the_practice_sheet_asks_for_what_makes_it_credible() -> None:
    required = {field.name for field in TYPES["good_practice"].fields if field.required}
    assert {"before", "done", "indicators", "obstacles", "success_factors", "conditions", "contact", "cost"} <= required


def test_every_problem_is_told_at_once() -> None:
    with pytest.raises(Invalid) as refusal:
        TYPES["law"].clean({"kind": "poem", "signed": "يوما ما", "colour": "أخضر"})
    assert refusal.value.problems == {
        "kind": "unknown-choice",
        "number": "required",
        "signed": "not-a-date",
        "colour": "unknown",
    }


def test_a_required_field_of_invisible_letters_is_missing() -> None:
    with pytest.raises(Invalid) as refusal:
        TYPES["law"].clean({"kind": "law", "number": "\u202e\u200f "})
    assert refusal.value.problems == {"number": "required"}


@pytest.mark.parametrize(
    "rows",
    [
        "سطر",
        [["a"]],
        [{"activity": "تكوين", "colour": "x"}],
        [{"start": "2021"}],
        [{"activity": "ت", "status": "maybe"}],
    ],
)
def test_rows_of_another_shape_are_refused(rows: object) -> None:
    with pytest.raises(Invalid) as refusal:
        TYPES["commitment"].clean({"activities": rows})
    assert "activities" in refusal.value.problems


def test_empty_rows_of_a_form_are_dropped() -> None:
    rows = [{"activity": "تكوين الأعوان", "percent": "٤٠"}, {"activity": "", "percent": ""}]
    read = TYPES["commitment"].field("activities")
    assert read is not None
    assert read.read(rows) == [{"activity": "تكوين الأعوان", "percent": 40}]


def test_codes_are_searched_by_their_labels_in_every_language() -> None:
    words = TYPES["publication"].words({"kind": "white-paper"})
    assert words.splitlines() == ["كتاب أبيض", "Livre blanc", "White paper"]


def test_field_texts_carry_their_language() -> None:
    practice = TYPES["good_practice"]
    data = {
        "before": {
            "ar": {"text": "طوابير طويلة", "state": "reviewed"},
            "fr": {"text": "De longues files", "state": "draft"},
        },
        "success_factors": ["حضور الرئيس", "Tri préalable"],
    }
    assert practice.field_words(data, "ar") == [
        ("before", "طوابير طويلة", "ar"),
        ("before", "De longues files", "fr"),
        ("success_factors", "حضور الرئيس\nTri préalable", "ar"),
    ]


def test_a_person_is_known_by_the_role_alone_outside_the_sheet() -> None:
    contact = {"role": "رئيس المشروع", "name": "فلان الفلاني", "email": "flan@example.org"}
    kept = TYPES["commitment"].field("contact")
    assert kept is not None
    data = {"contact": kept.read(contact)}
    assert data["contact"] == contact
    assert TYPES["commitment"].public(data) == {"contact": {"role": "رئيس المشروع"}}
    assert TYPES["commitment"].field_words(data) == [("contact", "رئيس المشروع", "ar")]
    assert "flan" not in TYPES["commitment"].words(data)


def test_a_bare_latin_text_is_in_the_language_of_its_document() -> None:
    raw = {"lesson": "Read it aloud", "nature": "success", "recommendation": "اقرأ بصوت مسموع"}
    read = TYPES["lesson"].clean(raw, "en")
    assert (list(read["lesson"]), list(read["recommendation"])) == (["en"], ["ar"])


def test_facets_give_codes() -> None:
    assert TYPES["good_practice"].keywords({"level": "communal", "regions": ["oriental", "souss-massa"]}) == {
        "level": frozenset({"communal"}),
        "regions": frozenset({"oriental", "souss-massa"}),
    }


NEW_TYPES = {
    "training": """
name = "training"
label = { ar = "تكوين", fr = "Formation", en = "Training" }
plural = { ar = "تكوينات", fr = "Formations", en = "Trainings" }
order = 110
[[field]]
name = "hours"
kind = "count"
required = true
label = { ar = "عدد الساعات", fr = "Heures", en = "Hours" }
[[field]]
name = "format"
kind = "choice"
search = "facet"
label = { ar = "الصيغة", fr = "Format", en = "Format" }
[field.choices]
onsite = { ar = "حضوري", fr = "Présentiel", en = "On site" }
online = { ar = "عن بعد", fr = "À distance", en = "Online" }
""",
    "idarathon": """
name = "idarathon"
label = { ar = "إيداراثون", fr = "Idarathon", en = "Idarathon" }
plural = { ar = "إيداراثون", fr = "Idarathons", en = "Idarathons" }
order = 120
[[field]]
name = "phases"
kind = "steps"
search = "text"
label = { ar = "المراحل", fr = "Phases", en = "Phases" }
""",
    "elearning": """
name = "elearning"
label = { ar = "تعلم إلكتروني", fr = "Cours en ligne", en = "Online course" }
plural = { ar = "دروس إلكترونية", fr = "Cours en ligne", en = "Online courses" }
order = 130
[[field]]
name = "objectives"
kind = "translated_text"
search = "text"
label = { ar = "الأهداف", fr = "Objectifs", en = "Objectives" }
""",
    "award": """
name = "award"
label = { ar = "جائزة", fr = "Prix", en = "Award" }
plural = { ar = "جوائز", fr = "Prix", en = "Awards" }
order = 140
[[field]]
name = "jury"
kind = "people"
label = { ar = "لجنة التحكيم", fr = "Jury", en = "Jury" }
[[field]]
name = "scores"
kind = "scores"
label = { ar = "التنقيط", fr = "Notes", en = "Scores" }
""",
}
SAMPLES: Mapping[str, Mapping[str, Any]] = {
    "training": {"hours": "30", "format": "online"},
    "idarathon": {"phases": [{"date": "2023-02", "text": "الهاكاثون"}]},
    "elearning": {"objectives": "معرفة مراحل تبسيط المساطر"},
    "award": {"jury": [{"role": "رئيس اللجنة"}], "scores": [{"criterion": "innovation", "score": 3}]},
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for source in (files("kb.catalog") / "types").iterdir():
        (tmp_path / source.name).write_text(source.read_text("utf-8"), "utf-8")
    for name, text in NEW_TYPES.items():
        (tmp_path / f"{name}.toml").write_text(text, "utf-8")
    return tmp_path


@pytest.mark.parametrize("name", NEW_TYPES)
def test_a_new_type_is_a_file_and_no_code(folder: Path, name: str) -> None:
    types = content_type.load_folder(folder)
    assert list(types)[10:] == list(NEW_TYPES)
    data = types[name].clean(SAMPLES[name])
    assert types[name].clean(data) == data
    assert types[name].field("regions") is not None


def test_a_new_type_changes_the_fingerprint_of_the_index(folder: Path) -> None:
    assert content_type.stamp(content_type.load_folder(folder)) != content_type.stamp(TYPES)
    assert content_type.stamp({name: TYPES[name] for name in reversed(list(TYPES))}) == content_type.stamp(TYPES)


@pytest.mark.parametrize(
    ("change", "to"),
    [
        ('kind = "steps"', 'kind = "hologram"'),
        ('search = "text"', 'search = "loud"'),
        ('search = "text"', 'group = "nowhere"'),
        ('search = "text"', 'volume = "loud"'),
        ('name = "phases"', 'name = "regions"'),
        ('search = "text"', 'choices = "planets"'),
        ("order = 120", "order = "),
    ],
)
def test_a_bad_type_file_is_named(folder: Path, change: str, to: str) -> None:
    bad = folder / "idarathon.toml"
    bad.write_text(bad.read_text("utf-8").replace(change, to), "utf-8")
    with pytest.raises(Invalid) as refusal:
        content_type.load_folder(folder)
    assert list(refusal.value.problems) == ["idarathon.toml"]


def test_a_source_names_a_field_of_its_type() -> None:
    lesson = content_type.load()["lesson"]
    raw = {"lesson": "درس", "nature": "success", "recommendation": "توصية"}
    source = {"statement": "cause", "document": "report", "page": 3}
    assert lesson.clean({**raw, "sources": [source]})["sources"] == [source]
    with pytest.raises(Invalid) as refused:
        lesson.clean({**raw, "sources": [source, {**source, "statement": "indicators"}]})
    assert refused.value.problems == {"sources": "unknown-choice"}
