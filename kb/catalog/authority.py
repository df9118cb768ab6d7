"""The authority file of organisations: bodies, the names they bore, and how they follow one another."""

import datetime as dt

from sqlalchemy import Date, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kb.db.columns import Json, Text
from kb.db.database import Base


class Organisation(Base):
    """A body. Its parents, predecessors and successors are OrganisationLink rows."""

    __tablename__ = "organisation"
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    kind: Mapped[str] = mapped_column(Text, default="")
    acronyms: Mapped[list[str]] = mapped_column(Json, default=list)

    names: Mapped[list["OrganisationName"]] = relationship(
        order_by="OrganisationName.position", cascade="all, delete-orphan", back_populates="organisation"
    )


class OrganisationName(Base):
    """A name in one language; `first` and `last` day it was borne, NULL when unknown or still borne.

    `position` keeps the order they were listed in: the proper one of several comes first.
    """

    __tablename__ = "organisation_name"
    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    language: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    position: Mapped[int]
    first: Mapped[dt.date | None] = mapped_column(Date)
    last: Mapped[dt.date | None] = mapped_column(Date)

    organisation: Mapped[Organisation] = relationship(back_populates="names")


class OrganisationLink(Base):
    """`from_id` sat in (parent), or became (renamed, merged, split), `to_id`; many to many, with dates."""

    __tablename__ = "organisation_link"
    id: Mapped[int] = mapped_column(primary_key=True)
    from_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    to_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    kind: Mapped[str] = mapped_column(Text)
    first: Mapped[dt.date | None] = mapped_column(Date)
    last: Mapped[dt.date | None] = mapped_column(Date)
