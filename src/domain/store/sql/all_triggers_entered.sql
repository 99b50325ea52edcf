SELECT count(*) = {all} FROM lifecycle.noting WHERE store = {store} AND source = {source}
