"""Whether the house is still being tried out: nobody is responsible for it yet."""

from kb.catalog import people
from kb.core.errors import KbError
from kb.db.database import Database


class Trial:
    """For any thread. Asks the database until somebody is responsible; that then stays so.

    The last administrator can be neither closed out nor made less (`people.edit`).
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._over = False

    def is_on(self) -> bool:
        """Not so while the database does not answer."""
        if self._over:
            return False
        try:
            with self._database.reading() as session:
                self._over = people.administrators(session) > 0
        except KbError:
            return False
        return not self._over
