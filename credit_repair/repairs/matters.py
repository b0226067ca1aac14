"""The four kinds of repair 四类修复事项: how each is called. What is below repairs asks for it, too."""

from credit_repair.cases.matters import MATTERS, facts_on_paper, matter_name, record_line, record_words

__all__ = ["MATTERS", "facts_on_paper", "matter_name", "record_line", "record_words"]
