SELECT DISTINCT due.journey, due.version, due.step FROM {scratch.due} AS due
