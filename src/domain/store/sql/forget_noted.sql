DELETE FROM {notes}
