NOT EXISTS (SELECT FROM {table.enrollment} AS twin
        WHERE twin.customer = occasion.customer AND twin.journey = {journey} AND twin.triggered_at = occasion.triggered_at
            AND twin.outcome IS DISTINCT FROM {cancelled} AND occasion.key IS NOT NULL)