-- Until when the goal of an entry counts.
coalesce(enrollment.goal_until, ((enrollment.entered_at AT TIME ZONE {zone}) + goal.within) AT TIME ZONE {zone})
