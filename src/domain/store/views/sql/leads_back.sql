-- The versions of journeys in which a step may lead to itself or to an earlier one.
(SELECT DISTINCT later.journey, later.version
    FROM {data.journey_step} AS later
    JOIN {data.journey_step} AS earlier
        ON earlier.journey = later.journey AND earlier.version = later.version AND earlier.step <= later.step
    WHERE jsonb_path_exists(later.definition - 'act', '$.** ? (@.next == $name || @.then == $name || @.else == $name)',
        jsonb_build_object('name', earlier.name)))
