"""What a browser would send of a form that was shown: the controls that count, in their order (HTML, 4.10.21)."""

from html.parser import HTMLParser


class Filled(HTMLParser):
    """The (name, value) pairs of the form with this id, of all that are posted for "", without buttons."""

    def __init__(self, page: str, form: str) -> None:
        super().__init__()
        self.pairs: list[tuple[str, str]] = []
        self.ids: list[str] = []
        self._wanted, self._inside, self._area, self._select = form, False, "", ""
        self._chosen: list[str] = []
        self._options: list[str] = []
        self._text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "form":
            self._inside = given.get("id") == self._wanted if self._wanted else given.get("method") == "post"
        if not self._inside:
            return
        self._control(tag, given)

    def _control(self, tag: str, given: dict[str, str]) -> None:
        name = given.get("name", "")
        if tag == "input" and name:
            if given.get("type") not in {"checkbox", "radio"} or "checked" in given:
                self.pairs.append((name, given.get("value", "on")))
        elif tag == "textarea":
            self._area, self._text = name, ""
        elif tag == "select":
            self._select, self._chosen, self._options = name, [], []
        elif tag == "option" and self._select:
            self._options.append(given.get("value", ""))
            if "selected" in given:
                self._chosen.append(given.get("value", ""))

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area:
            self.pairs.append((self._area, self._text.removeprefix("\n")))
            self._area = ""
        elif tag == "select" and self._select:
            self.pairs += [(self._select, value) for value in self._chosen or self._options[:1]]
            self._select = ""
        elif tag == "form":
            self._inside = False
