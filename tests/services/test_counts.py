"""What was counted is remembered for as long as there is room."""

from kb.services.counts import Counts, Pages


def test_the_same_is_counted_once_and_what_was_asked_last_is_kept() -> None:
    counts, asked = Counts[Pages](most=4), list[str]()

    def of(key: str, pages: int = 1) -> Pages:
        def count() -> Pages:
            asked.append(key)
            return tuple((number, 1) for number in range(pages))

        return counts.of(key, count)

    assert of("a") == of("a") == ((0, 1),)
    of("b")
    of("a")
    of("c")  # one too many: b was asked longest ago
    of("a")
    of("b")
    assert asked == ["a", "b", "c", "b"]


def test_what_is_larger_than_all_room_is_given_all_the_same() -> None:
    counts = Counts[Pages](most=2)
    many: Pages = tuple((number, 1) for number in range(9))
    assert counts.of("long", lambda: many) == many
    assert counts.of("none", lambda: ()) == ()
