-- After the dump of a version that knew {"profile": COLUMN} alone: a journey hands over objects that stand for a value now.
SET client_min_messages = warning;
ALTER TABLE shop_data.journey_step DISABLE TRIGGER USER;
UPDATE shop_data.journey_step SET definition = jsonb_set(definition, '{act,payload}', '{"track": {"event": "winback_sent"},
    "coupon": {"code": "SUMMER24"}, "country": {"profile": "country"}, "list": [1, {"order": 7}, [{"deep": {"profile": "x", "default": {"event": "y"}}}]],
    "both": {"code": "A", "other": {"event": "z"}}, "two": {"code": "A", "event": "b"}, "text": "code", "": {"code": null}}')
WHERE name = 'two';
UPDATE shop_data.journey_step SET definition = jsonb_set(definition, '{act,payload}', '{"code": "SUMMER24"}') WHERE name = 'one';
ALTER TABLE shop_data.journey_step ENABLE TRIGGER USER;
