"""Papers for printing: a document's sheet with its sources, and a list of documents with their passages."""

from kb.core.clock import now
from kb.services.grounds import Grounds, Source
from kb.services.taking import Line, Taken
from kb.services.views import FieldShown, Record
from kb.web import sheet, values
from kb.web.words import Tongue
from kb.writing import csl
from kb.writing.citation import Citation
from kb.writing.pdf import Block, Facts, Heading, Paper, Points, Words
from kb.writing.plain import plain

MOST = 100
"""Sources that are named of one field."""


def of_record(record: Record, grounds: Grounds, citation: Citation, tongue: Tongue) -> Paper:
    """The sheet of a document, each field with the pages that say it, and how to cite it at the end."""
    card = record.card
    top: list[Block] = [Words(card.type_label, "small"), Words(card.title.text, "title")]
    if card.summary:
        top.append(Words(card.summary.text, "lead"))
    told: list[Block] = [Facts(tuple(_facts(record, tongue)))]
    for field in (*sheet.placed(record, "lead"), *sheet.headline(record), *sheet.placed(record, "side")):
        told += _field(field, grounds, tongue)
    for block in sheet.blocks(record):
        told += [Heading(block.label)] * bool(block.label)
        for field in block.fields:
            told += _field(field, grounds, tongue)
    reference = Words(csl.reference(citation, tongue.code))
    end: list[Block] = [*_relations(record, tongue), Heading(tongue.text("cite.title")), reference]
    return _paper(card.title.text, citation.document, (*top, *told, *end), citation, tongue)


def of_list(title: str, address: str, taken: Taken, note: str, tongue: Tongue) -> Paper:
    """Documents one after the other, each with its best passage; `note` says where these are not all."""
    found = tongue.text_count("documents", taken.total)
    blocks: list[Block] = [Words(title, "title"), Words(f"{found}{tongue.text('comma')}{note}" if note else found)]
    for number, line in enumerate(taken.lines, start=1):
        blocks += _line(number, line, tongue)
    cited = taken.lines[0].citation if taken.lines else None
    return _paper(title, address, tuple(blocks), cited, tongue)


def _paper(title: str, address: str, blocks: tuple[Block, ...], citation: Citation | None, tongue: Tongue) -> Paper:
    consulted = tongue.date(now().astimezone().date())
    return Paper(
        title=title,
        language=tongue.code,
        author=tongue.text("comma").join(citation.authors) if citation and address == citation.document else "",
        subject=tongue.text("tagline"),
        address=address,
        foot=f"{tongue.text('brand')} — {tongue.text('printed.consulted')} {consulted}",
        folio=tongue.text("printed.folio", page="{page}", pages="{pages}"),
        blocks=blocks,
    )


def _facts(record: Record, tongue: Tongue) -> list[tuple[str, str]]:
    card = record.card
    languages = (tongue.text(f"language.{code}", otherwise="language.other") for code in card.languages)
    pairs = [
        ("organisation", card.organisation.text if card.organisation else ""),
        ("date", tongue.when(card.when) if card.when else ""),
        ("themes", tongue.text("comma").join(theme.label for theme in record.themes)),
        ("language", tongue.text("comma").join(languages)),
    ]
    return [(tongue.text(name), value) for name, value in pairs if value]


def _field(field: FieldShown, grounds: Grounds, tongue: Tongue) -> list[Block]:
    """A field with the pages that say it; those of one of its items bear its number."""
    items = len(field.value) if isinstance(field.value, list) else 0
    places = [(item, source) for item in range(min(items, MOST) + 1) for source in grounds.of(field.name, item)]
    named = [(item, source) for item, source in places if source.card or source.page]  # else a cell says it already
    sources = [Words(_source(source, item, tongue), "small") for item, source in named]
    return [*values.blocks(field, tongue), *sources]


def _source(source: Source, item: int, tongue: Tongue) -> str:
    number = f" ({item})" if item else ""
    page = f"{tongue.text('comma')}{tongue.text('page.short', page=source.page)}" if source.page else ""
    colon = tongue.text("colon")
    quote = f"{colon}«{source.quote}»" if source.quote else ""
    return f"{tongue.text('source')}{number}{colon}{source.text}{page}{quote}"


def _relations(record: Record, tongue: Tongue) -> list[Block]:
    told = []
    for relation in record.relations:
        name = relation.card.title.text if relation.card else relation.text
        page = f"{tongue.text('comma')}{tongue.text('page.short', page=relation.page)}" if relation.page else ""
        note = f" ({relation.note})" if relation.note else ""
        told.append(f"{relation.label}{tongue.text('colon')}{name}{page}{note}")
    return [Heading(tongue.text("related")), Points(tuple(told))] if told else []


def _line(number: int, line: Line, tongue: Tongue) -> list[Block]:
    card, quote = line.card, line.quote
    facts = [card.type_label, card.organisation.text if card.organisation else ""]
    facts += [tongue.when(card.when) if card.when else ""]
    passage = line.citation.passage
    facts += [tongue.text("page.short", page=passage.label) if passage else ""]
    text = plain(quote.said.text) if quote else card.summary.text if card.summary else ""
    return [
        Words(f"{number}. {card.title.text}", "name", line.citation.address),
        Words(" · ".join(filter(None, facts)), "small"),
        *([Words(text)] if text else []),
        Words(line.citation.address, "address", line.citation.address),
    ]
