"""Messages to the platforms that publish records, as rows: queued, relayed, receipted; and expiry.

payloads    what a message says, built once
services    queue a message, a removal, an announcement; replay and give up; what supersedes what
measures    what departments do because of a record, from its publication to its end
claims      which message may go now, and who sends it
transports  how it goes there, and what the answer means
relay       one pass: claim, send, record
outcomes    what an answer changes
expiry      records whose publicity period is over
reconciling what platforms show beside what they should; mended, raised, proved
sightings   what was seen on websites that are not ours
selectors   what people ask about all this
"""
