CREATE TABLE {notes} (customer {key})
