"""Tell, by exit status, whether a PostgreSQL server answers at the address given; say it loudly if not."""

import sys

import psycopg

try:
    psycopg.connect(sys.argv[1], connect_timeout=3).close()
except psycopg.Error as error:
    print(f"NOT TESTED on PostgreSQL: no server at {sys.argv[1]} ({str(error).splitlines()[0]})")
    print("Set TEST_POSTGRES_URL to one where databases may be created.")
    sys.exit(1)
