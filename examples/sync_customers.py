"""Keeps a copy of the customers of a store, and of its audiences, in a second database: an e-mail tool, or a warehouse.

    pip install "psycopg[binary]"
    python3 sync_customers.py STORE SOURCE COPY [AUDIENCE ...]      goes on until it is stopped; with --once, until there is nothing left

SOURCE and COPY are connections, such as "host=shop dbname=shop user=sync". The role in SOURCE needs SELECT on the view customers of the
store: it is a member of the reader. Each page and the token behind it are written in one transaction of COPY. So the program may end at any
instant, at either end or in between: the next one goes on behind the last page that was written, and a page that was read in vain is read
again. A token that serves no more, as after a restore of the shop, is answered by a copy that is made anew.
"""

import sys

import psycopg

TABLES = """
    CREATE TABLE IF NOT EXISTS customer_copy (customer text PRIMARY KEY, profile jsonb NOT NULL);
    CREATE TABLE IF NOT EXISTS audience_copy (audience text, customer text, PRIMARY KEY (audience, customer));
    CREATE TABLE IF NOT EXISTS sync_token (feed text PRIMARY KEY, token text)"""
PAGE = 1000


def copy_profiles(read, write, store, token):
    changes = read.execute("SELECT customer, kind, profile::text, next_token FROM lifecycle.changes_since(%s, %s, %s)",
                           (store, token, PAGE)).fetchall()
    for customer, kind, profile, _ in changes:
        if kind == "changed":
            write.execute("""INSERT INTO customer_copy VALUES (%s, %s::text::jsonb)
                ON CONFLICT (customer) DO UPDATE SET profile = excluded.profile""", (customer, profile))
        else:  # left or forgotten: a forgotten customer must not stay here either
            write.execute("DELETE FROM customer_copy WHERE customer = %s", (customer,))
    return changes


def copy_members(read, write, store, token, audience):
    changes = read.execute("SELECT customer, kind, at, next_token FROM lifecycle.audience_changes_since(%s, %s, %s, %s)",
                           (store, audience, token, PAGE)).fetchall()
    for customer, kind, _, _ in changes:
        if kind == "joined":
            write.execute("INSERT INTO audience_copy VALUES (%s, %s) ON CONFLICT DO NOTHING", (audience, customer))
        else:
            write.execute("DELETE FROM audience_copy WHERE audience = %s AND customer = %s", (audience, customer))
    return changes


def page(read, write, store, audience=None):
    """Copies a page of the customers, or of the members of an audience. Whether there may be more."""
    feed = f"{store}/customers" if audience is None else f"{store}/audience/{audience}"
    with write.transaction():
        write.execute("INSERT INTO sync_token VALUES (%s, NULL) ON CONFLICT DO NOTHING", (feed,))
        token = write.execute("SELECT token FROM sync_token WHERE feed = %s FOR UPDATE", (feed,)).fetchone()[0]
        try:
            if audience is None:
                changes = copy_profiles(read, write, store, token)
            else:
                changes = copy_members(read, write, store, token, audience)
        except psycopg.errors.ObjectNotInPrerequisiteState as error:
            if token is None:
                raise  # it is not the token
            print(f"{feed}: {error.diag.message_primary}; begins anew", file=sys.stderr)
            if audience is None:
                write.execute("TRUNCATE customer_copy")
            else:
                write.execute("DELETE FROM audience_copy WHERE audience = %s", (audience,))
            write.execute("UPDATE sync_token SET token = NULL WHERE feed = %s", (feed,))
            return True
        if changes:
            write.execute("UPDATE sync_token SET token = %s WHERE feed = %s", (changes[-1][3], feed))
    return len(changes) == PAGE


def main(store, source, copy, audiences=(), once=False):
    with psycopg.connect(source, autocommit=True) as read, psycopg.connect(copy, autocommit=True) as write:
        write.execute(TABLES)
        read.execute("LISTEN lifecycle_changed")
        while True:
            for audience in [None, *audiences]:
                while page(read, write, store, audience):
                    pass
            if once:
                return
            list(read.notifies(timeout=60, stop_after=1))  # until a refresh has changed something


if __name__ == "__main__":
    arguments = [argument for argument in sys.argv[1:] if argument != "--once"]
    if len(arguments) < 3:
        sys.exit(__doc__)
    main(*arguments[:3], audiences=arguments[3:], once="--once" in sys.argv)
