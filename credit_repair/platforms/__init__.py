"""Messages to the platforms that publish records, as rows: queued, relayed, receipted; and expiry.

payloads    what a message says, built once
<<<<<<< HEAD
services    queue a message, a removal, an announcement; replay and give up; what supersedes what
measures    what departments do because of a record, from its publication to its end
claims      which message may go now, and who sends it
=======
services    queue a message, a removal, an announcement; replay and give up
claims      which messages may go now, and who sends them
windows     when a platform is down by agreement
flow        what all relays together do to a platform: so many a minute, and the breaker
>>>>>>> relay
transports  how it goes there, and what the answer means
relay       one pass: claim, send, record
lanes       what a pass has in hand for one platform, and the threads that send it
sending     one attempt, and what its answer proves
outcomes    what answers change
expiry      records whose publicity period is over
reconciling what platforms show beside what they should; mended, raised, proved
sightings   what was seen on websites that are not ours
selectors   what people ask about all this
"""
