SELECT COALESCE((SELECT journey.released_up_to FROM {data.journey} AS journey
        WHERE journey.journey = {journey} AND journey.released_from > {now} - '24 hours'::interval), {limit})::int8::text
