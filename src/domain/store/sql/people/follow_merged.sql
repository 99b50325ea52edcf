UPDATE {found} AS found SET customer = merged.kept FROM {data.alias} AS merged WHERE merged.duplicate = found.customer
