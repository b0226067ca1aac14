"""Messages to the platforms that publish records, as rows: queued, relayed, receipted; and expiry.

payloads    what a message says, built once
services    queue a message, a removal, an announcement; replay and give up
claims      which messages may go now, and who sends them
windows     when a platform is down by agreement
flow        what all relays together do to a platform: so many a minute, and the breaker
transports  how it goes there, and what the answer means
relay       one pass: claim, send, record
lanes       what a pass has in hand for one platform, and the threads that send it
sending     one attempt, and what its answer proves
outcomes    what answers change
expiry      records whose publicity period is over
selectors   what people ask about all this
"""
