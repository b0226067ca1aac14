"""Outgoing mails as rows: written in the transaction of their event, sent afterwards, tried again."""
