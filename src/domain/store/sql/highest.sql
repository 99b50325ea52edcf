-- NULL if no customer was found.
SELECT max(high::{type})::text FROM {changed} WHERE {is_past}
