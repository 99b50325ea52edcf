-- A customer who is written to stays at the step until the message was sent.
SELECT judged.*, {awaited} AS awaited, judged.verdict = 'postponed' OR {awaited} IS NOT NULL AS stays, {came} AS came
-- Each row of acted has one in judged: a full join gives what a left join would, and is hashed however few rows the planner expects.
FROM judged FULL JOIN (SELECT acted.id, acted.customer FROM acted WHERE acted.status = 'pending') AS acted ON acted.customer = judged.customer{answer}
