"""The storm: real processes are killed at random points, and afterwards nothing may be lost or doubled.

    python -m tests.faults.chaos --rounds 200 --messages 20000 --seed 1

PostgreSQL is needed; Redis and RabbitMQ are used where they answer, and named in the table where not. The
harness knows the relay by its commands and rows alone. What it kills is its own: its relays, workers and
stand-ins, a Redis server that it started itself where there is a `redis-server`, and the connections to
everything shared, which go through proxies of its own.

servers     the database of its own, the brokers, and the proxies before them
programs    processes: started, killed, started again
clock       a clock that can be set back in a running process
settings    the site's settings, with a queue and a clock of the storm's own
filling     messages, through the real services
faults      what is done to whom
storm       the rounds, and the calm after them
judging     what must be true in the end
"""
