CREATE TABLE {notes} ({noted})
