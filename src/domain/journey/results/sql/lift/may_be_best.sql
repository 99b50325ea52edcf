-- Whether no other arm of the split is better beyond doubt: its one-sided p-value, divided among the comparisons of an arm with the others.
CASE WHEN judged.arm IS NOT NULL AND judged.compared_with IN ({journey_control}, {store_control}) THEN NOT EXISTS (
    SELECT FROM judged AS pair
    WHERE pair.version = judged.version AND pair.group_value IS NOT DISTINCT FROM judged.group_value
        AND (pair.arm = judged.arm AND pair.compared_with NOT IN ({journey_control}, {store_control}) AND pair.adjusted_difference < 0
            OR pair.compared_with = judged.arm AND pair.adjusted_difference > 0)
        AND pair.adjusted_p_value <= 2 * (1 - {confidence}) / (SELECT greatest(count(*) - 1, 1)
            FROM arms JOIN arms AS same ON same.version = arms.version AND same.split = arms.split
            WHERE arms.version = judged.version AND arms.arm = judged.arm)) END
