"""Files instead of an interface 前置机: numbered batches of messages out, receipts, records and changes in.

folders   the shared folders: checked, written whole or not at all
outbound  messages as numbered files
inbound   what was left for us; `records` for records and changes, `lines` and `reports` serve them
passes    one pass over all platforms, and what is raised with people
"""
