UPDATE {data.alias} AS merged SET kept = $2::{key} WHERE merged.kept = $1::{key}
