INSERT INTO {scratch.due} (place, {names}) SELECT moved.place, {columns} FROM moved WHERE moved.due_at <= {now}
