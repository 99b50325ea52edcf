SELECT {columns} FROM ({base}) AS base
