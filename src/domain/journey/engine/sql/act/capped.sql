SELECT {columns} FROM considered OFFSET 0
