SELECT lifecycle.detach(store, discard => true) FROM lifecycle.store;
SELECT lifecycle.attach('shop', orders => 'o', customer => 'customer', ordered_at => 'at', amount => 'amount', customers => 'p',
    attributes => '{email,zone,country,birthday}', events => 'ev', happened_at => 'at', kind => 'kind', event_channel => 'ch',
    settings => '{"reader": ""}');
CALL lifecycle.refresh('shop', as_of => '2025-01-01Z');
SELECT lifecycle.create_ready_made('shop', n, start => true)
    FROM unnest('{welcome,post_purchase,replenishment,at_risk,win_back,vip,referral}'::text[]) AS n;
CALL lifecycle.run_journeys('shop', '2025-01-01 12:00Z');
SELECT count(*) FROM lifecycle.claim_actions('email', 40, store => 'shop');
