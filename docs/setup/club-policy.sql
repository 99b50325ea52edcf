-- The store is polite, and another member has come in at night.
\ir club-sent.sql

SELECT lifecycle.set_journey_policy('club', '{
    "caps": [{"per": "1 day", "most": 1}, {"per": "30 days", "most": 8, "channel": "email"}],
    "quiet_hours": {"from": "20:00", "to": "09:00"}, "weekdays": ["mon", "tue", "wed", "thu", "fri"],
    "time_zone": "zone", "deadline": "4 days", "max_entries": 1500}') \g /dev/null
SELECT lifecycle.record_event('club', 'registered', 'registered 504', customer => '504', at => '2025-03-03 09:45') \g /dev/null
CALL lifecycle.run_journeys('club', as_of => '2025-03-03 10:00');
