"""Sends the letters of journeys: claims the actions of channel email, writes each as a file and says so.

    pip install "psycopg[binary]"
    python3 sender.py DIRECTORY STORES [CONNECTION]        goes on until it is stopped; with --once, until there is nothing left

STORES are the names of the stores that it sends for, with commas: it takes no letters of others. The role must be a member of the
sender of each: GRANT shop_sender TO mailer. A store that fails or hangs costs a warning, and the others go on. A letter's file is
named after its idempotency key, so that one that is handed over a second time, because the first sender was gone before it could
say so, takes the place of the first. A mail service is given the same key in the same way.
"""

import os
import sys
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg.rows import namedtuple_row


def send(claim, directory):
    letter = EmailMessage()
    letter["From"] = "Shop <letters@shop.example>"
    letter["To"] = claim.payload["email"]
    letter["Subject"] = claim.payload.get("subject", claim.template)
    letter["Message-ID"] = f"<{quote(claim.idempotency_key, safe='')}@shop.example>"
    letter["X-Idempotency-Key"] = claim.idempotency_key
    letter.set_content(claim.payload.get("text", f"This is the letter {claim.template}."))
    file = directory / (quote(claim.idempotency_key, safe="") + ".eml")
    unfinished = file.with_suffix(f".{os.getpid()}")
    unfinished.write_bytes(bytes(letter))
    unfinished.replace(file)
    return letter["Message-ID"]


def main(directory, stores, connection="", once=False):
    directory.mkdir(parents=True, exist_ok=True)
    with psycopg.connect(connection, autocommit=True, row_factory=namedtuple_row) as db:
        db.add_notice_handler(lambda notice: print(f"{notice.severity}: {notice.message_primary}", file=sys.stderr))
        db.execute("LISTEN lifecycle_actions")
        while True:
            claims = db.execute("SELECT * FROM lifecycle.claim_actions('email', 100, stores => %s)", (stores,)).fetchall()
            for claim in claims:
                try:
                    sent = send(claim, directory)
                except (KeyError, ValueError) as error:  # a letter that can never be sent
                    db.execute("SELECT lifecycle.fail_action(%s, %s, %s, true)", (claim.store, claim.action, repr(error)))
                except OSError as error:
                    db.execute("SELECT lifecycle.fail_action(%s, %s, %s)", (claim.store, claim.action, repr(error)))
                else:
                    db.execute("SELECT lifecycle.complete_action(%s, %s, %s)", (claim.store, claim.action, sent))
            if not claims and once:
                return
            if not claims:  # until there is something new; what has failed is due again by itself, so not for ever
                list(db.notifies(timeout=60, stop_after=1))


if __name__ == "__main__":
    arguments = [argument for argument in sys.argv[1:] if argument != "--once"]
    if len(arguments) < 2:
        sys.exit(__doc__)
    main(Path(arguments[0]), arguments[1].split(","), *arguments[2:3], once="--once" in sys.argv)
