"""Messages to the platforms that publish records, as rows: queued, relayed, receipted, reconciled; expiry.

payloads        what a message says, built once; `schemas` has the contract
services        queue a message, a removal, an announcement; replay and give up; what supersedes what
measures        what departments do because of a record, from its publication to its end

relay           one pass: claim, send, record
claims          which messages may go now, and who sends them
windows, flow   when a platform is down by agreement; what all relays together do to it: turns, breaker
lanes, sending  what a pass has in hand for one platform, and the threads that send it; one attempt
outcomes        what answers change; `confirming` what a receipt changes beyond the message
transports      how it goes there, and what the answer means; `signatures`, `keys` who proves what
exchange        the same by files
receipts        what comes by itself

expiry          records whose publicity period is over
reconciling     what platforms show beside what they should; mended, raised, proved
sightings       what was seen on websites that are not ours

selectors, removals, queue_selectors   what people ask about all this
channels, channel_settings             how a platform is talked to, and who changes that
alerts, metrics                        what people and programs are told of by themselves
"""
