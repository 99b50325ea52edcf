-- Before anything is made: names that are taken are refused in words that say what to do.

DO $$
DECLARE
    owner text := (SELECT pg_get_userbyid(nspowner) FROM pg_namespace WHERE nspname = 'lifecycle');
    taken text := (
        SELECT min(typname) FROM pg_type
        WHERE typnamespace = '@extschema@'::regnamespace AND typname IN (
            'backtest_accuracy', 'backtest_calibration', 'backtest_result', 'btyd_summary', 'cohort_cell', 'engagement_history',
            'engagement_temperature', 'growth_point', 'growth_status', 'growth_status_point', 'lifecycle_phase', 'lifecycle_stage',
            'lorenz_point', 'ltv_inputs', 'model_tracking_point', 'purchase_history', 'purchase_history_rows', 'purchase_model', 'purchase_rhythm',
            'relationship_stage', 'renewal_model', 'revenue_decomposition', 'rfm_breaks', 'rfm_triple', 'spend_model',
            'stage_forecast', 'stage_transition_count', 'touch_path', 'value_concentration', 'vip_breaks'
        )
    );
BEGIN
    IF owner IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'duplicate_schema', MESSAGE = 'schema "lifecycle" already exists',
            DETAIL = 'pg_lifecycle makes a schema of this name for its stores. The one that is there belongs to role "' || owner || '".',
            HINT = 'Rename it, ALTER SCHEMA lifecycle RENAME TO lifecycle_old, or drop it. '
                'The analytics functions go into another schema: CREATE EXTENSION pg_lifecycle SCHEMA analytics.';
    ELSIF taken IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'duplicate_object',
            MESSAGE = 'a table or type "' || taken || '" already exists in schema "' || replace('@extschema@', '"', '') || '"',
            DETAIL = 'pg_lifecycle makes a type of this name in the schema that it is installed into.',
            HINT = 'Install it into another schema: CREATE SCHEMA analytics; CREATE EXTENSION pg_lifecycle SCHEMA analytics.';
    END IF;
END $$;
