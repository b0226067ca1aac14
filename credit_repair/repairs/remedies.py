"""The bodies to which an adverse decision can be taken 救济途径."""

from credit_repair.cases.on_paper import remedies_of

__all__ = ["remedies_of"]
