DELETE FROM {data.forgotten} AS forgotten USING {secret} WHERE forgotten.hash = {hash}
