UPDATE {data.feed} SET version = {version}, most_changed = CASE WHEN {most} THEN {version} ELSE most_changed END
