"""Keeps a copy of the customers of a store, and of its audiences, in a second database: an e-mail tool, or a warehouse.

    pip install "psycopg[binary]"
    python3 sync_customers.py STORE SOURCE COPY [AUDIENCE ...]      goes on until it is stopped; with --once, until there is nothing left

SOURCE and COPY are connections, such as "host=shop dbname=shop user=sync". The role in SOURCE needs SELECT on the view customers of the
store: it is a member of the reader. Each page and the token behind it are written in one transaction of COPY. So the program may end at any
instant, at either end or in between: the next one goes on behind the last page that was written, and a page that was read in vain is read
again. A token that serves no more, as after a restore of the shop, is answered by a copy that is made anew. Several stores can share a COPY.
"""

import sys

import psycopg

TABLES = """
    CREATE TABLE IF NOT EXISTS customer_copy (store text, customer text, profile jsonb NOT NULL, PRIMARY KEY (store, customer));
    CREATE TABLE IF NOT EXISTS audience_copy (store text, audience text, customer text, PRIMARY KEY (store, audience, customer));
    CREATE TABLE IF NOT EXISTS sync_token (store text, feed text, token text, PRIMARY KEY (store, feed))"""
PAGE = 1000


class Profiles:
    """The feed of all customers of a store."""
    name = "customers"

    def __init__(self, store):
        self.store = store

    def read(self, source, token):
        return source.execute("SELECT customer, kind, profile::text, next_token FROM lifecycle.changes_since(%s, %s, %s)",
                              (self.store, token, PAGE)).fetchall()

    def empty(self, copy):
        copy.execute("DELETE FROM customer_copy WHERE store = %s", (self.store,))

    def write(self, copy, changes):
        for customer, kind, profile, _ in changes:
            if kind == "changed":
                copy.execute("""INSERT INTO customer_copy VALUES (%s, %s, %s::text::jsonb)
                    ON CONFLICT (store, customer) DO UPDATE SET profile = excluded.profile""", (self.store, customer, profile))
            else:  # left or forgotten: a forgotten customer must not stay here either
                copy.execute("DELETE FROM customer_copy WHERE store = %s AND customer = %s", (self.store, customer))


class Members:
    """The feed of the customers who join and leave an audience."""

    def __init__(self, store, audience):
        self.store, self.audience, self.name = store, audience, f"audience/{audience}"

    def read(self, source, token):
        return source.execute("SELECT customer, kind, at, next_token FROM lifecycle.audience_changes_since(%s, %s, %s, %s)",
                              (self.store, self.audience, token, PAGE)).fetchall()

    def empty(self, copy):
        copy.execute("DELETE FROM audience_copy WHERE store = %s AND audience = %s", (self.store, self.audience))

    def write(self, copy, changes):
        for customer, kind, _, _ in changes:
            if kind == "joined":
                copy.execute("INSERT INTO audience_copy VALUES (%s, %s, %s) ON CONFLICT DO NOTHING", (self.store, self.audience, customer))
            else:
                copy.execute("DELETE FROM audience_copy WHERE store = %s AND audience = %s AND customer = %s",
                             (self.store, self.audience, customer))


def page(source, copy, feed):
    """Copies a page of a feed. Whether there may be more."""
    with copy.transaction():
        copy.execute("INSERT INTO sync_token VALUES (%s, %s, NULL) ON CONFLICT DO NOTHING", (feed.store, feed.name))
        token = copy.execute("SELECT token FROM sync_token WHERE store = %s AND feed = %s FOR UPDATE",
                             (feed.store, feed.name)).fetchone()[0]
        try:
            changes = feed.read(source, token)
        except psycopg.errors.ObjectNotInPrerequisiteState as error:
            if token is None:
                raise
            # Where the feed works without the token, it is the token: else this fails, too, and the copy stays as it is.
            changes = feed.read(source, None)
            print(f"{feed.store}/{feed.name}: {error.diag.message_primary}; begins anew", file=sys.stderr)
            feed.empty(copy)
            copy.execute("UPDATE sync_token SET token = NULL WHERE store = %s AND feed = %s", (feed.store, feed.name))
        feed.write(copy, changes)
        if changes:
            copy.execute("UPDATE sync_token SET token = %s WHERE store = %s AND feed = %s", (changes[-1][3], feed.store, feed.name))
    return len(changes) == PAGE


def main(store, source, copy, audiences=(), once=False):
    feeds = [Profiles(store), *(Members(store, audience) for audience in audiences)]
    with psycopg.connect(source, autocommit=True) as source, psycopg.connect(copy, autocommit=True) as copy:
        copy.execute(TABLES)
        source.execute("LISTEN lifecycle_changed")
        while True:
            for feed in feeds:
                while page(source, copy, feed):
                    pass
            if once:
                return
            list(source.notifies(timeout=60, stop_after=1))  # until a refresh has changed something


if __name__ == "__main__":
    arguments = [argument for argument in sys.argv[1:] if argument != "--once"]
    if len(arguments) < 3:
        sys.exit(__doc__)
    main(*arguments[:3], audiences=arguments[3:], once="--once" in sys.argv)
