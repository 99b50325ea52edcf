-- A customer who is written to stays at the step until the message was sent.
SELECT judged.*, {awaited} AS awaited, judged.verdict = 'postponed' OR {awaited} IS NOT NULL AS stays, {came} AS came
FROM judged LEFT JOIN acted ON acted.customer = judged.customer AND acted.status = 'pending'{answer}
