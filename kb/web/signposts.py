"""The links that a document's answer carries in its headers, for programs that do not read the page."""

from kb.services.described import Described
from kb.web.citing import FORMATS


def links(described: Described) -> str:
    """The header `Link` by which programs find their way (signposting.org): how to cite it, what it is, its files."""
    cited = described.citation
    described_by = [
        (f"{described.base}/api/v1/documents/{cited.id}", "application/json"),
        *((f"{cited.document}/cite.{ending}", media_type) for ending, (media_type, _) in FORMATS.items()),
    ]
    found = [
        f'<{cited.document}>; rel="cite-as"',
        f'<https://schema.org/{described.schema}>; rel="type"',
        '<https://schema.org/AboutPage>; rel="type"',
        *(f'<{address}>; rel="describedby"; type="{type.partition(";")[0]}"' for address, type in described_by),
        *(f'<{described.file(file.number)}>; rel="item"; type="{file.media_type}"' for file in described.files[:20]),
    ]
    return ", ".join(found)
