"""Commands about accounts, for whoever sits at the machine."""

from typing import Annotated, Any

import typer

from kb.catalog import people, second_factor
from kb.catalog.people import Person
from kb.cli.console import err, out, print_json
from kb.cli.house import house
from kb.services import accounts, forgetting, own_factor
from kb.services.context import Services

user = typer.Typer(no_args_is_help=True, help="Open and close accounts, give roles.")

OPERATOR = "operator"

Email = Annotated[str, typer.Argument(help="The person's address.")]
Role = Annotated[str, typer.Option("--role", help="reader, contributor, curator or administrator.")]
Body = Annotated[str, typer.Option("--organisation", help="Code of the body they belong to; - for none.")]
Confined = Annotated[
    bool | None, typer.Option("--confined/--everywhere", help="May act on their own body's documents only.")
]


@user.command("add")
def add(
    context: typer.Context,
    email: Email,
    name: Annotated[str, typer.Option("--name", help="As it is shown to others.")],
    role: Role = "reader",
    organisation: Body = "",
    confined: Confined = None,
    language: Annotated[str, typer.Option("--language", help="ar, fr or en.")] = "ar",
) -> None:
    """Open an account and print the link by which its owner chooses a password. The link serves once, for a week."""
    more: dict[str, Any] = {"language": language, "confined": bool(confined)}
    if organisation not in {"", "-"}:
        more["organisation_id"] = organisation
    with house(context).open() as services:
        invited = accounts.invite(services, OPERATOR, email=email, name=name, role=role, **more)
        _hand_over(services, invited)


@user.command("role")
def role(
    context: typer.Context, email: Email, role: Role = "", organisation: Body = "", confined: Confined = None
) -> None:
    """Change what a person may: their role, their body, whether they are confined to it."""
    changes: dict[str, Any] = {}
    if role:
        changes["role"] = role
    if organisation:
        changes["organisation_id"] = None if organisation == "-" else organisation
    if confined is not None:
        changes["confined"] = confined
    with house(context).open() as services:
        accounts.change(services, OPERATOR, forgetting.number_of(services, email), **changes)
    out.print(f"{email} is changed.")


@user.command("disable")
def disable(
    context: typer.Context,
    email: Email,
    again: Annotated[bool, typer.Option("--enable", help="Open it again.")] = False,
) -> None:
    """Close an account: its sessions end at once and its keys are void. What the person did stays in the trace."""
    with house(context).open() as services:
        accounts.change(services, OPERATOR, forgetting.number_of(services, email), active=again)
    out.print(f"The account of {email} is {'open again' if again else 'closed'}.")


@user.command("reset")
def reset(
    context: typer.Context,
    email: Email,
    factor: Annotated[
        bool, typer.Option("--second-factor", help="Take away the second factor instead; they are signed out.")
    ] = False,
) -> None:
    """Print a link by which a person chooses a new password. It serves once, for two hours."""
    with house(context).open() as services:
        if factor:
            out.print(_without_factor(services, email))
            return
        _hand_over(services, accounts.reset(services, OPERATOR, forgetting.number_of(services, email)))


@user.command("forget")
def forget(context: typer.Context, email: Email) -> None:
    """Forget a person whose account is closed: name, address and keys go for good. What they did stays, by number.

    Backups that were taken before still hold them.
    """
    with house(context).open() as services:
        id = forgetting.number_of(services, email)
        forgetting.forget(services, OPERATOR, id)
    out.print(f"{email} is forgotten. What they did stays in the trace, by person:{id}.")


@user.command("list")
def list_(context: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Print every account: address, role, body, when it was last used."""
    with house(context).open() as services, services.database.reading() as session:
        factors = {factor.person_id for factor in second_factor.every(session)}
        rows = [{**_row(person), "second_factor": person.id in factors} for person in people.everybody(session)]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        where = f"  {row['organisation']}{' only' if row['confined'] else ''}" if row["organisation"] else ""
        factor = "  second factor" if row["second_factor"] else ""
        state = "" if row["active"] else "  CLOSED"
        out.print(f"{row['role']:<14} {row['email']}  {row['name']}{where}  {row['seen'] or 'never'}{factor}{state}")


def _row(person: Person) -> dict[str, Any]:
    return {
        "email": person.email,
        "name": person.name,
        "role": person.role,
        "organisation": person.organisation_id,
        "confined": person.confined,
        "active": person.active,
        "seen": person.seen_at.isoformat(timespec="minutes") if person.seen_at else None,
    }


def _without_factor(services: Services, email: str) -> str:
    id = forgetting.number_of(services, email)
    if not own_factor.reset(services, OPERATOR, id):
        return f"{email} had none."
    with services.database.reading() as session:
        demanded = second_factor.required(services.settings, people.get(session, id).role)
    next_time = "set another up at the next sign-in" if demanded else "sign in by the password alone"
    return f"The second factor of {email} is taken away: they {next_time}."


def _hand_over(services: Services, invited: accounts.Invited) -> None:
    """The link alone goes to standard output, so that it can be piped to where it is sent."""
    err.print(f"{invited.email} chooses a password here; the link serves once. Send it by a way that only they read:")
    out.print(accounts.link_address(services.settings, invited.secret))
