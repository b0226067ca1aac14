"""The import of tables of penalties 双公示 and of lists: from a file to records, row by row, with a report.

The way of a row: ``columns`` has the tables as data; ``reader`` opens the file and yields its rows; ``row``
says what a row means, with the help of ``parsing``; ``checks`` refuses it or warns of it; ``known`` holds
what the register knows of the offices, subjects and records that a batch of rows names; ``load`` judges
the batch into ``work``, and ``write`` writes it; ``supply`` counts by source; ``report`` and ``progress``
tell people. What holds for all rows of one import is its ``run``.
The verbs are in `registry.services.imports`.
"""
