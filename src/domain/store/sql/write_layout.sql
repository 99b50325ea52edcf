UPDATE {data.store_settings} SET layout = $1::integer, made = ARRAY(SELECT json_array_elements_text($2::json))
