-- Whether no other arm of the split is better beyond doubt: its one-sided p-value, divided among the comparisons of an arm with the others.
-- NULL where the arm could not be compared with any other.
CASE WHEN judged.arm IS NOT NULL AND judged.compared_with IN ({journey_control}, {store_control}) THEN (
    SELECT bool_and(NOT (pair.adjusted_p_value <= 2 * (1 - {confidence}) / greatest(same.arms_of_split - 1, 1)
            AND CASE WHEN pair.arm = judged.arm THEN pair.adjusted_difference < 0 ELSE pair.adjusted_difference > 0 END))
    FROM judged AS pair JOIN arms AS same ON same.version = pair.version AND same.arm = judged.arm
    WHERE pair.version = judged.version AND pair.group_value IS NOT DISTINCT FROM judged.group_value
        AND judged.arm IN (pair.arm, pair.compared_with) AND pair.compared_with NOT IN ({journey_control}, {store_control})
        AND pair.adjusted_p_value IS NOT NULL) END
