"""The import of penalty tables 双公示: from a file to records, row by row, with a report.

The way of a row: ``reader`` opens the file and yields its rows by ``columns``; ``row`` says what a row means,
with the help of ``parsing``; ``checks`` refuses it or warns of it; ``known`` holds what the register knows of
the offices, subjects and records that a batch of rows names; ``load`` writes the batch; ``report`` writes
down what became of every row. The verb is `registry.services.import_file`.
"""
