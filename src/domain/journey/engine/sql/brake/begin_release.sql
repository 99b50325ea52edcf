UPDATE {data.journey} AS journey SET released_from = {now}
WHERE journey.released_up_to IS NOT NULL AND journey.released_from IS NULL
    AND journey.journey IN (SELECT free.journey FROM {data.journey} AS free WHERE free.released_up_to IS NOT NULL FOR UPDATE SKIP LOCKED)
