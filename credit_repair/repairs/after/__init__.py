"""What may come after the decision: a repair is revoked 撤销, a refusal is set aside and decided anew.

selectors  what runs, and who decides anew
guards     what must hold before such an act
effects    what follows from it
notices    the documents that go out with it
"""
