"""Messages to the platforms that publish records, as rows: queued, relayed, receipted; and expiry.

payloads    what a message says, built once
services    queue a message, a removal, an announcement; replay and give up
claims      which message may go now, and who sends it
transports  how it goes there, and what the answer means
relay       one pass: claim, send, record
outcomes    what an answer changes
expiry      records whose publicity period is over
selectors   what people ask about all this
"""
