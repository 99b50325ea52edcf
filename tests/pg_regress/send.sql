-- A sender that sends all that it gets.
CREATE FUNCTION pg_temp.send(text) RETURNS bigint LANGUAGE sql AS $$
    SELECT count(*) FILTER (WHERE lifecycle.complete_action($1, claimed.action))
    FROM unnest('{email,sms,post,push}'::text[]) AS way (channel),
        LATERAL (SELECT c.action FROM lifecycle.claim_actions(way.channel, 10000, store => $1) AS c) AS claimed
$$;
