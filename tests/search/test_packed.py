"""Postings come out of their packing as they went in, however many, far apart and frequent they are."""

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kb.search.engines.whoosh.codec import Pool, key_of, pack, unpack
from kb.search.shelf import Postings
from kb.search.units import View

POSTINGS = st.dictionaries(st.integers(0, 2**31 - 1), st.integers(1, 100_000), min_size=1, max_size=300)


@given(POSTINGS)
def test_postings_are_unpacked_as_they_were(held: dict[int, int]) -> None:
    units = sorted(held)
    postings = Postings(np.array(units, np.int32), np.array([held[unit] for unit in units], np.int32))
    read = unpack(pack(postings))
    assert read.units.tolist() == units
    assert read.counts.tolist() == postings.counts.tolist()


def test_a_pool_gives_terms_in_order_with_their_units() -> None:
    pool = Pool()
    for unit, words in enumerate(("ماء ماء بئر", "بئر", "ماء")):
        pool.put(unit, {View.EXACT: Counter(words.split())})
    given_ = [(key, postings.units.tolist(), postings.counts.tolist()) for key, postings in pool.iter_postings()]
    assert given_ == [(key_of(View.EXACT, "بئر"), [0, 1], [1, 1]), (key_of(View.EXACT, "ماء"), [0, 2], [2, 1])]
