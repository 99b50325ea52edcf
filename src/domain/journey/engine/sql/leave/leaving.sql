SELECT judged.* FROM judged WHERE judged.outcome IS NOT NULL
