"""A subject's file 主体档案: everything about it on one page and as PDF, by role.

Also its own view of the data that are kept of it and its people, and requests to correct them.
"""
