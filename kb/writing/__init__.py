"""Writing for others: facts as the bytes of formats that other programs and printers read. No database, no network."""
