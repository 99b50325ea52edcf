-- The arms of the row `entry` that were drawn at its entry, before anything was sent: of the splits in `versions`.
COALESCE((SELECT string_agg(drawn.label, ', ' ORDER BY drawn.place)
    FROM unnest(string_to_array(entry.arm, ', ')) WITH ORDINALITY AS drawn (label, place)
    WHERE split_part(drawn.label, '=', 1) = ANY (versions.splits)), '(none)')
