-- All customers that the store knows of, with both histories; what else it knows of them their last order says.
SELECT {columns} FROM {data.history} AS history
