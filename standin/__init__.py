"""A stand-in for a source platform: the other side of the wire, for demos, tests and integrators.

Real platforms (信用中国 and its provincial and city sites, a regulator's own publicity site) publish
penalty records and must take them down when the credit office says so. This program plays one of them:
it keeps what it was told in a store of its own, answers with receipts, and shows on a page what it
publishes. It shares no code with the site and needs nothing but Python, so that it can be believed when
it says that a record is gone.

Start it::

    python -m standin --port 0 --store FILE.sqlite3 [--secret S] [--host 127.0.0.1] [--name 名称]
    python -m standin.files --folder DIR --store FILE.sqlite3       # behind a front-end machine, by files

``--port 0`` takes a free port. One line goes to stdout, ``standin listening on http://127.0.0.1:PORT``;
one line per request goes to stderr. SIGTERM and SIGINT let the requests in hand finish; the exit status
is then 0. Without ``--secret`` the secret is taken from ``STANDIN_SECRET``, else the demo's well-known
one, which is accepted on loopback addresses only. ``--script`` (or ``POST /control/script``) lets it
misbehave, on purpose and by chance; ``docs/standin.md`` has all options, the script's format and how to check
a platform of one's own.

The API
=======

``POST /api/v1/messages``
    Headers::

        X-Message-Id: <uuid, the same as in the body>
        X-Timestamp:  <seconds since 1970>
        X-Key-Id:     <which secret, where they have names; else each is tried>
        X-Signature:  <hex of HMAC-SHA256, key: the shared secret, over f"{timestamp}.".encode() + body>

    Body (UTF-8 JSON, at most 1 MB; unknown further keys are ignored)::

        {"version": 1,
         "id": "<uuid>",                   one per message; every attempt carries the same
         "sequence": 7,                    integer >= 0, rising per record
         "action": "terminate",            see below
         "record": {"id": "<uuid>", "doc_no": "（淮）市监处罚〔2023〕1号", "subject_name": "…",
                    "subject_code": "…", "authority_name": "…", "decision_date": "2023-09-16",
                    "penalty_types": ["罚款"], "content": "…", "published_until": "2024-09-16"},
         "cause": {"id": "<uuid>", "text": "…"},
         "issued_at": "2026-11-21T09:30:00+08:00"}

    A ``commitment`` may concern no record; then it has ``subject`` in its place, ``{"id", "name", "code"}``,
    and always ``commitment``: ``{"id", "type", "title", "items", "made_on", "valid_until", "state"}``.

    ``doc_no``, ``subject_name`` and ``authority_name`` may not be empty; ``subject_code``, ``content``,
    ``decision_date`` and ``published_until`` may be null. ``issued_at`` has an offset from UTC.

    ====  =============================================================================================
    200   ``{"id", "receipt": "R-…", "effect", "at"}``; ``effect`` is ``applied``; ``already`` when this
          id was answered before (same receipt, no second effect); ``stale`` when the sequence is not
          higher than the last one applied for this record (a receipt, no effect)
    202   ``{"id", "reference"}``: taken, the receipt comes later (where the script says so)
    400   the request itself is broken
    401   signature or timestamp missing or wrong, or the timestamp more than 5 minutes off
    409   this id was used before for another body (compared as JSON, not as bytes)
    411   no Content-Length
    413   body over 1 MB
    422   the body is not what is written above
    ====  =============================================================================================

    What the actions do here: ``publish`` and ``restore`` show the record; ``terminate`` takes it down;
    ``shield`` hides it for a time and ``unshield`` ends that; ``annotate`` and ``clear_annotation`` set
    and lift the mark that an objection is being handled; ``correct`` replaces the record's fields (so do
    ``publish`` and ``restore``); ``stop_sharing``, ``lift_sanction``, ``interview`` and ``commitment``
    are noted on the record. Any of them may be the first that is heard of a record.

``GET /api/v1/messages/<uuid>``
    The receipt as it was first given; 202 while it is not ready; 404 when never heard of; 422 with
    ``detail`` when the message was taken and refused later. A receipt that comes later is also called back
    (``--callback``): ``POST`` of ``{"version": 1, "id", "receipt", "effect", "at"}`` or ``{"version": 1,
    "receipts": [...]}``, signed over f"{timestamp}.POST {path}." and the body, until it is answered with 200.

``GET /api/v1/records/<uuid>``
    ``{"record", "shown", "annotated", "since", "removed_at", "last_receipt"}`` and, for reconciliation,
    ``sequence`` (the last one applied) and ``effects`` (how often each action took effect). ``since``:
    shown since then, or null. ``removed_at``: taken down then, or null. 404 when never heard of.

``GET /api/v1/records?shown=1&limit=500&after=<uuid>``
    ``{"records": [as above], "next": "<uuid>" | null}``, in the order of their UUIDs; ``shown`` 1 or 0
    or left out; go on with ``after=<next>``. ``limit`` is 1 to 1000, 500 when left out.

``GET /api/v1/commitments/<uuid>``
    A commitment as its last message said it; 404 when never heard of.

``GET /api/v1/effects``, ``GET /api/v1/effects/messages``
    What arrived how often, what took effect how often, and what was out of order.

Questions below ``/api/`` may be signed over f"{timestamp}.GET {path and query}."; with ``--signed-reads``
they must be.

``GET /healthz``
    ``{"status": "ok"}``, or 503 when the store does not answer.

Every refusal is ``application/problem+json``: ``{"type", "title", "status", "detail"}``, and where a field
is wrong ``field`` and ``reason`` of the first one, and ``errors``: ``[{"field", "reason"}]`` with all.

For people: ``GET /`` (``?q=`` searches), ``GET /records/<uuid>``, ``GET /commitments``. What was taken down
is shown there with document number, time and receipt only: the subject's name and the content are gone.

Where things are: `protocol` (what a message is), `verification` (who may send), `schema`, `store`, `asking`
(what is kept, and what is asked about it), `pages` and `html` (what people see), `commitments` (what was
promised), `routes` (what is answered where),
`speaking` (HTTP on one connection), `server` (the port), `script` (what goes wrong), `calling` (call-backs),
`files` (file drop), `__main__` (the command line).
"""
