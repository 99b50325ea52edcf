SELECT judged.*, {next_due} AS next_due, {outcome} AS outcome, {next_arm} AS next_arm, {changes} AS changes FROM judged
