SELECT *, {derived} FROM {scored}
