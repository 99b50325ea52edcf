-- Each is taken with the rows that were committed with the note, or later ones: customers noted after this are taken the next time.
WITH noted AS (DELETE FROM {notes} RETURNING customer)
INSERT INTO {changed} (customer) SELECT DISTINCT customer FROM noted
