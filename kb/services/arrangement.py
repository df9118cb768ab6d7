"""How the operator has arranged the house: who else may read it, how it is reached, by what way letters go."""

from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit

from kb.core.errors import KbError
from kb.core.settings import Settings
from kb.services import mail, own_factor, provider, scanner
from kb.services.context import Services

Said = tuple[str, bool, str]
"""Subject, whether it is well, and what can be told of it."""


def look(services: Services) -> Iterator[Said]:
    yield _privacy(services)
    yield _way_in(services.settings)
    yield _letters(services.settings)
    yield _second_factors(services)
    yield _antivirus(services.settings)
    if provider.is_set(services.settings):
        yield _identities(services.settings)


def _privacy(services: Services) -> Said:
    """What is in the home is for its owner: accounts, drafts, and in time an index whose pickles are trusted."""
    home = services.settings.home
    others = home.stat().st_mode & 0o077
    if not others:
        return "privacy", True, "nobody else on this machine may look into the home"
    return "privacy", services.trial.is_on(), f"others on this machine may look into the home: chmod 700 {home}"


def _way_in(settings: Settings) -> Said:
    public = urlsplit(settings.public_url)
    host = (public.hostname or "").lower()
    if not settings.public_url:
        if _is_here(settings.host):
            return "address", True, "this machine alone; KB_PUBLIC_URL is not set"
        return "address", False, f"open to the network at {settings.host}, without TLS: put a proxy in front of it"
    if host not in {name.lower().strip("[]") for name in settings.hosts}:
        return "address", False, f"KB_HOSTS does not name {host}: whoever comes by KB_PUBLIC_URL is refused"
    if public.scheme != "https" and not _is_here(host):
        return "address", False, "KB_PUBLIC_URL is not https: passwords can be read on their way"
    if not _is_here(settings.host):
        return "address", False, f"open to the network at {settings.host} beside its proxy: bind it to 127.0.0.1"
    return "address", True, f"{settings.public_url}, through a proxy"


def _letters(settings: Settings) -> Said:
    if mail.is_possible(settings):
        return "mail", True, f"letters go by {urlsplit(settings.smtp).hostname}"
    if settings.smtp or settings.mail_from:
        missing = "KB_MAIL_FROM" if settings.smtp else "KB_SMTP"
        return "mail", False, f"no letter is sent: {missing} is not set"
    return "mail", True, "none: links that open accounts are shown to whoever makes them"


def _antivirus(settings: Settings) -> Said:
    if not scanner.is_set(settings):
        return "antivirus", True, "none: files are taken as they come; KB_CLAMD names one"
    try:
        return "antivirus", True, f"{scanner.version(settings)} looks at each new file"
    except KbError as error:
        return "antivirus", False, str(error)


def _second_factors(services: Services) -> Said:
    number, lost = own_factor.counts(services)
    roles = ", ".join(services.settings.second_factor_roles)
    says = f"{number} persons sign in with a code too; it is demanded of {roles or 'nobody'}"
    if lost:
        says += f"; of {lost} the secret cannot be opened: put second-factor.key back into the home"
    return "second factor", not lost, says


def _identities(settings: Settings) -> Said:
    if not settings.public_url:
        return (
            "single sign-on",
            False,
            "KB_PUBLIC_URL is not set, and the provider has to know where to send people back",
        )
    try:
        provider.begin(settings, settings.public_url)
    except KbError as error:
        return "single sign-on", False, f"{settings.oidc_issuer}: {error}"
    return "single sign-on", True, settings.oidc_issuer


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
