-- The journey welcome runs, and one member has come in; the examples play in the past.
\ir club.sql

SELECT lifecycle.start_journey('club', 'welcome', started_at => '2025-03-01') \g /dev/null
SELECT lifecycle.record_event('club', 'registered', 'registered 502', customer => '502', at => '2025-03-03 09:30') \g /dev/null
CALL lifecycle.run_journeys('club', as_of => '2025-03-03 10:00');
