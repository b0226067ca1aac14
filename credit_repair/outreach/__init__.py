"""The office goes first 无感修复: who could apply and has not, and what is done about it.

Reminders with their uptake, prepared applications, guidance served with a penalty 两书同达.
"""
