"""The repair application 信用修复申请: the first workflow on the base of `cases`.

states     the machine, row by row
guards     what must hold; effects: what follows
notices    the documents; messages: what the platforms are told
services   drafts and their parts; settlers: what moves a case without a person
views      the applicant's pages and the officials' pages
"""
