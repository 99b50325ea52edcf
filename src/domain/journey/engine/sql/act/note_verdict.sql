SELECT judged.customer, judged.entry, {step}, judged.round, judged.verdict,
    CASE WHEN judged.verdict = 'passed over' THEN judged.objection ELSE judged.hindrance END
FROM judged
WHERE judged.verdict NOT IN ('acted', 'settled')
    AND (judged.verdict <> 'postponed' OR judged.postponed_reason IS DISTINCT FROM judged.hindrance)
