SELECT EXISTS (SELECT FROM pg_roles AS role WHERE role.rolname = $1 AND has_table_privilege(role.oid, $2::oid, {right}))
