SELECT LEAST({high}, {now})::text, {high} > {now}
