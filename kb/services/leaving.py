"""A record as it may leave the house, on paper or in a file: without personal data (law 09-08)."""

from dataclasses import replace

from kb.services.context import Services
from kb.services.views import Record


def leaving(services: Services, record: Record) -> Record:
    """Return the record without personal fields, and tables and contacts without their personal cells."""
    kept = services.types[record.card.type].public({field.name: field.value for field in record.fields})
    fields = (replace(field, value=kept[field.name]) for field in record.fields if field.name in kept)
    return replace(record, fields=tuple(field for field in fields if not field.personal))
