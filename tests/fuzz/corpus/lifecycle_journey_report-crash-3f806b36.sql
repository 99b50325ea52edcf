-- lifecycle.journey_report(text,text,text,timestamp with time zone,text,double precision): crash: connection closed
SELECT count(x), md5(string_agg(x::text, '')) FROM (SELECT x FROM "lifecycle"."journey_report"('shop', E'at_risk'::text, repeat(E'est5edt', 3000000)::text) AS x LIMIT 100000) AS y
